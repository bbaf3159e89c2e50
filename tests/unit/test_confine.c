/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/confine.h"
#include "util/fd.h"

static void modes_are_read_from_status_text(void **state)
{
	struct proc_modes m;

	(void)state;
	assert_int_equal(
		modes_parse("Name:\tx\nUmask:\t0027\nState:\tt (tracing stop)\n"
			    "TracerPid:\t17\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n",
			    &m),
		0);
	assert_int_equal(m.state, 't');
	assert_true(m.no_new_privs);
	assert_int_equal(m.seccomp, 2);
	assert_int_equal(m.n_filters, 3);
	assert_int_equal(m.tracer, 17);
	assert_int_equal(m.umask, 027);
}

static void old_kernels_tell_less(void **state)
{
	struct proc_modes m;

	(void)state;
	assert_int_equal(modes_parse("Name:\tx\nTracerPid:\t0\n", &m), 0);
	assert_int_equal(m.state, '\0');
	assert_false(m.no_new_privs);
	assert_int_equal(m.seccomp, 0);
	assert_int_equal(m.n_filters, -1);
	assert_int_equal(m.umask, -1);
}

static void processors_are_counted_from_the_end(void **state)
{
	struct proc_modes m;

	(void)state;
	assert_int_equal(modes_parse("Name:\tx\nTracerPid:\t0\nCpus_allowed:\t3\n", &m), 0);
	assert_true(m.cpus[0] == 3 && m.cpus[1] == 0);
	assert_int_equal(modes_parse("Name:\tx\nTracerPid:\t0\n"
				     "Cpus_allowed:\tf,00000001,ffffffff,80000000\n",
				     &m),
			 0);
	assert_true(m.cpus[0] == 0xffffffff80000000 && m.cpus[1] == 0xf00000001);
	assert_int_equal(modes_parse("Name:\tx\nTracerPid:\t0\nCpus_allowed:\t\n", &m), 0);
	assert_true(m.cpus[0] == 0);
}

static void a_name_is_no_line(void **state)
{
	struct proc_modes m;

	(void)state;
	/* The kernel escapes a newline in the name. */
	assert_int_equal(modes_parse("Name:\tx\\nNoNewPrivs:\t1\nTracerPid:\t0\nSeccomp:\t0\n", &m),
			 0);
	assert_false(m.no_new_privs);
	assert_int_equal(modes_parse("", &m), -EBADMSG);
}

static void scheduling_is_behind_the_last_parenthesis(void **state)
{
	struct proc_sched sched;

	(void)state;
	assert_int_equal(sched_parse("7 (a) R 9 (b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 39 19 1 0 "
				     "99 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 17 2 0 3 0 0 0\n",
				     &sched),
			 0);
	assert_int_equal(sched.nice, 19);
	assert_int_equal(sched.policy, SCHED_BATCH);
	assert_int_equal(sched_parse("7 (a) R 9\n", &sched), -EBADMSG);
	assert_int_equal(sched_parse("", &sched), -EBADMSG);
}

static void ours_are_what_the_kernel_says(void **state)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct proc_sched sched;
	int score;

	(void)state;
	assert_int_equal(sched_read(self, &sched), 0);
	assert_int_equal(sched.nice, getpriority(PRIO_PROCESS, 0));
	assert_int_equal(sched.policy, sched_getscheduler(0));
	assert_int_equal(oom_read(self, &score), 0);
	assert_in_range(score + 1000, 0, 2000);
}

static void ways_are_what_was_set(void **state)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned int personality = 0;

	(void)state;
	if (io_priority_of(0) == -ENOSYS)
		skip();
	assert_int_equal(syscall(SYS_personality, 0x40000), 0);
	assert_int_equal(personality_own(), 0x40000);
	assert_int_equal(personality_read(self, &personality), 0);
	assert_int_equal(personality, 0x40000);
	assert_int_equal(prctl(PR_SET_TIMERSLACK, 12345UL), 0);
	assert_int_equal(timer_slack_own(), 12345);
	assert_int_equal(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
				 IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)),
			 0);
	assert_int_equal(io_priority_of(0), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
	assert_int_equal(io_priority_of(getpid()), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_are_read_from_status_text),
		cmocka_unit_test(old_kernels_tell_less),
		cmocka_unit_test(processors_are_counted_from_the_end),
		cmocka_unit_test(a_name_is_no_line),
		cmocka_unit_test(scheduling_is_behind_the_last_parenthesis),
		cmocka_unit_test(ours_are_what_the_kernel_says),
		cmocka_unit_test(ways_are_what_was_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
