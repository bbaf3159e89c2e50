/* SPDX-License-Identifier: MIT */
/* The handlers of run_plan(), by where they belong: the joining, and the identity of the program. */
#pragma once

#include <signal.h>

#include "run/run.h"
#include "sys/capng.h"

/* What the handlers share. */
struct run {
	const struct plan *plan;
	const struct request *req;
	struct target *target;
	pid_t parent;	      /* of the child that runs the program; 0 before the fork */
	bool wrote_cgroup_v2; /* the child started its life in the v2 cgroup */
	struct capng capng;   /* loaded where the plan has a step for it */
	sigset_t caller_mask; /* the signal mask we were started with: the program gets it */
};

/* Each returns 0, or a negative errno with @err filled; step_join_target also RUN_NO_SETNS_PIDFD. */
typedef int step_handler(struct run *run, const struct step *step, struct error *err);

step_handler step_hide, step_label, step_join_target, step_join_ns, step_verify, step_root,
	step_chroot, step_cwd, step_chdir, step_close; /* enter.c */
step_handler step_cgroup, step_groups, step_gid, step_hold_caps, step_uid, step_keep_caps,
	step_die_with;							       /* child.c */
step_handler step_copy_exe;						       /* hostexe.c */
step_handler step_own_mounts, step_mount_proc, step_mount_sys, step_mount_etc; /* remount.c */
step_handler step_exec;							       /* exec.c */

/* run_steps() - the steps from @first on, up to the fork or the end. Return: as run_plan(). */
int run_steps(struct run *run, size_t first, struct error *err);

/*
 * run_child() - fork, let the child run the steps after @fork, and wait for it (spawn.c)
 * Return: the program's exit status, or a negative errno with @err filled.
 */
int run_child(struct run *run, size_t fork, struct error *err);

/*
 * child_run() - in the child: run the steps from @first on and end, one way or the other (child.c)
 * child_end() - end a process that we have forked, without what exit(3) would flush twice
 */
_Noreturn void child_run(struct run *run, size_t first);
_Noreturn void child_end(int status);
