/* SPDX-License-Identifier: MIT */
#include "run/errand.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/types.h>

#include "run/calls.h"
#include "run/reap.h"

enum {
	STACK_SIZE = 128 * 1024
};

static pid_t start_watched(char stack[STACK_SIZE], int flags, int (*work)(void *ctx), void *ctx,
			   int *ret_pidfd)
{
	pid_t pid = clone(work, stack + STACK_SIZE, CLONE_VM | CLONE_FILES | flags, ctx, ret_pidfd);

	return pid < 0 ? -errno : pid;
}

static pid_t start(char stack[STACK_SIZE], int flags, int (*work)(void *ctx), void *ctx)
{
	return start_watched(stack, flags, work, ctx, NULL);
}

/* No signal tells of its end: who waits for others is not woken. */
pid_t errand_start(int (*work)(void *ctx), void *ctx)
{
	static _Alignas(16) char stack[STACK_SIZE];

	return start(stack, 0, work, ctx);
}

pid_t errand_start_watched(int (*work)(void *ctx), void *ctx, int *ret_pidfd)
{
	static _Alignas(16) char stack[STACK_SIZE];

	*ret_pidfd = -EBADF;
	return start_watched(stack, CLONE_PIDFD, work, ctx, ret_pidfd);
}

int errand_end(pid_t errand)
{
	if (errand > 0)
		(void)reap(errand, NULL); /* our child */
	return errand < 0 ? errand : 0;
}

int errand_run(int (*work)(void *ctx), void *ctx)
{
	static _Alignas(16) char stack[STACK_SIZE];

	return errand_end(start(stack, CLONE_VFORK, work, ctx));
}

int errand_run_below(int (*work)(void *ctx), void *ctx)
{
	static _Alignas(16) char stack[STACK_SIZE];

	return errand_end(start(stack, CLONE_VFORK | CLONE_NEWUSER | CLONE_NEWNS, work, ctx));
}
