/* SPDX-License-Identifier: MIT */
/* Real processes that do what may wait; the time passes by a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/deadline.h"
#include "util/patient.h"

enum {
	RESULT = -42,
	MANY_NAPS = 100 /* longer than anybody is waited for who gets nowhere */
};

static time_t now_ms;
static bool is_killed;	  /* how long it takes to end is up to the machine, ... */
static bool does_not_end; /* ... unless nothing ends it */
static int turns[2];	  /* a byte for each nap */

int __real_kill(pid_t pid, int sig);
int __wrap_kill(pid_t pid, int sig);

int __wrap_kill(pid_t pid, int sig)
{
	is_killed = true;
	return __real_kill(pid, sig);
}

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (is_killed && !does_not_end)
		return __real_poll(fds, n, -1);
	assert_int_equal(timeout, DEADLINE_NAP_MS);
	now_ms += timeout;
	assert_int_equal(write(turns[1], "", 1), 1);
	return is_killed ? 0 : __real_poll(fds, n, 1);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now);

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now)
{
	(void)id;
	*ret_now = (struct timespec){ now_ms / 1000, now_ms % 1000 * 1000000 };
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return pipe(turns);
}

static int setup_test(void **state)
{
	(void)state;
	is_killed = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(turns[0]);
	(void)close(turns[1]);
	return 0;
}

static volatile size_t steps;

static int do_at_once(void *ctx)
{
	*(pid_t *)ctx = (pid_t)syscall(SYS_getpid);
	return RESULT;
}

static int wait_for_ever(void *ctx)
{
	(void)ctx;
	return pause();
}

/* A step with each nap. */
static int do_slowly(void *ctx)
{
	char turn;

	(void)ctx;
	while (steps < MANY_NAPS && read(turns[0], &turn, 1) == 1)
		steps++;
	return RESULT;
}

static int do_within(void *ctx)
{
	pid_t pids[2];

	pids[0] = (pid_t)syscall(SYS_getpid);
	if (patient_do(do_at_once, &pids[1], NULL) != RESULT)
		return 0;
	*(bool *)ctx = pids[0] == pids[1];
	return RESULT;
}

static void assert_none_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, __WALL | WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_what_comes_of_it_is_passed(void **state)
{
	pid_t pid = 0;

	(void)state;
	assert_int_equal(patient_do(do_at_once, &pid, NULL), RESULT);
	assert_int_not_equal(pid, 0);
	assert_int_not_equal(pid, getpid());
	assert_none_is_left();
}

static void test_who_is_at_it_does_what_is_within_it_himself(void **state)
{
	bool is_same = false;

	(void)state;
	assert_int_equal(patient_do(do_within, &is_same, NULL), RESULT);
	assert_true(is_same);
	assert_none_is_left();
}

static void test_who_gets_on_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(patient_do(do_slowly, NULL, &steps), RESULT);
	assert_int_equal(steps, MANY_NAPS);
	assert_none_is_left();
}

static void test_who_gets_nowhere_is_given_up(void **state)
{
	(void)state;
	assert_int_equal(patient_do(wait_for_ever, NULL, NULL), -ETIMEDOUT);
	assert_none_is_left();
}

static void test_also_where_his_steps_are_looked_at(void **state)
{
	(void)state;
	assert_int_equal(patient_do(wait_for_ever, NULL, &steps), -ETIMEDOUT);
	assert_none_is_left();
}

static void test_after_that_others_have_less_time(void **state)
{
	time_t before = now_ms;

	(void)state;
	assert_int_equal(patient_do(wait_for_ever, NULL, NULL), -ETIMEDOUT);
	assert_in_range(now_ms - before, 1, 1000);
}

static void test_and_are_not_given_up_with_it(void **state)
{
	pid_t pid = 0;

	(void)state;
	assert_int_equal(patient_do(do_at_once, &pid, NULL), RESULT);
	assert_int_not_equal(pid, getpid());
}

static int kill_self(void *ctx)
{
	(void)ctx;
	(void)syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
	return 0;
}

/* As the kernel does when memory is short. */
static void test_who_is_killed_has_not_done_it(void **state)
{
	(void)state;
	assert_int_equal(patient_do(kill_self, NULL, NULL), -ETIMEDOUT);
	assert_none_is_left();
}

/* The last one: it stays for good. */
static void test_who_does_not_even_end_is_in_the_way_of_others(void **state)
{
	pid_t pid = 0;

	(void)state;
	does_not_end = true;
	assert_int_equal(patient_do(wait_for_ever, NULL, NULL), -ETIMEDOUT);
	assert_int_equal(patient_do(do_at_once, &pid, NULL), -ETIMEDOUT);
	assert_int_equal(pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_comes_of_it_is_passed, setup_test),
		cmocka_unit_test_setup(test_who_is_at_it_does_what_is_within_it_himself,
				       setup_test),
		cmocka_unit_test_setup(test_who_gets_on_is_waited_for, setup_test),
		cmocka_unit_test_setup(test_who_gets_nowhere_is_given_up, setup_test),
		cmocka_unit_test_setup(test_also_where_his_steps_are_looked_at, setup_test),
		cmocka_unit_test_setup(test_after_that_others_have_less_time, setup_test),
		cmocka_unit_test_setup(test_and_are_not_given_up_with_it, setup_test),
		cmocka_unit_test_setup(test_who_is_killed_has_not_done_it, setup_test),
		cmocka_unit_test_setup(test_who_does_not_even_end_is_in_the_way_of_others,
				       setup_test),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
