/* SPDX-License-Identifier: MIT */
/*
 * What a program in another pid namespace leaves behind goes to that one's init, unless a process in
 * it is there to reap: the child stays, and the program is made by it. It has the caller's
 * privileges, as the program has, and memory of its own.
 */
#include "run/steps.h"

#include <errno.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/wait.h"
#include "util/log.h"

_Noreturn static void become_program(struct run *run, size_t first, pid_t parent)
{
	_cleanup_error_ struct error err = { 0 };

	if (child_tie(parent, &err) == 0)
		(void)run_steps(run, first, &err);
	log_error(&err);
	child_end(err.status ? err.status : STATUS_FAILED);
}

int run_reaper(struct run *run, size_t at, struct error *err)
{
	struct watch watch = { .reaps = true };
	pid_t parent = getpid();
	int r;

	/* Until the exec that is the program's, too, which ends it for that one. */
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return error_set(err, ERROR_SYSTEM, errno,
				 "wait for what the program leaves behind");
	watch.program = vfork();
	if (watch.program == 0)
		become_program(run, at + 1, parent);
	if (watch.program < 0)
		return explain_fork(run, errno, err);
	/* Nothing of ours is held open: Linux 5.9, and before nobody can see it either. */
	(void)syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, 0);
	r = child_own_namespaces(run->target, err);
	if (r < 0)
		return r;
	watch.self_ns_fd = run->target->self_ns_fd;
	r = wait_program(&watch, err);
	if (r >= 0)
		child_end(r);
	return r;
}
