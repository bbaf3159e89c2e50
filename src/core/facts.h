/* SPDX-License-Identifier: MIT */
/*
 * What was seen, as plain values: integers, sets and borrowed strings, no descriptors. The plan is
 * made from a request and these facts without a system call, so that a test can write both as
 * literals.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/etcfile.h"
#include "sys/nstype.h"
#include "sys/streamtype.h"

/* Who owns a namespace, seen from the user namespaces that matter when joining it. */
enum ns_owner {
	OWNER_UNKNOWN, /* not asked: one call by pidfd needs no order */
	OWNER_OURS,    /* our user namespace */
	OWNER_ABOVE,   /* one above or beside ours, where nothing of ours counts */
	OWNER_TARGET,  /* the target's user namespace, or the one that will be joined */
	OWNER_OTHER,   /* another one below ours */
};

/* An id as it will be seen inside the user namespace of the program. */
struct id_fact {
	bool known;  /* the map could be read; false: the kernel will decide */
	bool mapped; /* the id exists there */
	uint32_t id; /* valid if mapped */
};

/* Descriptors that can be kept: --keep-fd and the pipes that the command line names. */
enum {
	KEEP_FD_MAX = 64
};

/* How many entries a cgroup set may have: v1 hierarchies and the v2 one. */
enum {
	CGROUP_MAX = 16
};

/* RLIM_NLIMITS of Linux. */
enum {
	RLIMIT_KINDS = 16
};

/* Processors are counted in words of 64; more than 1024 are not told apart. */
enum {
	CPU_WORDS = 16
};

/* The capability sets of a process, one bit per capability; its inheritable set is not wanted. */
struct cap_fact {
	uint64_t permitted, effective, bounding, ambient;
};

struct rlimit_fact {
	uint64_t soft, hard; /* UINT64_MAX: unlimited */
};

enum seccomp_fact {
	SECCOMP_NONE,
	SECCOMP_STRICT_MODE, /* read, write, exit: nothing can be started */
	SECCOMP_FILTERS,
};

/* What the kernel holds against a process, beside its namespaces. */
struct confinement {
	struct cap_fact caps;
	bool no_new_privs;
	enum seccomp_fact seccomp;
	int n_filters;	  /* of seccomp; -1 where the kernel does not count (before Linux 5.9) */
	pid_t tracer;	  /* who has attached to it, or 0 */
	bool unstoppable; /* frozen by v1, where not even a tracer stops it */
	int umask;	  /* -1 where the kernel does not tell (before Linux 4.7) */
	struct rlimit_fact rlimit[RLIMIT_KINDS]; /* by RLIMIT_* */
	int oom_score_adj;
	int nice, policy;	  /* SCHED_* */
	int io_priority;	  /* as ioprio_get(2) has it; -1: not known */
	int timer_slack;	  /* ours alone: nanoseconds; 0: not known, or real-time */
	unsigned int personality; /* as personality(2) has it */
	uint64_t cpus[CPU_WORDS]; /* it may run on; all 0: not known */
};

struct facts {
	pid_t pid; /* the target, or 0 where only FILEs were given */
	const char *
		target; /* how the target is called in messages; borrowed, escaped by the printer */
	const char *runtime; /* "docker", or NULL; borrowed */
	const char *id;	     /* container id, or NULL; borrowed */

	/* The namespaces that were asked for, from the target or from a FILE. */
	ns_set present;		/* exist: the kernel has the type */
	ns_set same;		/* are ours already */
	ns_set by_pidfd;	/* come from the target itself: one setns can do it */
	uint64_t ino[NS_COUNT]; /* what will be joined */
	uint64_t own[NS_COUNT]; /* what we are in; filled for those asked for */
	enum ns_owner owner[NS_COUNT];
	bool caller_admin;  /* CAP_SYS_ADMIN in our user namespace; asked with the owners */
	bool caller_setgid; /* CAP_SETGID likewise; asked only when setgroups is denied inside */
	bool setns_pidfd;   /* the kernel takes a pidfd: Linux 5.8 or later */
	bool is_host;	    /* TARGET is the host itself: "host" or pid 1 */
	bool pid_children_differ; /* the target made a pid namespace for its children only */

	/* Ids. uid0 and gid0: what 0 is inside; target_*: the target's own, translated. */
	struct id_fact uid0, gid0, target_uid, target_gid;
	bool uid_is_ours, gid_is_ours; /* not mapped either, they can still stay */
	uint32_t target_kuid;	       /* the target's uid as we see it, for messages */
	bool setgroups_denied;	       /* the user namespace forbids setgroups(2) */
	const uint32_t *target_groups; /* translated; borrowed */
	size_t n_target_groups;
	const uint32_t *wanted_groups; /* of the user of -S; borrowed */
	size_t n_wanted_groups;
	struct id_fact wanted_uid; /* -S: known where it was found, mapped where it exists inside */
	struct id_fact wanted_gid; /* -G, or the group of -S's passwd line */
	const char *uid_map,
		*gid_map; /* ids that exist inside, for messages; borrowed; NULL: not read */

	/* --as-target, and what the first way implies: what the target has, and what we have. */
	bool limits_known;
	struct confinement limits, ours;
	bool other_user;    /* the target is in another user namespace than we are */
	bool tracer_beside; /* who sees what joins may look into it; not always looked for */
	bool numbered;	    /* the target's number can be given to a system call */
	uint64_t all_caps;  /* that this kernel has; 0 where it does not tell */
	bool own_root;	    /* we are uid 0 here */
	bool init_user; /* our user namespace is the first one: our capabilities count everywhere */

	/* Files. */
	bool root_is_target; /* the root directory to be entered is the target's */
	bool env_overwritten, env_unreadable, env_truncated; /* -e */
	bool env_config;    /* what the runtime was configured with is used in its place */
	size_t env_dropped; /* -e: entries that would have loaded the target's code */

	/* -c: one entry per hierarchy that has to be written to. */
	size_t n_cgroups;
	const char *cgroup_path[CGROUP_MAX]; /* the file that is written; borrowed */
	int cgroup_v2;			     /* index of the v2 entry, or -1 */
	size_t cgroups_left;		     /* that the owner of a user namespace may not join */
	/*
	 * A container that is in another cgroup than its runtime has made for it: which one that is, and
	 * where it is now, in the first such hierarchy; borrowed. NULL: it is where it belongs, or
	 * nothing tells.
	 */
	const char *cgroup_home, *cgroup_away;
	/*
	 * A bit for each that the program itself joins, last: one that may not let several processes
	 * be made in it, or where being short of memory ends all who share theirs.
	 */
	uint32_t cgroup_late;
	bool cgroup_v2_limited; /* the v2 one limits memory */
	bool cgroup_devices;	/* only what limits devices is joined */
	/*
	 * The v2 one is made for the program, and has so many programs attached to it that say which
	 * devices may be opened. 0: it is there.
	 */
	size_t own_cgroup;
	bool devices_left; /* nothing holds the program to them */

	/* -R: what of ours can be covered, and with what. */
	bool sys_cgroup;	    /* /sys/fs/cgroup is a mount of its own */
	bool etc_ours[ETC_COUNT];   /* we have it */
	bool etc_found[ETC_TEXTS];  /* the target has it */
	size_t etc_size[ETC_TEXTS]; /* its bytes */

	/* -H: */
	const char *tree_place;	 /* where the target's tree is shown; static text */
	const char *view_interp; /* the loader that our programs name, or NULL */
	const char *view_cwd;	 /* the target's working directory, or NULL; borrowed, both */
	bool target_traces;	 /* it holds CAP_SYS_PTRACE in our user namespace */
	bool pids_apart; /* its pid namespace was made for it, is not ours, and it sees no other */
	bool has_tmp, has_shm; /* /tmp and /dev/shm of ours are directories */
	bool cwd_covered;      /* we are in one of them, where the view has private ones */

	const char *label; /* -Z: the target's label, or NULL where no module labels processes */
	const char *label_file; /* which attr file takes it */

	/* Nothing else of the caller's is open, for certain: nothing has to be looked for. */
	bool streams_only;
	/* Descriptors above standard error that the program is meant to have, ascending. */
	int keep_fd[KEEP_FD_MAX];
	size_t n_keep_fd;
	/* Those of them that a word names, and that are pipes without a name: bit N is keep_fd[N]. */
	uint64_t keep_named;

	/* What the program will have to do with of the caller's, where it is isolated. */
	struct stream_fact stream[STREAMS];
	uint64_t ignored; /* signals that the caller ignores: bit N - 1 */

	/* The program. */
	bool terminal;	     /* somebody watches: standard input or error is a terminal */
	const char *program; /* path that was found, or NULL: searched for when it is executed */
	const char *exe;     /* -X: path of the file that is open, or NULL; borrowed */
	/* Its own directory and its name there, where an overlay can show it, or NULL; borrowed */
	const char *exe_dir, *exe_base;
};
