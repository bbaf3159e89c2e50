/* SPDX-License-Identifier: MIT */
/* What the leader is told to do, as it arrives at its end of the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/plan_order.h"
#include "run/leader.h"
#include "run/steps.h"
#include "util/fd.h"

enum {
	BIT_HUP = 1 << (SIGHUP - 1),
	BIT_USR1 = 1 << (SIGUSR1 - 1),
	BIT_USR2 = 1 << (SIGUSR2 - 1)
};

static struct plan plan;
static struct target target = TARGET_INIT;
static struct run run = { .plan = &plan, .target = &target };
static int other; /* the leader's end */

static int start(void **state)
{
	(void)state;
	plan = (struct plan){ .isolates = true };
	target = (struct target)TARGET_INIT;
	run.relay = (struct relay)RELAY_INIT;
	run.filters = FILTERS_NONE;
	run.link = (struct leader_link)LEADER_LINK_INIT(false);
	return leader_link_open(&run.link, &other, NULL);
}

static int finish(void **state)
{
	(void)state;
	leader_link_done(&run.link);
	other = fd_close(other);
	return 0;
}

static struct leader_job sent(void)
{
	struct leader_job job;
	int fd;

	assert_int_equal(job_send(&run, NULL), 0);
	assert_int_equal(leader_receive(other, &job, sizeof(job), &fd), 1);
	assert_int_equal(fd, -EBADF);
	return job;
}

static void what_is_not_planned_is_not_asked_for(void **state)
{
	const struct leader_job job = sent();

	(void)state;
	assert_int_equal(job.flags, 0);
	assert_int_equal(job.tty, -1);
	assert_int_equal(job.umask, -1);
	assert_int_equal(job.filter, -1);
	assert_int_equal(job.exe, -1);
	assert_int_equal(job.n_cgroups, 0);
	assert_string_equal(job.label, "");
}

static void only_the_cgroups_behind_the_leader_are_left_to_it(void **state)
{
	struct leader_job job;

	(void)state;
	for (int i = 0; i < 3; i++)
		target.cgroup_fd[i] = 70 + i;
	plan_add(&plan, STEP_CGROUP, "before")->cgroup = 1;
	plan_add(&plan, STEP_LEADER, "leads");
	plan_add(&plan, STEP_CGROUP, "late")->cgroup = 2;
	plan_add(&plan, STEP_CGROUP, "late")->cgroup = 0;
	job = sent();
	assert_int_equal(job.n_cgroups, 2);
	assert_int_equal(job.cgroup[0], 72);
	assert_int_equal(job.cgroup[1], 70);
	for (int i = 0; i < 3; i++)
		target.cgroup_fd[i] = -EBADF;
}

/* In the target's files nothing of the caller's is left, but that he has ignored SIGHUP. */
static void signals_are_the_callers_in_his_own_files_only(void **state)
{
	struct leader_job job;

	(void)state;
	target.facts.ignored = BIT_HUP | BIT_USR1;
	sigemptyset(&run.caller_mask);
	sigaddset(&run.caller_mask, SIGUSR2);
	job = sent();
	assert_int_equal(job.reset, 0);
	assert_int_equal(job.mask, BIT_USR2);
	plan.target_files = true;
	job = sent();
	assert_int_equal(job.reset, BIT_USR1);
	assert_int_equal(job.mask, 0);
}

static void the_terminal_is_the_first_stream_that_is_one(void **state)
{
	struct leader_job job;

	(void)state;
	plan.stream[1].way = plan.stream[2].way = WAY_PTY;
	job = sent();
	assert_int_equal(job.tty, 1);
	assert_int_equal(job.flags, LEADER_TTY);
}

static void orphans_are_waited_for_where_there_is_a_view(void **state)
{
	(void)state;
	plan_add(&plan, STEP_TAKE_TOOLS, "a view");
	assert_int_equal(sent().flags, LEADER_REAP);
	plan.join = NS_BIT(NS_PID);
	assert_int_equal(sent().flags, LEADER_REAP | LEADER_INSIDE);
}

static void a_label_that_does_not_fit_is_never_cut(void **state)
{
	char label[LEADER_LABEL_MAX + 1], file[LEADER_PATH_MAX];
	_cleanup_error_ struct error err = { 0 }, other_err = { 0 };
	struct leader_job job;

	(void)state;
	memset(label, 'l', sizeof(label));
	label[LEADER_LABEL_MAX] = '\0';
	target.proc_root_fd = 80;
	target.facts.label = label + 1;
	target.facts.label_file = "attr/exec";
	job = sent();
	assert_int_equal(strlen(job.label), LEADER_LABEL_MAX - 1);
	assert_string_equal(job.label_file, "thread-self/attr/exec");
	assert_int_equal(job.proc, 80);
	target.facts.label = label;
	assert_int_equal(job_send(&run, &err), -E2BIG);
	assert_int_equal(err.id, ERROR_PERMISSION_LSM);
	memset(file, 'f', sizeof(file));
	file[LEADER_PATH_MAX - strlen("thread-self/")] = '\0';
	target.facts.label = "short";
	target.facts.label_file = file;
	assert_int_equal(job_send(&run, &other_err), -E2BIG);
	file[LEADER_PATH_MAX - strlen("thread-self/") - 1] = '\0';
	assert_int_equal(strlen(sent().label_file), LEADER_PATH_MAX - 1);
	target.proc_root_fd = -EBADF;
}

static void who_has_ended_is_heard_of_next(void **state)
{
	(void)state;
	other = fd_close(other);
	assert_int_equal(job_send(&run, NULL), 0);
}

#define fresh(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(what_is_not_planned_is_not_asked_for),
		fresh(only_the_cgroups_behind_the_leader_are_left_to_it),
		fresh(signals_are_the_callers_in_his_own_files_only),
		fresh(the_terminal_is_the_first_stream_that_is_one),
		fresh(orphans_are_waited_for_where_there_is_a_view),
		fresh(a_label_that_does_not_fit_is_never_cut),
		fresh(who_has_ended_is_heard_of_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
