/* SPDX-License-Identifier: MIT */
#include "run/wait.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leader/protocol.h"
#include "run/calls.h"
#include "util/log.h"
#include "util/macro.h"

enum {
	ENDS_SOON_MS = 100
};

/* What the program gets when it is sent to nsjoin. */
static const int relayed[] = { SIGTERM, SIGHUP,	  SIGINT,  SIGQUIT, SIGUSR1,
			       SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP };

void wait_relayed(uint64_t but, sigset_t *ret_set)
{
	sigemptyset(ret_set);
	for (size_t i = 0; i < ARRAY_SIZE(relayed); i++)
		if (!(but >> (relayed[i] - 1) & 1))
			sigaddset(ret_set, relayed[i]);
}

static void watched_set(sigset_t *set)
{
	wait_relayed(0, set);
	sigaddset(set, SIGCHLD);
}

int wait_prepare(sigset_t *ret_mask, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	/* A caller that ignores SIGCHLD would have the kernel throw the exit status away. */
	if (call_signal_default(SIGCHLD) < 0 || sigprocmask(SIG_BLOCK, &set, ret_mask) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "prepare for signals");
	return 0;
}

int wait_hold(struct error *err)
{
	sigset_t watched;

	watched_set(&watched);
	/* A reader that has gone, a file that is full: whoever carries bytes sees it at the write. */
	sigaddset(&watched, SIGPIPE);
	sigaddset(&watched, SIGXFSZ);
	if (sigprocmask(SIG_BLOCK, &watched, NULL) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "hold back signals");
	return 0;
}

void wait_signal(pid_t whom, int sig)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, sig);
	/* Held back until it is sent: one that waits already, as the terminal's ^Z may, is this one,
	 * and not a second one that stops us once more after we have been continued. */
	(void)sigprocmask(SIG_BLOCK, &set, &old);
	(void)kill(whom, sig);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Does what @sig does by default, to this process. Comes back where that is nothing. */
static void do_default(int sig)
{
	(void)call_signal_default(sig); /* fails for none of the signals that are used here */
	wait_signal(getpid(), sig);
}

/*
 * Stop as the program has stopped, so that the shell takes notice. SIGTSTP even where it was
 * SIGSTOP: the kernel ignores it in an orphaned process group, where nobody could continue us.
 */
static void stop_with(const struct watch *watch, int sig)
{
	pid_t watcher = watch_start(watch);

	do_default(sig == SIGSTOP ? SIGTSTP : sig);
	watch_end(watcher);
}

/* Whether the program has gone on since it stopped: then a SIGCONT has reached it already. */
static bool has_continued(pid_t pid)
{
	siginfo_t info = { 0 };

	return call_waitid(P_PID, (id_t)pid, &info, WCONTINUED | WNOHANG) == 0 &&
	       info.si_pid == pid;
}

/*
 * The terminal signals a whole process group. The program is in ours unless it has left, and then
 * has got it already: ^C reaches it once.
 */
static bool came_to_both(pid_t pid, const siginfo_t *info)
{
	/* A terminal that hangs up tells the leader of its session alone. */
	if (info->si_signo == SIGHUP && call_getsid(0) == getpid())
		return false;
	return info->si_code == SI_KERNEL && call_getpgid(pid) == call_getpgid(0);
}

static void relay(pid_t pid, const siginfo_t *info)
{
	if (came_to_both(pid, info))
		return;
	if (info->si_signo == SIGCONT && has_continued(pid))
		return;
	/* Not reaped yet, so the number is still its own; if it has just ended that is seen next. */
	(void)kill(pid, info->si_signo);
}

static int die_of(int sig)
{
	/* No core file of ours for a crash of the program. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	do_default(sig);
	return 128 + sig;
}

/* Return: 1 with *ret_status filled where the program has ended, 0 where not, or -errno. */
static int look_after(const struct watch *watch, int *ret_status)
{
	pid_t who = watch->reaps ? -1 : watch->program, r;
	int status;

	while ((r = waitpid(who, &status, WNOHANG | WUNTRACED)) != 0) {
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r != watch->program)
			continue;
		if (!WIFSTOPPED(status)) {
			*ret_status = status;
			return 1;
		}
		stop_with(watch, WSTOPSIG(status));
	}
	return 0;
}

/* As the leader's of the same name, where there is no leader. */
static void bury_helpers(void)
{
	const struct timespec pause = { 0, 1000 * 1000 };
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	for (int i = 0; i < HELPERS_MS; i++) {
		pid_t pid;

		do
			pid = waitpid(-1, NULL, WNOHANG);
		while (pid > 0);
		if (pid < 0)
			return;				      /* there is none */
		(void)call_sigtimedwait(&ends, NULL, &pause); /* looked at again, whatever came */
	}
}

int wait_program(const struct watch *watch, struct error *err)
{
	sigset_t watched;
	int status = 0, r = 0;

	watched_set(&watched);
	while (r == 0) {
		siginfo_t info;
		int sig = call_sigtimedwait(&watched, &info, NULL);

		if (sig < 0 && errno != EINTR)
			r = -errno;
		else if (sig == SIGCHLD)
			r = look_after(watch, &status);
		else if (sig > 0)
			relay(watch->program, &info);
	}
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "wait for the program");
	if (watch->reaps)
		bury_helpers();
	wait_explain(status, watch->oom, watch->pidns_joined ? watch->target_pidfd : -1,
		     watch->target);
	return wait_end(status);
}

/* An init ends after all that it takes along: soon, and if it is none it has ended by now. */
static bool has_ended(int target)
{
	struct pollfd end = { .fd = target, .events = POLLIN };

	return target >= 0 && poll(&end, 1, ENDS_SOON_MS) == 1;
}

void wait_explain(int status, const struct oom_kills *oom, int target, const char *name)
{
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		return;
	if (oom && oom_kills_more(oom))
		log_note("the program was killed: its cgroup ran out of memory (memory.max, "
			 "memory.limit_in_bytes)");
	else if (has_ended(target))
		log_note("the program was killed: %s has ended", name);
}

int wait_end(int status)
{
	return WIFSIGNALED(status) ? die_of(WTERMSIG(status)) : WEXITSTATUS(status);
}
