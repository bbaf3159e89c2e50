/* SPDX-License-Identifier: MIT */
/*
 * -H: a copy of the target's tree of mounts. The kernel gives one only to a process in the mount
 * namespace that the tree belongs to (EINVAL for all others, by whatever path): one that shares our
 * memory and descriptors goes there and ends; nothing of ours has moved.
 */
#include "run/steps.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/mountcall.h"
#include "util/fd.h"

enum {
	STACK_SIZE = 64 * 1024
};

struct errand {
	const struct target *target;
	int tree; /* or -errno */
};

static int go_there(const struct target *t)
{
	if (t->tree_user_fd >= 0 && setns(t->tree_user_fd, CLONE_NEWUSER) < 0)
		return -errno;
	if (t->tree_mnt_fd >= 0 && setns(t->tree_mnt_fd, CLONE_NEWNS) < 0)
		return -errno;
	return 0;
}

static int run_errand(void *ctx)
{
	struct errand *errand = ctx;
	int r = go_there(errand->target);

	if (r == 0) {
		r = tree_clone(errand->target->tree_fd, "", AT_EMPTY_PATH);
		if (r < 0)
			r = -errno;
	}
	errand->tree = r;
	return 0;
}

static int fetch_tree(const struct target *t)
{
	struct errand errand = { t, -ECHILD };
	char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	pid_t pid;

	if (stack == MAP_FAILED)
		return -errno;
	/* It comes back when the other one has ended: errand.tree is in our own table by then. */
	pid = clone(run_errand, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD,
		    &errand);
	if (pid < 0)
		errand.tree = -errno;
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)munmap(stack, STACK_SIZE); /* our own mapping */
	return errand.tree;
}

int step_take_tree(struct run *run, const struct step *step, struct error *err)
{
	int tree = fetch_tree(run->target);

	(void)step;
	if (tree >= 0) {
		run->tree_fd = tree;
		return 0;
	}
	if (tree == -ENOSYS)
		return error_set(err, ERROR_KERNEL_TOO_OLD, ENOSYS,
				 "this kernel cannot show the target's files beside yours (needs "
				 "Linux 5.2)");
	error_set(err, tree == -EPERM ? ERROR_PERMISSION : ERROR_SYSTEM, -tree,
		  "take the tree of \"%s\"", run->target->name);
	if (tree == -EPERM)
		error_hint(err, "a seccomp filter may forbid it, or CAP_SYS_ADMIN is missing: run "
				"as root");
	return tree;
}
