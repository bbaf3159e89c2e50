/* SPDX-License-Identifier: MIT */
/*
 * The plan is a value: made from a request and facts without a system call, printed by --dry-run
 * and -v, and only then run. What was printed is what happens.
 *
 * It names namespaces by type and handles by role, never by descriptor number: the target holds
 * the handles, and run/ looks them up.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/facts.h"
#include "core/plan_streams.h"
#include "core/request.h"
#include "util/error.h"

enum step_kind {
	STEP_FILTER_READ, /* stop a thread of the target for a moment and copy its seccomp filters */
	STEP_OOM,	  /* the kernel kills the program as soon as it kills the target */
	STEP_SCHED,	  /* niceness, policy, priority of input and output, timer slack */
	STEP_PERSONALITY, /* how the kernel lays out and treats what is executed */
	STEP_RAISE,	  /* hard limits that cannot be raised any more once we have joined */
	STEP_HIDE,	  /* not dumpable: the target's processes cannot look into ours */
	STEP_LABEL,	  /* write the target's label for the next exec */
	STEP_JOIN_TARGET, /* setns(pidfd, set): all or nothing, one permission decision */
	STEP_JOIN_NS,	  /* setns(descriptor of one namespace) */
	STEP_VERIFY,	  /* the namespaces are the ones that were planned */
	STEP_ROOT,	  /* fchdir + chroot to the root that was opened before joining */
	STEP_CHROOT,	  /* chroot to a path of the target's, after joining */
	STEP_CWD,	  /* fchdir to the directory that was opened before joining */
	STEP_CHDIR,	  /* chdir to a path, after joining */
	STEP_FORK,	  /* what follows is done by the child */
	STEP_DIE_WITH,	  /* the child does not outlive us */
	STEP_REAP,	 /* what follows is done by a child of the child, which waits for orphans */
	STEP_OWN_CGROUP, /* make a cgroup for the program that limits its devices */
	STEP_CGROUP,	 /* the child moves itself into one cgroup */
	STEP_GROUPS,	 /* setgroups */
	STEP_GID,
	STEP_HOLD_CAPS, /* leaving uid 0 does not clear the permitted set */
	STEP_UID,
	STEP_KEEP_CAPS, /* permitted -> inheritable -> ambient */
	STEP_BOUNDING,	/* no exec gives capabilities that the target's would not */
	STEP_AFFINITY,	/* processors: behind the cgroups, which set them */
	STEP_RLIMITS,
	STEP_UMASK,
	STEP_ONLY_SEEN,	 /* -H: nothing is taken from processes that have no number here */
	STEP_NNP,	 /* no_new_privs */
	STEP_FILTER,	 /* load the filters that were copied */
	STEP_CAPS,	 /* permitted, effective, ambient; nothing inheritable */
	STEP_OWN_MOUNTS, /* -R: a mount namespace of the program's own */
	STEP_MOUNT_PROC, /* a fresh /proc */
	STEP_MOUNT_SYS,	 /* a fresh /sys, with the cgroups put back */
	STEP_MOUNT_ETC,	 /* texts of the target's over ours */
	STEP_TAKE_TREE,	 /* -H: a copy of the target's tree of mounts */
	STEP_TAKE_TOOLS, /* copies of the host's trees */
	STEP_BUILD_VIEW, /* a root directory made of the target's and of those */
	STEP_READ_ONLY,	 /* all mounts of ours */
	STEP_MOUNT_TMP,	 /* private /tmp and /dev/shm */
	STEP_SHOW_TREE,	 /* the copy, at a directory of ours */
	STEP_SHOW_EXE,	 /* -X: the program as a read-only overlay shows it */
	STEP_COPY_EXE,	 /* -X: a sealed copy of the program */
	STEP_CLOSE,	 /* nothing above standard error reaches the program, save what is kept */
	STEP_STREAMS,	 /* pipes between the caller's streams and the program's */
	STEP_PTY,  /* a terminal of the target's for the program, of the host's where it has none */
	STEP_SEAL, /* a copy of the leader's program that nobody can change */
	STEP_KEYRING, /* a session keyring of its own */
	STEP_LEADER,  /* the leader of the program's session takes over, and makes the program */
	STEP_EXEC,
};

/* How the child is made. */
enum fork_kind {
	FORK_VFORK,  /* memory is shared until the exec, and the parent waits for it */
	FORK_CGROUP, /* clone3 into the v2 cgroup; falls back to a fork and a write */
	FORK_COPY,   /* a process with its own memory: the parent goes on at once */
	/*
	 * Memory is shared until the child is executed, and the parent waits in one call alone, with
	 * a deadline: half the price of a copy.
	 */
	FORK_SHARED,
	FORK_CGROUP_SHARED, /* both: clone3 into the v2 cgroup, with memory that is shared */
};

struct step {
	enum step_kind kind;
	union {
		ns_set set;	   /* STEP_JOIN_TARGET, STEP_VERIFY */
		enum ns_type type; /* STEP_JOIN_NS */
		struct {
			const char *path; /* STEP_CHDIR, STEP_CHROOT, STEP_LABEL (its text) */
			bool implied;	  /* STEP_CHDIR: not named by anybody, "/" will do */
		};
		enum fork_kind fork;
		size_t cgroup; /* STEP_CGROUP: index into facts.cgroup_path */
		struct {
			const uint32_t *list; /* borrowed from the facts */
			size_t n;
		} groups;
		uint32_t id; /* STEP_GID, STEP_UID */
		int mode;    /* STEP_UMASK */
		struct {
			int score;
			bool hidden; /* its file is root's, as long as the process is hidden */
		} oom;		     /* STEP_OOM */
		struct {
			bool set_policy, set_nice, set_io, set_slack;
			int policy, nice, io_priority, slack;
		} sched;
		unsigned int personality; /* STEP_PERSONALITY */
		uint32_t limits; /* STEP_RAISE, STEP_RLIMITS: a bit per RLIMIT_*; see plan.rlimit */
		struct {
			uint64_t permitted, effective, ambient;
		} caps;		   /* STEP_CAPS */
		uint64_t bounding; /* STEP_BOUNDING: what stays */
		struct {
			bool raise; /* the effective set was lost with uid 0: back, for the call */
			/* Where they forbid what the leader does the program loads them, from a file. */
			bool may_wait;
		} filter;     /* STEP_FILTER_READ, STEP_FILTER */
		uint32_t etc; /* STEP_MOUNT_ETC: a bit per enum etc_file */
		bool inside;  /* STEP_CWD: refuse a directory outside of the root */
		bool locks;   /* STEP_READ_ONLY: for a user namespace that is joined next */
		struct {
			const char *file; /* a path, or a name to be searched for in PATH */
			bool search;
			bool by_fd;	/* -X: the descriptor that the target holds, not @file */
			bool login;	/* a shell without arguments: argv[0] gets a leading dash */
			bool more_path; /* search the standard directories after PATH */
		} exec;
	};
	const char *why; /* static text a user can read */
};

/* The longest plan: every namespace by itself, every cgroup, and one of each other kind. */
enum {
	PLAN_MAX = NS_COUNT + CGROUP_MAX + 48
};

/* More than there are places that add one: a warning must not be lost to those before it. */
enum {
	PLAN_NOTES = 32
};

struct plan {
	size_t n;
	struct step step[PLAN_MAX];
	ns_set join;	   /* namespaces that will be joined */
	bool target_files; /* the program can reach the target's files, and the target is not the host */
	bool forks;
	unsigned int remount; /* set of enum remount_part: what is mounted afresh */
	struct rlimit_fact rlimit[RLIMIT_KINDS]; /* what the program gets */
	/*
	 * The program runs in a session of its own: P0, this process, keeps what is the caller's and
	 * joins nothing; the child after STEP_FORK joins, and becomes the session's leader.
	 */
	bool isolates;
	struct stream_plan stream[STREAMS]; /* where it isolates */
	size_t n_notes;
	struct plan_note {
		const char *text;
		char *heap; /* where the text was made for this plan, or NULL */
		bool loud;  /* said when running, too; the others are remarks of --dry-run and -v */
	} note[PLAN_NOTES];
};

/* Whose files a program is one of. */
enum program_source {
	SOURCE_CALLER,
	SOURCE_TARGET,
	SOURCE_BOTH, /* a view of the target: a name is looked for among the caller's first */
};

/* plan_program_source() - of a whole plan: whose file its last step executes */
enum program_source plan_program_source(const struct plan *plan, const struct request *req);

/* plan_has_pty() - whether a stream of the program is a pty of its own */
bool plan_has_pty(const struct plan *plan);

/*
 * plan_reaps() - whether orphans are waited for by a process of ours
 *
 * Those that a program in a view leaves behind are not the target's init's to wait for.
 */
bool plan_reaps(const struct plan *plan);

/* plan_reaps_inside() - whether a process of ours stays in the target's pid namespace for orphans */
bool plan_reaps_inside(const struct plan *plan);

/*
 * plan_leaves_files() - whether the program will see other files than ours: by its mount namespace
 * or its root directory
 */
bool plan_leaves_files(const struct request *req, const struct facts *facts);

/*
 * plan_make() - decide what will be done, in which order
 *
 * Pure: no system call. Everything that cannot work is refused here in words, before anything has
 * changed.
 * Return: 0 and *ret_plan, to be released by plan_done(); or a negative errno with @err filled.
 */
int plan_make(const struct request *req, const struct facts *facts, struct plan *ret_plan,
	      struct error *err);

/* An overlay takes two directories: the one that has nothing to do with the program. */
#define PLAN_OTHER_LOWER "/sys"

/* plan_exe_name() - what the copy of a program is called: the last part of its path */
const char *plan_exe_name(const char *path);

/* plan_find() - Return: the first step of a kind, or NULL. */
const struct step *plan_find(const struct plan *plan, enum step_kind kind);

/* plan_done() - free the notes that were made for the plan, and leave the empty plan behind */
void plan_done(struct plan *plan);

#define _cleanup_plan_ _cleanup_(plan_done)
