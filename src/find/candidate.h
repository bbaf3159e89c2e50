/* SPDX-License-Identifier: MIT */
/*
 * The containers that a lookup has come across, each once, whatever told of it: a cgroup, the
 * runtime's state, a process. Here it is decided who is believed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/cgtree.h"
#include "find/docker.h"
#include "find/find.h"

enum distrust {
	DISTRUST_NONE,
	DISTRUST_OWNER,	     /* another user made it */
	DISTRUST_USER_SLICE, /* it is within an ordinary user's session */
	DISTRUST_NESTED,     /* it is within another container's */
};

struct candidate {
	struct cgname cgroup; /* runtime CGNAME_NONE where no cgroup tells of it */
	char id[FIND_ID_MAX + 1];
	bool docker;		/* Docker's state has it */
	char *name;		/* heap, or NULL */
	pid_t pid;		/* as the state says, or 0 */
	enum distrust distrust; /* why a cgroup that bears the id is not believed */
	uid_t owner;		/* who made that one */
	struct found init;	/* filled where the container runs */
};

struct candidates {
	struct candidate *item; /* heap */
	size_t n, size;
};

/*
 * candidates_add_cgroups() - what a walk of the cgroups has found, with the first process of each
 * @prefix: ids that begin otherwise are left out
 *
 * A cgroup of another uid than root (or our own, where we are not root), below a user's slice, or
 * within another container's cgroup can have been made to be mistaken: it never supplies a process.
 * Return: 0 or -ENOMEM.
 */
int candidates_add_cgroups(struct candidates *list, struct cgtree *tree,
			   const struct cgmatches *matches, const char *prefix);

/*
 * candidates_add_docker() - what Docker's state tells, with the process that it names if its cgroup
 * agrees. Return: 0 or -ENOMEM.
 */
int candidates_add_docker(struct candidates *list, struct cgtree *tree,
			  const struct docker_list *known);

/*
 * candidates_add_processes() - what /proc tells, for containers whose cgroups cannot be seen
 *
 * Reads the cgroup of every process: the last resort.
 * Return: 0 or a negative errno.
 */
int candidates_add_processes(struct candidates *list, struct cgtree *tree, const char *prefix);

/* candidate_runs() - whether it has a process to enter */
bool candidate_runs(const struct candidate *c);

/* candidate_runtime() - the word before the colon, as it can be typed */
const char *candidate_runtime(const struct candidate *c);

/* candidate_take() - move the handles out, with names. Return: 0 or -ENOMEM. */
int candidate_take(struct candidate *c, struct found *ret_found);

void candidates_done(struct candidates *list);
