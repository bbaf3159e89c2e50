/* SPDX-License-Identifier: MIT */
/* The child that becomes the program, made in the cheapest way that is safe. */
#include "run/steps.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/clone3.h"
#include "run/wait.h"

/* Paths of PATH_MAX lie on it, several at a time. */
enum {
	CHILD_STACK = 256 * 1024
};

/* The sanitizers know the stack of the thread alone: there the child gets a copy. */
#ifdef NSJOIN_ONE_STACK
static const bool one_stack = true;
#else
static const bool one_stack = false;
#endif

static struct clone_args args_into_cgroup(const struct run *run)
{
	return (struct clone_args){
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint32_t)run->target->cgroup_dir_fd,
	};
}

static pid_t clone_into_cgroup(const struct run *run)
{
	struct clone_args args = args_into_cgroup(run);

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static pid_t fork_copy(struct run *run, size_t first)
{
	pid_t pid = fork();

	if (pid == 0)
		child_run(run, first);
	return pid;
}

static _Noreturn void run_shared_child(const struct run *parents, bool inside)
{
	struct run run = *parents;
	struct target target = *run.target;

	/* What it opens is in its own table of descriptors: the numbers are not the parent's. */
	run.target = &target;
	run.wrote_cgroup_v2 = inside;
	child_run(&run, run.child_first);
}

static int be_shared_child(void *arg)
{
	run_shared_child(arg, false);
}

static int be_shared_child_inside(void *arg)
{
	run_shared_child(arg, true);
}

static char *make_stack(void)
{
	char *stack = call_mmap(CHILD_STACK, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE);

	return stack == MAP_FAILED ? NULL : stack;
}

/* errno and the heap are shared, too: the parent waits, see run_isolated(). */
pid_t fork_shared(int (*be)(void *ctx), void *ctx)
{
	char *stack = one_stack ? NULL : make_stack();
	pid_t pid;

	if (stack)
		return clone(be, stack + CHILD_STACK, CLONE_VM | SIGCHLD, ctx);
	pid = one_stack ? fork() : -1;
	if (pid == 0)
		child_end(be(ctx));
	return pid;
}

static pid_t clone_shared(struct run *run, size_t first)
{
	run->child_first = first;
	return fork_shared(be_shared_child, run);
}

/* As fork_into_cgroup(), with memory that is shared. */
static pid_t clone_shared_into_cgroup(struct run *run, size_t first)
{
	struct clone_args args = args_into_cgroup(run);
	char *stack = make_stack();
	pid_t pid;

	if (!stack)
		return -1;
	run->child_first = first;
	args.flags |= CLONE_VM;
	args.stack = (uintptr_t)stack;
	args.stack_size = CHILD_STACK;
	pid = clone3_start(&args, be_shared_child_inside, run);
	return pid < 0 ? clone(be_shared_child, stack + CHILD_STACK, CLONE_VM | SIGCHLD, run) : pid;
}

/* Linux 5.7 can; where it cannot or the cgroup is full, being moved later may still work. */
static pid_t fork_into_cgroup(struct run *run, size_t first)
{
	pid_t pid = clone_into_cgroup(run);

	if (pid < 0)
		return fork_copy(run, first);
	if (pid == 0) {
		run->wrote_cgroup_v2 = true;
		child_run(run, first);
	}
	return pid;
}

pid_t fork_child(struct run *run, size_t first)
{
	pid_t pid;

	switch (run->plan->step[first - 1].fork) {
	case FORK_CGROUP:
		return fork_into_cgroup(run, first);
	case FORK_COPY:
		return fork_copy(run, first);
	case FORK_SHARED:
		return clone_shared(run, first);
	case FORK_CGROUP_SHARED:
		return one_stack ? fork_into_cgroup(run, first)
				 : clone_shared_into_cgroup(run, first);
	case FORK_VFORK:
		break;
	}
	pid = vfork();
	if (pid == 0)
		child_run(run, first);
	return pid;
}

int explain_dead_pidns(const struct run *run, struct error *err)
{
	error_set(err, ERROR_PIDNS_DEAD, 0,
		  "cannot start a process in the pid namespace of \"%s\": its init has exited",
		  run->target->name ? run->target->name : "FILE");
	error_hint(err, "the container has stopped; leave out -p to reach the rest of it");
	return -ESRCH;
}

int explain_no_process(int errnum, struct error *err)
{
	error_set(err, ERROR_SYSTEM, errnum, "start a process");
	if (errnum == EAGAIN)
		error_hint(err,
			   "a limit on processes is reached: pids.max of the cgroup, or ulimit -u");
	return -errnum;
}

int explain_fork(const struct run *run, int errnum, struct error *err)
{
	if (errnum == ENOMEM && ns_has(run->plan->join, NS_PID))
		return explain_dead_pidns(run, err);
	return explain_no_process(errnum, err);
}

int run_child(struct run *run, size_t fork, struct error *err)
{
	/* A vfork comes back when the program runs: see wait_hold(). */
	bool late = run->plan->target_files && run->plan->step[fork].fork == FORK_VFORK;
	int r = wait_prepare(&run->caller_mask, err);
	struct watch watch = {
		.self_ns_fd = run->target->self_ns_fd,
		.pidns_joined = ns_has(run->plan->join, NS_PID),
		.oom = &run->target->oom,
		.target_pidfd = run->target->found.pidfd,
		.target = run->target->name,
	};

	if (r >= 0 && !late)
		r = wait_hold(err);
	if (r < 0)
		return r;
	run->parent = getpid();
	watch.program = fork_child(run, fork + 1);
	if (watch.program < 0)
		return explain_fork(run, errno, err);
	if (late)
		r = wait_hold(err);
	return r < 0 ? r : wait_program(&watch, err);
}
