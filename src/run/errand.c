/* SPDX-License-Identifier: MIT */
#include "run/errand.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "run/calls.h"

enum {
	STACK_SIZE = 64 * 1024
};

static int run(char stack[STACK_SIZE], int flags, int (*work)(void *ctx), void *ctx)
{
	pid_t pid = clone(work, stack + STACK_SIZE,
			  CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD | flags, ctx);
	int r = pid < 0 ? -errno : 0;

	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

int errand_run(int (*work)(void *ctx), void *ctx)
{
	static _Alignas(16) char stack[STACK_SIZE];

	return run(stack, 0, work, ctx);
}

int errand_run_below(int (*work)(void *ctx), void *ctx)
{
	static _Alignas(16) char stack[STACK_SIZE];

	return run(stack, CLONE_NEWUSER | CLONE_NEWNS, work, ctx);
}
