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

/*
 * Kept for the next one: giving memory back is dearer than having it. One is enough, since an errand
 * sends nobody on another. Return: NULL and errno.
 */
static char *get_stack(void)
{
	static char *stack;

	if (!stack) {
		stack = call_mmap(STACK_SIZE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK);
		if (stack == MAP_FAILED)
			stack = NULL;
	}
	return stack;
}

int errand_run(int (*work)(void *ctx), void *ctx)
{
	char *stack = get_stack();
	pid_t pid;
	int r = 0;

	if (!stack)
		return -errno;
	pid = clone(work, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, ctx);
	if (pid < 0)
		r = -errno;
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}
