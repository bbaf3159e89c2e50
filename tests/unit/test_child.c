/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/steps.h"
#include "sys/caps.h"
#include "util/fd.h"

static struct plan plan;
static struct request req;
static struct target target = TARGET_INIT;
static struct run run = { .plan = &plan, .req = &req, .target = &target };

/* The calls that change ids, as text; @refuse is what the kernel says to them. */
static char calls[256];
static int refuse;

long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	size_t used = strlen(calls);
	va_list args;
	long a, b, c;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = number == SYS_setgroups ? 0 : va_arg(args, long);
	va_end(args);
	if (number == SYS_setgroups) {
		used += (size_t)snprintf(calls + used, sizeof(calls) - used, "setgroups %ld:", a);
		for (long i = 0; i < a; i++)
			used += (size_t)snprintf(calls + used, sizeof(calls) - used, " %u",
						 ((const uint32_t *)b)[i]);
	} else
		snprintf(calls + used, sizeof(calls) - used, "%s %u %u %u",
			 number == SYS_setresuid   ? "setresuid"
			 : number == SYS_setresgid ? "setresgid"
						   : "?",
			 (unsigned int)a, (unsigned int)b, (unsigned int)c);
	errno = refuse;
	return refuse ? -1 : 0;
}

int __wrap_prctl(int option, ...);

int __wrap_prctl(int option, ...)
{
	va_list args;
	unsigned long value;

	va_start(args, option);
	value = va_arg(args, unsigned int);
	va_end(args);
	snprintf(calls, sizeof(calls), "prctl %d %lu", option, value);
	errno = refuse;
	return refuse ? -1 : 0;
}

static pid_t parent_now;

pid_t __wrap_getppid(void);

pid_t __wrap_getppid(void)
{
	return parent_now;
}

static int start(void **state)
{
	(void)state;
	target = (struct target)TARGET_INIT;
	plan = (struct plan){ 0 };
	calls[0] = '\0';
	refuse = 0;
	return 0;
}

/* ---- ids */

static void all_three_ids_are_set(void **state)
{
	const struct step uid = { .id = 7 }, gid = { .id = 8 };

	(void)state;
	assert_int_equal(step_uid(&run, &uid, NULL), 0);
	assert_string_equal(calls, "setresuid 7 7 7");
	calls[0] = '\0';
	assert_int_equal(step_gid(&run, &gid, NULL), 0);
	assert_string_equal(calls, "setresgid 8 8 8");
}

static void groups_are_set_as_planned(void **state)
{
	static const uint32_t list[] = { 1, 2 };
	const struct step step = { .groups = { list, 2 } };

	(void)state;
	assert_int_equal(step_groups(&run, &step, NULL), 0);
	assert_string_equal(calls, "setgroups 2: 1 2");
}

static void an_id_that_cannot_be_taken_ends_the_run(void **state)
{
	const struct step step = { .id = 7 };
	_cleanup_error_ struct error uid = { 0 }, gid = { 0 }, groups = { 0 };

	(void)state;
	refuse = EPERM;
	assert_int_equal(step_uid(&run, &step, &uid), -EPERM);
	assert_string_equal(uid.text, "become uid 7: Operation not permitted");
	assert_string_equal(uid.hint[0],
			    "only root may change ids; leave out -S and -G, or keep yours: "
			    "--as-target=-ids");
	assert_int_equal(step_gid(&run, &step, &gid), -EPERM);
	assert_int_equal(gid.id, ERROR_PERMISSION);
	assert_int_equal(step_groups(&run, &(struct step){ 0 }, &groups), -EPERM);
	assert_int_equal(groups.id, ERROR_PERMISSION);
}

static void an_id_that_does_not_exist_is_said_to(void **state)
{
	const struct step step = { .id = 7 };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	refuse = EINVAL;
	assert_int_equal(step_gid(&run, &step, &err), -EINVAL);
	assert_int_equal(err.id, ERROR_UID_UNMAPPED);
	assert_string_equal(err.text,
			    "gid 7 does not exist in the user namespace: Invalid argument");
}

static void capabilities_that_cannot_be_held_end_the_run(void **state)
{
	const struct step step = { .kind = STEP_HOLD_CAPS };
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "prctl %d 1", PR_SET_KEEPCAPS);
	assert_int_equal(step_hold_caps(&run, &step, NULL), 0);
	assert_string_equal(calls, expected);
	refuse = EPERM;
	assert_int_equal(step_hold_caps(&run, &step, NULL), -EPERM);
}

/* A kernel's last capability, which no header that nsjoin was built with knows of. */
enum {
	NEWEST = CAPS_MAX - 1
};

static unsigned int added; /* by the last call */

static void take_none(capng_select_t set)
{
	(void)set;
}

static void take_pid(int pid)
{
	(void)pid;
}

static int read_ours(void)
{
	return 0;
}

static int have_newest(capng_type_t which, unsigned int cap)
{
	(void)which;
	return cap == NEWEST;
}

static int take_cap(capng_act_t action, capng_type_t type, unsigned int cap)
{
	(void)action;
	(void)type;
	added = cap;
	return 0;
}

static int refuse_set(capng_select_t set)
{
	(void)set;
	return -1;
}

static void a_capability_that_is_newer_than_we_are_is_not_left_out(void **state)
{
	const struct step caps = { .kind = STEP_CAPS,
				   .caps = { .permitted = UINT64_C(1) << NEWEST } };
	const struct step keep = { .kind = STEP_KEEP_CAPS };
	_cleanup_error_ struct error first = { 0 }, second = { 0 };

	(void)state;
	run.capng = (struct capng){ .clear = take_none,
				    .setpid = take_pid,
				    .get_caps_process = read_ours,
				    .have_capability = have_newest,
				    .update = take_cap,
				    .apply = refuse_set };
	assert_int_equal(step_caps(&run, &caps, &first), -EPERM);
	assert_int_equal(added, NEWEST);
	added = 0;
	assert_int_equal(step_keep_caps(&run, &keep, &second), -EPERM);
	assert_int_equal(added, NEWEST);
}

/* ---- the end together with us */

static void the_program_dies_with_its_parent(void **state)
{
	const struct step step = { .kind = STEP_DIE_WITH };
	char expected[64];

	(void)state;
	run.parent = parent_now = 99;
	snprintf(expected, sizeof(expected), "prctl %d %d", PR_SET_PDEATHSIG, SIGKILL);
	assert_int_equal(step_die_with(&run, &step, NULL), 0);
	assert_string_equal(calls, expected);
}

static void a_parent_that_has_died_already_is_noticed(void **state)
{
	const struct step step = { .kind = STEP_DIE_WITH };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	run.parent = 99;
	parent_now = 1;
	assert_true(step_die_with(&run, &step, &err) < 0);
	assert_string_equal(err.text, "nsjoin was killed");
}

static void from_a_pid_namespace_of_its_own_the_parent_has_no_number(void **state)
{
	const struct step step = { .kind = STEP_DIE_WITH };

	(void)state;
	plan.join = NS_BIT(NS_PID);
	run.parent = 99;
	parent_now = 0;
	assert_int_equal(step_die_with(&run, &step, NULL), 0);
	parent_now = 1;
	assert_true(step_die_with(&run, &step, NULL) < 0);
}

static void a_program_that_cannot_be_tied_is_not_run(void **state)
{
	const struct step step = { .kind = STEP_DIE_WITH };

	(void)state;
	run.parent = parent_now = 99;
	refuse = EINVAL;
	assert_int_equal(step_die_with(&run, &step, NULL), -EINVAL);
}

/* ---- cgroups */

static void the_child_writes_0_into_its_cgroup(void **state)
{
	const struct step step = { .cgroup = 1 };
	int pipefd[2];
	char text[8];

	(void)state;
	assert_int_equal(pipe2(pipefd, O_CLOEXEC), 0);
	target.cgroup_fd[1] = pipefd[1];
	target.facts.cgroup_path[1] = "/c/tasks";
	assert_int_equal(step_cgroup(&run, &step, NULL), 0);
	assert_int_equal(read(pipefd[0], text, sizeof(text)), 1);
	assert_int_equal(text[0], '0');
	close(pipefd[0]);
	close(pipefd[1]);
}

static void a_cgroup_that_cannot_be_joined_is_named(void **state)
{
	const struct step step = { .cgroup = 0 };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	target.facts.cgroup_path[0] = "/c/tasks";
	assert_int_equal(step_cgroup(&run, &step, &err), -EBADF);
	assert_int_equal(err.id, ERROR_CGROUP_JOIN);
	assert_string_equal(err.text, "join cgroup \"/c/tasks\": Bad file descriptor");
}

#define fresh(test) cmocka_unit_test_setup(test, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(all_three_ids_are_set),
		fresh(groups_are_set_as_planned),
		fresh(an_id_that_cannot_be_taken_ends_the_run),
		fresh(an_id_that_does_not_exist_is_said_to),
		fresh(capabilities_that_cannot_be_held_end_the_run),
		fresh(a_capability_that_is_newer_than_we_are_is_not_left_out),
		fresh(the_program_dies_with_its_parent),
		fresh(a_parent_that_has_died_already_is_noticed),
		fresh(from_a_pid_namespace_of_its_own_the_parent_has_no_number),
		fresh(a_program_that_cannot_be_tied_is_not_run),
		fresh(the_child_writes_0_into_its_cgroup),
		fresh(a_cgroup_that_cannot_be_joined_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
