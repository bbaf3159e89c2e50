/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_order.h"
#include "run/steps.h"

/* Which handlers ran, and which of them is to fail with what. */
static char ran[256];
static const char *failing;
static int failure;

static int handle(const char *name, struct error *err)
{
	strcat(strcat(ran, name), " ");
	if (!failing || strcmp(failing, name) != 0)
		return 0;
	if (failure < 0)
		error_set(err, ERROR_SYSTEM, -failure, "%s", name);
	return failure;
}

/* clang-format off */
#define HANDLER(name)                                                                    \
	step_handler __wrap_step_##name;                                                 \
	int __wrap_step_##name(struct run *run, const struct step *step, struct error *err) \
	{                                                                                \
		assert_non_null(run->plan);                                              \
		assert_non_null(step);                                                   \
		return handle(#name, err);                                               \
	}
/* clang-format on */

HANDLER(hide)
HANDLER(label)
HANDLER(join_target)
HANDLER(join_ns)
HANDLER(verify)
HANDLER(root)
HANDLER(chroot)
HANDLER(cwd)
HANDLER(chdir)
HANDLER(close)
HANDLER(show_exe)
HANDLER(copy_exe)
HANDLER(own_mounts)
HANDLER(mount_proc)
HANDLER(mount_sys)
HANDLER(mount_etc)
HANDLER(take_tree)
HANDLER(take_tools)
HANDLER(build_view)
HANDLER(read_only)
HANDLER(mount_tmp)
HANDLER(show_tree)
HANDLER(cgroup)
HANDLER(groups)
HANDLER(gid)
HANDLER(hold_caps)
HANDLER(uid)
HANDLER(keep_caps)
HANDLER(die_with)
HANDLER(exec)
HANDLER(streams)
HANDLER(pty)
HANDLER(seal)
HANDLER(keyring)
HANDLER(leader)

int __wrap_run_child(struct run *run, size_t fork, struct error *err);

int __wrap_run_child(struct run *run, size_t fork, struct error *err)
{
	char name[16];

	assert_int_equal(run->plan->step[fork].kind, STEP_FORK);
	snprintf(name, sizeof(name), "fork@%zu", fork);
	return handle(name, err);
}

int __wrap_run_isolated(struct run *run, size_t fork, struct error *err);

int __wrap_run_isolated(struct run *run, size_t fork, struct error *err)
{
	(void)run;
	(void)fork;
	return handle("isolated", err);
}

static int run(const enum step_kind *kinds, size_t n, const char *fails, int with,
	       struct error *err)
{
	struct target target = TARGET_INIT;
	const struct request req = { .net_socket = -1 };
	struct plan plan = { 0 };

	for (size_t i = 0; i < n; i++)
		plan_add(&plan, kinds[i], "because");
	ran[0] = '\0';
	failing = fails;
	failure = with;
	return run_plan(&plan, &target, &req, err);
}

static void each_kind_has_its_handler_and_the_plan_its_order(void **state)
{
	static const enum step_kind kinds[] = {
		STEP_CLOSE,	STEP_HIDE,     STEP_LABEL,   STEP_GROUPS,    STEP_JOIN_TARGET,
		STEP_JOIN_NS,	STEP_VERIFY,   STEP_ROOT,    STEP_CHROOT,    STEP_CWD,
		STEP_CHDIR,	STEP_CGROUP,   STEP_GID,     STEP_HOLD_CAPS, STEP_UID,
		STEP_KEEP_CAPS, STEP_DIE_WITH, STEP_STREAMS, STEP_PTY,	     STEP_SEAL,
		STEP_KEYRING,	STEP_LEADER,   STEP_EXEC,
	};

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), NULL, 0, NULL), 0);
	assert_string_equal(
		ran,
		"close hide label groups join_target join_ns verify root chroot "
		"cwd chdir cgroup gid hold_caps uid keep_caps die_with streams pty seal keyring "
		"leader exec ");
}

static void the_first_failure_is_the_last_step(void **state)
{
	static const enum step_kind kinds[] = { STEP_HIDE, STEP_JOIN_TARGET, STEP_VERIFY,
						STEP_EXEC };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "join_target", -EUSERS, &err), -EUSERS);
	assert_string_equal(ran, "hide join_target ");
	assert_int_equal(err.errnum, EUSERS);
	assert_string_equal(err.text, "join_target: Too many users");
}

static void every_step_can_be_the_one_that_fails(void **state)
{
	static const enum step_kind kinds[] = { STEP_CLOSE, STEP_HIDE, STEP_JOIN_NS, STEP_VERIFY,
						STEP_ROOT,  STEP_GID,  STEP_UID,     STEP_EXEC };
	static const char *const names[] = { "close", "hide", "join_ns", "verify",
					     "root",  "gid",  "uid",	 "exec" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_error_ struct error err = { 0 };

		assert_int_equal(run(kinds, ARRAY_SIZE(kinds), names[i], -EIO, &err), -EIO);
		assert_int_equal(strlen(ran), strstr(ran, names[i]) + strlen(names[i]) + 1 - ran);
	}
}

static void a_kernel_without_setns_by_pidfd_ends_the_run_before_anything_else(void **state)
{
	static const enum step_kind kinds[] = { STEP_JOIN_TARGET, STEP_VERIFY, STEP_EXEC };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "join_target", RUN_NO_SETNS_PIDFD, &err),
			 RUN_NO_SETNS_PIDFD);
	assert_string_equal(ran, "join_target ");
	assert_int_equal(err.id, ERROR_NONE);
}

static void after_the_fork_the_parent_runs_no_step(void **state)
{
	static const enum step_kind kinds[] = { STEP_HIDE, STEP_FORK, STEP_UID, STEP_EXEC };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "fork@1", 42, NULL), 42);
	assert_string_equal(ran, "hide fork@1 ");
}

static void the_fork_of_an_isolated_program_is_another(void **state)
{
	struct target target = TARGET_INIT;
	struct plan plan = { .isolates = true };
	struct run parent = { .plan = &plan, .target = &target };

	(void)state;
	plan_add(&plan, STEP_FORK, "because");
	plan_add(&plan, STEP_EXEC, "because");
	ran[0] = '\0';
	failing = NULL;
	assert_int_equal(run_steps(&parent, 0, NULL), 0);
	assert_string_equal(ran, "isolated ");
}

static void the_child_starts_behind_the_fork(void **state)
{
	struct target target = TARGET_INIT;
	struct plan plan = { 0 };
	struct run child = { .plan = &plan, .target = &target };

	(void)state;
	plan_add(&plan, STEP_HIDE, "because");
	plan_add(&plan, STEP_FORK, "because");
	plan_add(&plan, STEP_UID, "because");
	plan_add(&plan, STEP_EXEC, "because");
	ran[0] = '\0';
	failing = NULL;
	assert_int_equal(run_steps(&child, 2, NULL), 0);
	assert_string_equal(ran, "uid exec ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_handler_and_the_plan_its_order),
		cmocka_unit_test(the_first_failure_is_the_last_step),
		cmocka_unit_test(every_step_can_be_the_one_that_fails),
		cmocka_unit_test(a_kernel_without_setns_by_pidfd_ends_the_run_before_anything_else),
		cmocka_unit_test(after_the_fork_the_parent_runs_no_step),
		cmocka_unit_test(the_fork_of_an_isolated_program_is_another),
		cmocka_unit_test(the_child_starts_behind_the_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
