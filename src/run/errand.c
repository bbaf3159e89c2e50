/* SPDX-License-Identifier: MIT */
#include "run/errand.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "run/calls.h"

enum {
	STACK_SIZE = 64 * 1024
};

/* Return: NULL and errno. */
static char *make_stack(void)
{
	char *stack = call_mmap(STACK_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK);

	return stack == MAP_FAILED ? NULL : stack;
}

static int run(char *stack, int flags, int (*work)(void *ctx), void *ctx)
{
	pid_t pid;
	int r = 0;

	if (!stack)
		return -errno;
	pid = clone(work, stack + STACK_SIZE,
		    CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD | flags, ctx);
	if (pid < 0)
		r = -errno;
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

/* Their stacks are kept for the next ones: giving memory back is dearer than having it. */
int errand_run(int (*work)(void *ctx), void *ctx)
{
	static char *stack;

	if (!stack)
		stack = make_stack();
	return run(stack, 0, work, ctx);
}

int errand_run_below(int (*work)(void *ctx), void *ctx)
{
	static char *stack;

	if (!stack)
		stack = make_stack();
	return run(stack, CLONE_NEWUSER | CLONE_NEWNS, work, ctx);
}
