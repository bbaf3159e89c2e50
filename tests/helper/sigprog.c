/* SPDX-License-Identifier: MIT */
/*
 * A program that reports the signals it gets, one line each, with how it came to see them:
 *
 *   sigprog [--exit=N] [--state]
 *
 * Prints "ready PID PPID PGRP SID" and then "got NAME" for each signal. Ends with the number of the
 * signal as its status on TERM, and on the signal number N. --state prints what it was started with
 * (blocked and ignored signals) and ends. Never lives longer than a minute.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LIFETIME = 60
};

static int print_state(void)
{
	struct sigaction act;
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		if (sigismember(&blocked, sig) == 1)
			printf("blocked %s\n", sigabbrev_np(sig));
		if (sigaction(sig, NULL, &act) == 0 && act.sa_handler == SIG_IGN)
			printf("ignored %s\n", sigabbrev_np(sig));
	}
	return 0;
}

static void block(sigset_t *set)
{
	static const int seen[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,	 SIGUSR1, SIGUSR2,
				    SIGCONT, SIGTSTP, SIGALRM, SIGWINCH, SIGPIPE };

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		sigaddset(set, seen[i]);
	sigprocmask(SIG_BLOCK, set, NULL);
}

int main(int argc, char *argv[])
{
	int end = SIGTERM, sig;
	sigset_t set;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--state") == 0)
			return print_state();
		if (strncmp(argv[i], "--exit=", 7) == 0)
			end = atoi(argv[i] + 7);
	}
	block(&set);
	alarm(LIFETIME);
	printf("ready %d %d %d %d\n", getpid(), getppid(), getpgrp(), getsid(0));
	for (;;) {
		if (sigwait(&set, &sig) != 0)
			return 2;
		if (sig == SIGALRM)
			return 3;
		printf("got %s\n", sigabbrev_np(sig));
		/* Taken with sigwait, the stop would not happen: do what the default would have. */
		if (sig == SIGTSTP)
			raise(SIGSTOP);
		if (sig == end)
			return sig;
	}
}
