/* SPDX-License-Identifier: MIT */
/*
 * One pass over the processes for those that run containers: daemons, shims and monitors tell by
 * their command lines where the state is. Anybody can call a process so; believed are those of root
 * (or of the user whose containers they run) whose executable is root's, and who see the tree that we
 * look into.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/cgtree.h"
#include "find/hostfs.h"
#include "util/error.h"

enum procscan_kind {
	PROCSCAN_DOCKERD,
	PROCSCAN_CONTAINERD,
	PROCSCAN_SHIM, /* containerd-shim*: -namespace NS -id ID -address SOCK; cwd is the bundle */
	PROCSCAN_CONMON,      /* -c ID -n NAME -b BUNDLE -p PIDFILE -r RUNTIME */
	PROCSCAN_LXC_MONITOR, /* "[lxc monitor] LXCPATH NAME" */
	PROCSCAN_NSPAWN,
	PROCSCAN_COUNT,
};

struct procscan_item {
	enum procscan_kind kind;
	pid_t pid;
	uid_t uid;
	char *cmdline; /* heap: words that end in NUL, and one more NUL at the end */
	size_t cmdline_size;
	char *cwd; /* heap, or NULL where it may not be read */
};

struct procscan {
	struct cgtree *tree; /* borrowed; or NULL where /proc is to be read whole */
	bool done;
	struct procscan_item *item; /* heap */
	size_t n, size;
};

/*
 * procscan_run() - the pass, unless it was made already
 *
 * What runs within a container has its state there, where we do not look: its processes are not even
 * asked what they are where the cgroups tell whose they are.
 * Return: 0 or a negative errno with @err.
 */
int procscan_run(struct procscan *scan, const struct hostfs *host, struct error *err);

/*
 * procscan_one() - look at a single process, without a pass over all
 * @ret_item: written where 1 is returned; to be released by procscan_item_done()
 *
 * Return: 1 where it is one of the kinds above and believed, 0 where not, or -ENOMEM.
 */
int procscan_one(const struct hostfs *host, pid_t pid, struct procscan_item *ret_item);

/*
 * procscan_option() - the value of an option on a command line
 * @name: "--root" or "-n"; both "NAME=X" and "NAME X" are read, the last one wins
 * Return: the value inside the item, or NULL.
 */
const char *procscan_option(const struct procscan_item *item, const char *name);

void procscan_item_done(struct procscan_item *item);
void procscan_done(struct procscan *scan);

#define _cleanup_procscan_item_ _cleanup_(procscan_item_done)
