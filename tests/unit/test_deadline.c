/* SPDX-License-Identifier: MIT */
/* Real processes that wait, or want to run; the time passes by a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/deadline.h"

static time_t now_ms;
static int wait_ms; /* each wait takes so long */
static bool is_ready;
static int failure;

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	(void)fds;
	(void)n;
	assert_int_equal(timeout, DEADLINE_NAP_MS);
	now_ms += wait_ms;
	errno = failure;
	return failure ? -1 : is_ready;
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
	wait_ms = DEADLINE_NAP_MS;
	is_ready = false;
	failure = 0;
	return 0;
}

/* It ends with who has made it, also where a test fails. */
static pid_t make(void)
{
	pid_t parent = getpid(), pid = fork();

	assert_true(pid >= 0);
	/* Who has made it may have ended before it could ask for that. */
	if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent))
		_exit(1);
	return pid;
}

static pid_t sleeper(void)
{
	pid_t pid = make();

	if (pid == 0)
		for (;;)
			pause();
	while (is_runnable(pid))
		;
	return pid;
}

static pid_t spinner(void)
{
	pid_t pid = make();

	if (pid == 0)
		for (;;)
			__asm__ volatile("");
	return pid;
}

/* It waits for one that spins, as a leader does for its program. */
static pid_t leader_of_spinner(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = make();
	if (pid == 0) {
		pid_t child = spinner();

		_exit(write(ready[1], "", 1) == 1 && waitpid(child, NULL, 0) == child ? 0 : 1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	while (is_runnable(pid))
		;
	return pid;
}

static void end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Return: how many naps there are in 300 ms of waiting for it, which is then ended. */
static int naps_for(pid_t pid)
{
	struct deadline deadline = { 300000 };
	struct pollfd fd = { .fd = -1 };
	int naps = 1, r;

	while ((r = deadline_nap(&deadline, &fd, pid)) == 0)
		naps++;
	assert_int_equal(r, -ETIMEDOUT);
	end(pid);
	return naps;
}

static void test_who_waits_has_the_time(void **state)
{
	(void)state;
	assert_int_equal(naps_for(sleeper()), 3);
}

static void test_who_wants_to_run_has_ten_times_as_much(void **state)
{
	(void)state;
	assert_int_equal(naps_for(spinner()), 30);
	assert_int_equal(naps_for(leader_of_spinner()), 30);
}

/* As where all of us were stopped. */
static void test_no_nap_counts_for_more(void **state)
{
	(void)state;
	wait_ms = 60000;
	assert_int_equal(naps_for(sleeper()), 3);
}

static void test_what_wakes_up_early_counts_as_it_is(void **state)
{
	(void)state;
	wait_ms = 10;
	failure = EINTR;
	assert_int_equal(naps_for(sleeper()), 30);
}

static void test_what_is_ready_in_time_is_told(void **state)
{
	struct deadline deadline = { 100000 };
	struct pollfd fd = { .fd = -1 };
	pid_t pid = sleeper();

	(void)state;
	is_ready = true;
	assert_int_equal(deadline_nap(&deadline, &fd, pid), 1);
	assert_int_equal(deadline_nap(&deadline, &fd, pid), -ETIMEDOUT);
	end(pid);
}

/* Whoever goes on all the same comes to an end. */
static void test_failures_are_passed_and_take_time(void **state)
{
	struct deadline deadline = { 300000 };
	struct pollfd fd = { .fd = -1 };
	int naps = 1, r;

	(void)state;
	failure = ENOMEM;
	while ((r = deadline_nap(&deadline, &fd, getpid())) == -ENOMEM)
		naps++;
	assert_int_equal(r, -ETIMEDOUT);
	assert_int_equal(naps, 3);
}

static void test_who_is_about_to_end_has_a_nap_or_ten(void **state)
{
	struct pollfd fd = { .fd = -1 };
	pid_t pid = sleeper();

	(void)state;
	now_ms = 0;
	assert_int_equal(deadline_farewell(&fd, pid), -ETIMEDOUT);
	assert_int_equal(now_ms, DEADLINE_NAP_MS);
	is_ready = true;
	assert_int_equal(deadline_farewell(&fd, pid), 1);
	end(pid);
	is_ready = false;
	now_ms = 0;
	pid = spinner();
	assert_int_equal(deadline_farewell(&fd, pid), -ETIMEDOUT);
	assert_int_equal(now_ms, DEADLINE_NAP_MS * DEADLINE_RUNNABLE);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_who_waits_has_the_time, setup),
		cmocka_unit_test_setup(test_who_wants_to_run_has_ten_times_as_much, setup),
		cmocka_unit_test_setup(test_no_nap_counts_for_more, setup),
		cmocka_unit_test_setup(test_what_wakes_up_early_counts_as_it_is, setup),
		cmocka_unit_test_setup(test_what_is_ready_in_time_is_told, setup),
		cmocka_unit_test_setup(test_failures_are_passed_and_take_time, setup),
		cmocka_unit_test_setup(test_who_is_about_to_end_has_a_nap_or_ten, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
