/* SPDX-License-Identifier: MIT */
/*
 * The target with live handles, opened read-only and belonging to one process: found by name or
 * number, held by a pidfd and one /proc/PID directory, verified after the last open. And the facts,
 * which are all that the plan is made of.
 */
#pragma once

#include <errno.h>

#include "core/facts.h"
#include "core/request.h"
#include "find/find.h"
#include "sys/devprog.h"
#include "sys/idmap.h"
#include "sys/nstype.h"
#include "sys/oomkills.h"
#include "util/error.h"
#include "util/strv.h"

/* How a cgroup of a program's own is called: this, the inode of the pid namespace of the nsjoin that
 * made it, and its number there. */
#define OWN_CGROUP "nsjoin-"
enum {
	OWN_CGROUP_MAX = sizeof(OWN_CGROUP "18446744073709551615-2147483647-4294967295")
};

/* What ids mean in the user namespace that the program will be in. */
struct target_maps {
	bool same;  /* no user namespace is joined: what they mean here */
	bool known; /* the target's own is joined, and its maps were read */
	struct idmap uid, gid;
};

struct target {
	struct found found; /* pid 0 and no handles where only FILEs were given */
	const char *name;   /* how messages call it: as typed; part of the request, or of found */

	int self_ns_fd;	     /* /proc/self/ns, ours: opened before joining, trusted after it */
	int ns_fd[NS_COUNT]; /* what cannot be joined by pidfd, or -EBADF */
	int root_fd, cwd_fd; /* opened before joining, or -EBADF */
	int proc_root_fd;    /* the /proc that we trust, for labels and re-opening; or -EBADF */
	int cgroup_fd[CGROUP_MAX]; /* writable cgroup.procs or tasks files */
	int cgroup_dir_fd;	   /* the v2 cgroup as a directory, for clone3; or -EBADF */
	int own_above_fd; /* our cgroup of v2, which one of the program's is made in; or -EBADF */
	char own_cgroup[OWN_CGROUP_MAX]; /* the name of that */
	struct devprogs devprogs;	 /* what is attached to it */
	struct oom_kills oom;		 /* of the cgroup that counts memory */

	struct strv env; /* what the program gets with -e */
	uint32_t *groups, *wanted_groups;
	struct target_maps maps;
	char *uid_map, *gid_map; /* as text for messages */
	char *cgroup_path[CGROUP_MAX];
	char *cgroup_home, *cgroup_away; /* as in the facts; heap, or NULL */
	char *label;
	char *status; /* of the target, read once: ids and capabilities are of one moment */
	int tree_fd;  /* -H: the target's root directory; or -EBADF, all three */
	int tree_mnt_fd, tree_user_fd; /* what has to be joined to take a copy of its mounts */
	int lock_user_fd; /* --view=target: who will own the view, and is not to change its mounts */
	char *tools_base; /* the root directory that programs are taken from; heap, or NULL */
	char *tools_extra[REQUEST_TOOLS]; /* other trees of programs; heap */
	size_t n_tools_extra;
	char *tools_text; /* --view=target: what the loader's stand-in reads; heap, all three, or NULL */
	size_t tools_size;
	char *tools_interp, *tools_cwd;
	int etc_fd; /* -R: the root directory that the target's texts are read below; or -EBADF */
	char *etc_text[ETC_TEXTS]; /* heap, or NULL where the target has none */
	char *program;		   /* path that was found, heap, or NULL */
	char *exe;		   /* -X: path of the program, heap, or NULL */
	char *exe_dir, *exe_base;  /* -X: of facts, heap, or NULL */
	int exe_fd;		   /* -X: the program, readable; or -EBADF */

	struct facts facts;
};

/* The empty target: no handle is open. */
#define TARGET_INIT                                                                                \
	{                                                                                          \
		.found = { .pidfd = -EBADF, .proc_fd = -EBADF }, .self_ns_fd = -EBADF,             \
		.ns_fd = { [0 ... NS_COUNT - 1] = -EBADF }, .root_fd = -EBADF, .cwd_fd = -EBADF,   \
		.proc_root_fd = -EBADF, .cgroup_fd = { [0 ... CGROUP_MAX - 1] = -EBADF },          \
		.cgroup_dir_fd = -EBADF, .own_above_fd = -EBADF, .oom = OOM_KILLS_NONE,            \
		.exe_fd = -EBADF, .etc_fd = -EBADF, .tree_fd = -EBADF, .tree_mnt_fd = -EBADF,      \
		.tree_user_fd = -EBADF, .lock_user_fd = -EBADF, .facts = { .cgroup_v2 = -1 },      \
	}

/*
 * target_open() - find the target, open all that the request needs, collect the facts
 *
 * Nothing is changed, in us or in the target.
 * Return: 0 and *ret_target, to be released by target_done(); or a negative errno with @err filled.
 */
int target_open(const struct request *req, struct target *ret_target, struct error *err);

/*
 * target_open_each() - the fallback for kernels whose setns takes no pidfd (before Linux 5.8)
 *
 * Opens the namespaces that would have been joined by pidfd one by one, asks for their owners, and
 * clears facts.setns_pidfd: the plan is then made again.
 * Return: 0, or a negative errno with @err filled.
 */
int target_open_each(const struct request *req, struct target *target, struct error *err);

/*
 * target_lacks_maps() - whether ids matter in a user namespace whose maps no process shows us
 *
 * It comes from a FILE, or is the parent of the target's: somebody has to go in and look.
 */
bool target_lacks_maps(const struct request *req, const struct target *target);

/*
 * target_take_maps() - what was seen there
 * @uid_map, @gid_map: the texts of /proc/self/uid_map and gid_map
 * Return: 0, or a negative errno with @err filled.
 */
int target_take_maps(const struct request *req, struct target *target, const char *uid_map,
		     const char *gid_map, bool setgroups_denied, struct error *err);

/*
 * target_settle_ids() - take over what the passwd and group files said about -S and -G
 * @uid, @gid: NULL where nothing was found
 */
void target_settle_ids(const struct request *req, struct target *target, const uint32_t *uid,
		       const uint32_t *gid);

/* target_settle_groups() - those of the user of -S. Return: 0, or -ENOMEM with @err filled. */
int target_settle_groups(struct target *target, const uint32_t *list, size_t n, struct error *err);

/* target_done() - close all handles, free what was read, and leave the empty target behind */
void target_done(struct target *target);

#define _cleanup_target_ _cleanup_(target_done)
