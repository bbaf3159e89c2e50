/* SPDX-License-Identifier: MIT */
/*
 * The cgroup hierarchies as a register of containers: known places first, then the whole tree. On
 * hybrid hosts a container may be in one hierarchy only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "find/cgname.h"
#include "find/find.h"
#include "find/hostfs.h"

enum {
	CGTREE_HIERARCHIES = 4
};

struct cgtree {
	const struct hostfs *host;    /* borrowed */
	int root[CGTREE_HIERARCHIES]; /* owned; -EBADF: not opened yet, other errors: not mounted */
};

/* The empty value for a host. */
#define CGTREE_OF(of_host)                                                                         \
	((struct cgtree){ .host = (of_host), .root = { -EBADF, -EBADF, -EBADF, -EBADF } })

/* A directory that bears a container's id. */
struct cgmatch {
	struct cgname name;
	int hierarchy; /* index into struct cgtree's root */
	char *path;    /* below that root; heap */
	uid_t owner;   /* of the directory */
};

struct cgmatches {
	struct cgmatch *item; /* heap */
	size_t n, size;
};

/* cgtree_root_v2() - the root of cgroup2. Return: a descriptor of the tree's, or -errno: not mounted. */
int cgtree_root_v2(struct cgtree *tree);

/*
 * cgtree_probe() - look for a container at the places where runtimes put them
 * @id:        64 hex digits
 * @verified:  find_verify() is going to look at the cgroup of what was found
 * @ret_found: handles of its first process; the names stay NULL
 * @ret_name:  what the path says
 *
 * Return: 0, -ESRCH where it is at none of them with a process in it, or another -errno.
 */
int cgtree_probe(struct cgtree *tree, const char *id, bool verified, struct found *ret_found,
		 struct cgname *ret_name);

/*
 * cgtree_find_place() - whether there is such a cgroup at one of those places, with or without anybody
 * @ret_path: its path below the hierarchies, heap
 *
 * Return: 1, 0 where there is none, or -ENOMEM.
 */
int cgtree_find_place(struct cgtree *tree, const char *id, char **ret_path);

/*
 * cgtree_walk() - all cgroups whose container id begins with @prefix
 * @matches: added to; the same path in several hierarchies is added once for each
 *
 * Directories without subdirectories are known by their link count and never opened.
 * Return: 0, -ENOENT where no hierarchy is mounted, or another -errno.
 */
int cgtree_walk(struct cgtree *tree, const char *prefix, struct cgmatches *matches);

/*
 * cgtree_list_docker() - the containers at the places where Docker puts them, without a walk
 * @matches: added to; the owner is not looked at, and nobody need live there
 *
 * Return: 0, -ENOENT where no hierarchy is mounted, or another -errno.
 */
int cgtree_list_docker(struct cgtree *tree, struct cgmatches *matches);

/*
 * cgtree_owner() - who owns a cgroup directory
 * @controllers, @path: as in /proc/PID/cgroup
 * @ret_inode: of the directory where it is of cgroup2, else 0
 *
 * Return: 0, or -ENOENT where it cannot be seen: above our cgroup namespace, or not mounted.
 */
int cgtree_owner(struct cgtree *tree, const char *controllers, const char *path, uid_t *ret_owner,
		 uint64_t *ret_inode);

/*
 * cgtree_open_path() - the directory of a path that a runtime's state names
 * @index: which hierarchy, from 0 to CGTREE_HIERARCHIES - 1
 *
 * Return: an owned descriptor, -ENOENT where this hierarchy does not have it, or another -errno.
 */
int cgtree_open_path(struct cgtree *tree, int index, const char *path);

/* cgtree_open() - the directory of a match. Return: an owned descriptor or -errno. */
int cgtree_open(const struct cgtree *tree, const struct cgmatch *match);

/*
 * cgtree_is_empty() - whether nobody lives in any hierarchy's cgroup of this path, or below it
 *
 * Return: no, too, where it cannot be told.
 */
bool cgtree_is_empty(struct cgtree *tree, const struct cgmatch *match);

void cgtree_done(struct cgtree *tree);
void cgmatches_done(struct cgmatches *matches);

#define _cleanup_cgmatches_ _cleanup_(cgmatches_done)
