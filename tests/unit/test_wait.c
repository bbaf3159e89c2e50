/* SPDX-License-Identifier: MIT */
/*
 * Three real processes: the test, a waiter that does what nsjoin does, and its program. What is
 * forked returns statuses; only the test asserts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/wait.h"

enum {
	BROKEN = 99 /* a forked process could not do its part */
};

/* What the program does: the status that it ends with. */
typedef int program(void);

/* Programs that wait for a signal say so with a byte. */
static int ready[2];
static volatile sig_atomic_t got;

static void take(int sig)
{
	got = sig;
}

static void say_ready(void)
{
	if (write(ready[1], "r", 1) != 1)
		_exit(BROKEN);
}

/* Catches one signal; the status is its number. */
static int catches(int sig)
{
	sigset_t one, old;

	sigemptyset(&one);
	sigaddset(&one, sig);
	if (sigprocmask(SIG_BLOCK, &one, &old) < 0 || signal(sig, take) == SIG_ERR)
		return BROKEN;
	say_ready();
	while (!got)
		sigsuspend(&old);
	return got;
}

static void be_program(program *run, const sigset_t *mask)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sigprocmask(SIG_SETMASK, mask, NULL) < 0)
		_exit(BROKEN);
	_exit(run());
}

/* Where the limit is 0, as it mostly is, nobody would leave one anyway. */
static void allow_cores(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) < 0)
		_exit(BROKEN);
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_CORE, &limit) < 0)
		_exit(BROKEN);
}

/* The waiter, in a process group of its own, which the test's session keeps from being orphaned. */
static void be_waiter(program *run)
{
	const struct oom_kills oom = OOM_KILLS_NONE;
	struct watch watch = {
		.self_ns_fd = open("/proc/self/ns", O_RDONLY | O_DIRECTORY),
		.oom = &oom,
	};
	sigset_t mask;
	int r;

	allow_cores();
	(void)alarm(20); /* a failure is to be a failure and no hang */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || setpgid(0, 0) < 0 ||
	    wait_prepare(&mask, NULL) < 0 || wait_hold(NULL) < 0)
		_exit(BROKEN);
	watch.program = fork();
	if (watch.program < 0)
		_exit(BROKEN);
	if (watch.program == 0)
		be_program(run, &mask);
	r = wait_program(&watch, NULL);
	_exit(r < 0 ? BROKEN : r);
}

static pid_t start(program *run)
{
	pid_t pid;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		be_waiter(run);
	assert_true(pid > 0);
	close(ready[1]);
	return pid;
}

/* Until the program is ready for its signal. */
static void wait_ready(void)
{
	char byte;

	assert_int_equal(read(ready[0], &byte, 1), 1);
}

static int status_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	return status;
}

static int end_of(pid_t pid)
{
	int status = status_of(pid);

	close(ready[0]);
	return status;
}

static void ended_with(int status, int code)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

/* ---- how it ended */

static int ends_0(void)
{
	return 0;
}

static int ends_7(void)
{
	return 7;
}

static int ends_255(void)
{
	return 255;
}

static void the_programs_status_is_ours(void **state)
{
	(void)state;
	ended_with(end_of(start(ends_0)), 0);
	ended_with(end_of(start(ends_7)), 7);
	ended_with(end_of(start(ends_255)), 255);
}

static int killed(void)
{
	raise(SIGKILL);
	return BROKEN;
}

static int terminated(void)
{
	raise(SIGTERM);
	return BROKEN;
}

static int crashed(void)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0) /* nor does it leave one, in the test */
		return BROKEN;
	(void)signal(SIGSEGV, SIG_DFL); /* a sanitizer has it otherwise */
	raise(SIGSEGV);
	return BROKEN;
}

static void the_programs_death_is_ours(void **state)
{
	int status = end_of(start(killed));

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	status = end_of(start(terminated));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void a_crash_of_the_program_leaves_no_core_of_ours(void **state)
{
	int status = end_of(start(crashed));

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
	assert_false(WCOREDUMP(status));
}

static int waits_to_end(void)
{
	return catches(SIGUSR1);
}

static void a_caller_that_ignores_its_children_changes_nothing(void **state)
{
	pid_t pid;

	(void)state;
	assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	pid = start(waits_to_end);
	/* The waiter has inherited it; with us the kernel would throw its own status away. */
	assert_true(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
	wait_ready();
	assert_int_equal(kill(pid, SIGUSR1), 0);
	ended_with(end_of(pid), SIGUSR1);
}

/* ---- signals */

static int relayed_sig;

static int catches_relayed(void)
{
	return catches(relayed_sig);
}

static void what_is_sent_to_us_reaches_the_program(void **state)
{
	static const int sigs[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH };

	(void)state;
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		pid_t pid;

		relayed_sig = sigs[i];
		pid = start(catches_relayed);
		wait_ready();
		assert_int_equal(kill(pid, sigs[i]), 0);
		ended_with(end_of(pid), sigs[i]);
	}
}

static int has_only_that_one_blocked(void)
{
	sigset_t mask;

	if (sigprocmask(SIG_SETMASK, NULL, &mask) < 0)
		return BROKEN;
	for (int sig = 1; sig < SIGRTMIN; sig++)
		if (sigismember(&mask, sig) != (sig == SIGVTALRM))
			return sig;
	return 0;
}

static void the_program_gets_the_mask_that_we_were_started_with(void **state)
{
	sigset_t one, old;
	pid_t pid;

	(void)state;
	sigemptyset(&one);
	sigaddset(&one, SIGVTALRM);
	assert_int_equal(sigprocmask(SIG_SETMASK, &one, &old), 0);
	pid = start(has_only_that_one_blocked);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
	ended_with(end_of(pid), 0);
}

/* ---- stopping */

static int stops_itself(void)
{
	raise(SIGSTOP);
	return 5;
}

static int stops_by_terminal(void)
{
	raise(SIGTSTP);
	return 6;
}

static void stops_and_goes_on(program *run, int code)
{
	pid_t pid = start(run);
	int status = status_of(pid);

	assert_true(WIFSTOPPED(status));
	assert_int_equal(kill(pid, SIGCONT), 0);
	ended_with(end_of(pid), code);
}

static void we_stop_with_the_program_and_it_goes_on_with_us(void **state)
{
	(void)state;
	stops_and_goes_on(stops_itself, 5);
	stops_and_goes_on(stops_by_terminal, 6);
}

static void a_whole_job_is_continued_at_once(void **state)
{
	pid_t pid = start(stops_itself);

	(void)state;
	assert_true(WIFSTOPPED(status_of(pid)));
	assert_int_equal(kill(-pid, SIGCONT), 0);
	ended_with(end_of(pid), 5);
}

static volatile sig_atomic_t times;

static void count(int sig)
{
	(void)sig;
	times++;
}

/* As ^Z waits, which the terminal sends to us and to the program. */
static void what_waits_already_comes_once(void **state)
{
	sigset_t one, old;

	(void)state;
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &one, &old), 0);
	assert_true(signal(SIGUSR1, count) != SIG_ERR);
	assert_int_equal(kill(getpid(), SIGUSR1), 0); /* as a terminal does: to the process */
	wait_signal(getpid(), SIGUSR1);
	assert_int_equal(times, 1);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
	assert_int_equal(times, 1);
	assert_true(signal(SIGUSR1, SIG_DFL) != SIG_ERR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_status_is_ours),
		cmocka_unit_test(the_programs_death_is_ours),
		cmocka_unit_test(a_crash_of_the_program_leaves_no_core_of_ours),
		cmocka_unit_test(a_caller_that_ignores_its_children_changes_nothing),
		cmocka_unit_test(what_is_sent_to_us_reaches_the_program),
		cmocka_unit_test(the_program_gets_the_mask_that_we_were_started_with),
		cmocka_unit_test(we_stop_with_the_program_and_it_goes_on_with_us),
		cmocka_unit_test(a_whole_job_is_continued_at_once),
		cmocka_unit_test(what_waits_already_comes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
