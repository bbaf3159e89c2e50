/* SPDX-License-Identifier: MIT */
/*
 * From TARGET, as users spell it, to the right process. No daemon, socket or other program is
 * asked: cgroups, /proc and the runtimes' state on disk only. Everything read here may have been
 * written by somebody hostile; what is returned was verified against the kernel.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sys/nstype.h"
#include "util/error.h"

enum {
	FIND_ID_MAX = 64
}; /* hex digits of a container id */

/* find_is_id() - whether a text is the whole id of a container: so many hex digits, in lower case */
bool find_is_id(const char *text);

/*
 * A process that was found. The pidfd was opened before the process was verified to be the one that
 * was asked for, so nothing that has happened since can have replaced it.
 */
struct found {
	pid_t pid;
	int pidfd;     /* owned; -EBADF where the kernel has no pidfd_open (before Linux 5.3) */
	int proc_fd;   /* owned: /proc/PID, opened once; everything else is opened relative to it */
	char *runtime; /* "docker", or NULL for a process that was named by its number; heap */
	char *id;      /* the container's full id, or NULL; heap */
	char *name;    /* the container's name, or NULL; heap; escape before printing */
	bool lifeless; /* files in a tree that is no procfs: they can be shown, and not be entered */
	/*
	 * Not a process but a pod that has none for its sandbox: the namespaces that were asked for, by
	 * the files that keep them. NS_COUNT descriptors, heap; or NULL. pid is 0 then, no handle is open.
	 */
	int *pinned;
	bool by_cgroup;	 /* its cgroup told that it is the container's: find_verify() looks again */
	uint64_t cgroup; /* the inode of that one, where it is of cgroup2; or 0 */
	char *cgroup_path; /* that the runtime's state names, below the hierarchies; heap, or NULL */
};

/* What is looked for. */
struct find_query {
	const char *text; /* TARGET, as typed */
	/*
	 * Only what a pod's sandbox holds for all of its containers will be joined (-n, -i, -u): a pod
	 * means its sandbox then, and else its one application container.
	 */
	bool want_sandbox;
	ns_set shared;	       /* with want_sandbox: which of them */
	bool want_name;	       /* it will be shown: a full id alone is found without it */
	const char *host_root; /* --host-root: where the host's tree is seen, or NULL: at "/" */
};

/*
 * find_query() - resolve TARGET
 *
 * The forms are those of find/spec.h. The error says what was looked for, lists each candidate with
 * its exact spelling where there are several, and asks "did you mean" where a name is close.
 * Return: 0 and *ret_found, to be released by found_done(); or a negative errno with @err filled.
 */
int find_query(const struct find_query *query, struct found *ret_found, struct error *err);

/*
 * find_verify() - whether the process is still the one that was found
 *
 * To be called after the last thing was opened below proc_fd: proves that all of it belongs to one
 * process, which is still alive, and that a container's process still is in its container's cgroup.
 * Return: 0, or a negative errno with @err filled (target-is-gone).
 */
int find_verify(const struct found *found, struct error *err);

void found_done(struct found *found);

/* The empty value: what found_done() leaves behind. */
#define FOUND_NONE ((struct found){ .pidfd = -EBADF, .proc_fd = -EBADF })

#define _cleanup_found_ _cleanup_(found_done)
