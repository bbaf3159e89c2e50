/* SPDX-License-Identifier: MIT */
/*
 * The containers that a search has come across, whatever told of them: a runtime's state, a cgroup,
 * a process. Here it is decided who is believed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/cgtree.h"
#include "find/find.h"
#include "find/runtime.h"

enum distrust {
	DISTRUST_NONE,
	DISTRUST_OWNER,	     /* another user made it */
	DISTRUST_USER_SLICE, /* it is within an ordinary user's session */
	DISTRUST_NESTED,     /* it is within another container's */
};

struct candidate {
	struct known
		known; /* runtime NULL where only a cgroup told of it; the id is there always */
	struct cgname cgroup;	/* runtime CGNAME_NONE where no cgroup tells of it */
	enum distrust distrust; /* why what bears the id is not believed */
	uid_t owner;		/* who made that one */
	char *within;		/* nested: the id of the container around that one; heap, or NULL */
	char *path;		/* of the cgroup that was found in the tree; heap, or NULL */
	bool by_cgroup;		/* init was told apart by its cgroup */
	struct found init;	/* filled where the container runs */
};

struct candidates {
	struct candidate *item; /* heap */
	size_t n, size;
};

/* Where is looked, and who is believed. */
struct candidate_scope {
	struct cgtree *tree; /* and its host */
	const uid_t *owner;  /* whose rootless containers are asked for, or NULL */
};

/* candidates_add_known_consume() - take over what a runtime's state tells. Return: 0 or -ENOMEM. */
int candidates_add_known_consume(struct candidates *list, struct known *known);

/* candidates_append() - one more of which nothing but the id is known. Return: it, or NULL. */
struct candidate *candidates_append(struct candidates *list, const char *id);

/*
 * candidate_is_match() - whether a cgroup of that name is the candidate's
 *
 * An id of hex digits is nobody else's; a name may be taken by another runtime as well.
 */
bool candidate_is_match(const struct candidate *c, const struct cgname *name);

/* candidate_take_match() - what a cgroup tells of its container, if it is believed. Return: 0, -ENOMEM */
int candidate_take_match(struct candidate *c, const struct candidate_scope *scope,
			 const struct cgmatch *match);

/*
 * candidates_add_cgroups() - what a walk of the cgroups has found, with the first process of each
 *
 * A cgroup of another uid than root (or our own, where we are not root), below a user's slice, or
 * within another container's cgroup can have been made to be mistaken: it never supplies a process.
 * A match that belongs to a candidate which has no process yet supplies that one's.
 * @only_known: no candidate is added for a match that is nobody's
 * Return: 0 or -ENOMEM.
 */
int candidates_add_cgroups(struct candidates *list, const struct candidate_scope *scope,
			   const struct cgmatches *matches, bool only_known);

/*
 * candidate_settle() - look for the first process of one that has none yet
 *
 * By the process that the state names, if it is the one that is meant; by the cgroup that the state
 * names; at the places where the runtimes put their containers. The tree is not walked.
 */
void candidate_settle(struct candidate *c, const struct candidate_scope *scope);

/*
 * candidates_add_processes() - what /proc tells, for containers whose cgroups cannot be seen
 * @prefix: ids that begin otherwise are left out
 *
 * Reads the cgroup of every process: the last resort.
 * Return: 0 or a negative errno.
 */
int candidates_add_processes(struct candidates *list, const struct candidate_scope *scope,
			     const char *prefix);

/*
 * candidates_merge() - of several that have the same process leave the one that knows most of it
 *
 * A container of Docker is also one of its containerd and its runc: the table of runtimes tells.
 */
void candidates_merge(struct candidates *list);

/* candidates_lack_state() - whether of one that runs nothing but a cgroup tells */
bool candidates_lack_state(const struct candidates *list);

/*
 * candidates_heed_states() - of an id that a runtime knows only what that one says runs
 *
 * Where a cgroup alone told of a process it is none of the container's any more, if the runtime says
 * that the container does not run, or which process is its first.
 */
void candidates_heed_states(struct candidates *list, const struct candidate_scope *scope);

/* candidate_runs() - whether it has a process to enter */
bool candidate_runs(const struct candidate *c);

/* candidate_is_open() - whether it may have one that is yet to be found */
bool candidate_is_open(const struct candidate *c);

/* candidate_runtime() - the word before the colon, as it can be typed */
const char *candidate_runtime(const struct candidate *c);

/*
 * candidate_target() - how exactly this one is spelled
 * @list: those that it is to be told apart from
 *
 * A name that another one bears as well is no spelling: it is the id then or, where that is not its
 * own either, the number of its process.
 * Return: heap, or NULL without memory.
 */
char *candidate_target(const struct hostfs *host, const struct candidates *list,
		       const struct candidate *c);

/* candidate_take() - move the handles out, with names. Return: 0 or -ENOMEM. */
int candidate_take(struct candidate *c, struct found *ret_found);

void candidate_done(struct candidate *c);
void candidates_done(struct candidates *list);
