/* SPDX-License-Identifier: MIT */
/* The handlers of run_plan(), by where they belong: the joining, and the identity of the program. */
#pragma once

#include <signal.h>

#include "run/filter.h"
#include "run/leader.h"
#include "run/relay.h"
#include "run/run.h"
#include "run/view.h"
#include "sys/capng.h"

/* What the handlers share. */
struct run {
	const struct plan *plan;
	const struct request *req;
	struct target *target;
	pid_t parent;		/* of the child that runs the program; 0 before the fork */
	bool wrote_cgroup_v2;	/* the child started its life in the v2 cgroup */
	struct capng capng;	/* loaded where the plan has a step for it */
	struct filters filters; /* of the target, oldest first */
	struct view *view;	/* -H: what the root directory will be made of; heap */
	int tree_fd; /* -H: the copy of the target's tree, until it is attached; or -EBADF */
	sigset_t caller_mask;  /* the signal mask we were started with: the program gets it */
	unsigned int ways_out; /* of who lacks the program, looked for on our side: explain.h */

	/* Where the plan isolates. */
	size_t child_first;	 /* the child's first step */
	int leader_fd;		 /* the sealed program of the session's leader, or -EBADF */
	struct leader_link link; /* to the child that becomes it: the parent's end ... */
	int control_fd;		 /* ... and the child's */
	struct relay relay;	 /* between the caller's streams and the program's */
	int slave_fd;		 /* the program's terminal, in the child; or -EBADF */
};

/* Each returns 0, or a negative errno with @err filled; step_join_target also RUN_NO_SETNS_PIDFD. */
typedef int step_handler(struct run *run, const struct step *step, struct error *err);

step_handler step_hide, step_label, step_join_target, step_join_ns, step_verify, step_root,
	step_chroot, step_cwd, step_chdir, step_close; /* enter.c */
step_handler step_cgroup, step_groups, step_gid, step_hold_caps, step_uid, step_keep_caps,
	step_die_with;						 /* child.c */
step_handler step_own_cgroup;					 /* owncgroup.c */
step_handler step_exec;						 /* exec.c */
step_handler step_seal, step_streams, step_keyring, step_leader; /* apart.c */
step_handler step_pty;						 /* pty.c */
step_handler step_oom, step_sched, step_personality, step_affinity, step_raise, step_bounding,
	step_rlimits, step_umask, step_only_seen, step_nnp, step_caps;	       /* limits.c */
step_handler step_filter_read, step_filter;				       /* filter.c */
step_handler step_show_exe, step_copy_exe;				       /* hostexe.c */
step_handler step_take_tree, step_take_tools;				       /* view_tree.c */
step_handler step_build_view;						       /* view_root.c */
step_handler step_read_only, step_mount_tmp, step_show_tree;		       /* view_host.c */
step_handler step_own_mounts, step_mount_proc, step_mount_sys, step_mount_etc; /* remount.c */

/*
 * own_cgroup_remove() - the cgroup that was made for the program, unless something still runs in it
 * Does nothing where there is none. (owncgroup.c)
 */
void own_cgroup_remove(const struct target *target);

/* run_steps() - the steps from @first on, up to the fork or the end. Return: as run_plan(). */
int run_steps(struct run *run, size_t first, struct error *err);

/*
 * run_child() - fork, let the child run the steps after @fork, and wait for it (spawn.c)
 * Return: the program's exit status, or a negative errno with @err filled.
 */
int run_child(struct run *run, size_t fork, struct error *err);

/*
 * run_isolated() - the same where the child leads a session of its own (isolate.c)
 * Return: as run_child(), or RUN_NO_SETNS_PIDFD.
 */
int run_isolated(struct run *run, size_t fork, struct error *err);

/*
 * run_program_uid() - the program's user as we number him, for what is made for it (apart.c)
 * Return: (uid_t)-1 where it is ours, or has no number on our side.
 */
uint32_t run_program_uid(const struct run *run);

/*
 * run_give() - a pipe of the caller's that the program is to open by its number becomes the program's
 * Return: 0 or -errno.
 */
int run_give(const struct run *run, int fd);

/*
 * fork_child() - make the child of the step before @first, which runs the steps from there on
 *
 * With FORK_SHARED its memory is ours until it has ended or is executed: nothing may be done
 * meanwhile but waiting in calls that do not fail, and @run has to stay where it is.
 */
pid_t fork_child(struct run *run, size_t first);

/*
 * fork_shared() - a process that has our memory, and not a copy of it: for what is soon over
 * @be: what it does, on a stack of its own; does not come back
 *
 * Until it has ended nothing may be done but waiting, as with FORK_SHARED; or else it makes its calls
 * by raw.h, and takes no memory. Only the sanitizers, which know the stack of the thread alone, get a
 * copy: @ctx is not for the answer.
 */
pid_t fork_shared(int (*be)(void *ctx), void *ctx);

/*
 * explain_no_process() - why no process could be made
 * explain_fork()       - the same by one that has joined the target's namespaces
 * explain_dead_pidns() - the same where the namespace that its children are to be in has ended
 * Return: a negative errno with @err filled. (spawn.c)
 */
int explain_no_process(int errnum, struct error *err);
int explain_dead_pidns(const struct run *run, struct error *err);
int explain_fork(const struct run *run, int errnum, struct error *err);

/*
 * child_run() - in the child: run the steps from @first on and end, one way or the other (child.c)
 * child_tie() - end with @parent, as tie_to() does. Return: 0, or a negative errno with @err filled.
 * child_end() - end a process that we have forked, without what exit(3) would flush twice
 */
_Noreturn void child_run(struct run *run, size_t first);
int child_tie(pid_t parent, struct error *err);
_Noreturn void child_end(int status);

/*
 * run_reaper() - in the child: make the program by the steps behind @at, wait for all that it leaves
 * behind, and end as it ends (reaper.c)
 * Return: only where it fails, a negative errno with @err filled.
 */
int run_reaper(struct run *run, size_t at, struct error *err);

/*
 * child_tell() - report to the parent, before there is a leader (child.c)
 * @fd: goes along, or -EBADF
 * Return: 0 or -errno.
 */
int child_tell(const struct run *run, enum leader_report_kind kind, int value, int fd);

/*
 * job_send() - in the parent: tell the leader, or who will be it, what to do (job.c)
 *
 * With a pty only when it is there, and like the caller's terminal.
 * Return: 0 or -errno with @err filled; 0 also where nobody is there any more to hear it.
 */
int job_send(const struct run *run, struct error *err);

/*
 * child_own_namespaces() - look at our own namespaces instead of the parent's (child.c)
 *
 * /proc/self means whoever opened it. The parent's is left open: this process does not last.
 * Return: 0 or -errno with @err filled.
 */
int child_own_namespaces(struct target *target, struct error *err);
