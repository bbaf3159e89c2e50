/* SPDX-License-Identifier: MIT */
/* What the plan has for programs of the caller's own: -X. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/plan.h"
#include "core/plan_calls.h"
#include "core/plan_print.h"

static char word[] = "busybox";
static char *program[] = { word, NULL };

static struct request asks(void)
{
	struct request req;

	request_init(&req);
	req.program = program;
	return req;
}

static struct facts joins(ns_set set)
{
	return (struct facts){
		.pid = 42,
		.target = "web",
		.setns_pidfd = true,
		.caller_admin = true,
		.cgroup_v2 = -1,
		.present = set,
		.by_pidfd = set,
	};
}

/* The calls of all steps of a kind, one in a line. */
static const char *calls_of(const struct plan *plan, const struct facts *facts, enum step_kind kind)
{
	static char said[2048];

	said[0] = '\0';
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n;

		if (plan->step[i].kind != kind)
			continue;
		n = step_calls(plan, i, facts, calls);
		for (size_t c = 0; c < n; c++)
			strcat(strcat(said, calls[c].text), "\n");
		calls_done(calls, n);
	}
	return said;
}

static void a_program_of_the_callers_is_executed_by_descriptor(void **state)
{
	struct facts facts = joins(NS_BIT(NS_NET));
	struct request req = asks();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	req.host_exe = true;
	facts.exe = "/usr/bin/busybox";
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_string_equal(calls_of(&plan, &facts, STEP_EXEC),
			    "execveat(\"/usr/bin/busybox\", AT_EMPTY_PATH)\n");
	assert_null(plan_find(&plan, STEP_COPY_EXE));
}

static void a_copy_is_executed_where_the_target_could_reach_it(void **state)
{
	static const ns_set reaching[] = { NS_BIT(NS_MNT), NS_BIT(NS_PID), NS_BIT(NS_USER) };

	(void)state;
	for (size_t i = 0; i < sizeof(reaching) / sizeof(reaching[0]); i++) {
		struct facts facts = joins(reaching[i]);
		struct request req = asks();
		_cleanup_plan_ struct plan plan = { 0 };

		req.host_exe = true;
		facts.exe = "/usr/bin/busybox";
		assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
		assert_string_equal(calls_of(&plan, &facts, STEP_EXEC),
				    "execveat(memfd, AT_EMPTY_PATH)\n");
		assert_non_null(strstr(calls_of(&plan, &facts, STEP_COPY_EXE), "F_SEAL_WRITE"));
		/* Before anything is joined: a full memory cgroup or another /dev/shm is not met. */
		assert_int_equal(plan.step[0].kind, STEP_COPY_EXE);
	}
}

static void a_program_of_the_callers_is_said_to_be_his(void **state)
{
	struct facts facts = joins(NS_BIT(NS_MNT));
	struct request req = asks();
	_cleanup_plan_ struct plan plan = { 0 };
	char *text;

	(void)state;
	req.host_exe = true;
	facts.exe = "/usr/bin/busybox";
	facts.terminal = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	text = plan_text(&plan, &req, &facts);
	assert_non_null(strstr(text, "program  /usr/bin/busybox   from your files\n"));
	assert_null(strstr(text, "with all your privileges"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_of_the_callers_is_executed_by_descriptor),
		cmocka_unit_test(a_copy_is_executed_where_the_target_could_reach_it),
		cmocka_unit_test(a_program_of_the_callers_is_said_to_be_his),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
