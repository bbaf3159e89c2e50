/* SPDX-License-Identifier: MIT */
/* All that can be joined, for ps and for completions: each verified as a look-up by name would be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

struct listed {
	char *target; /* what -t takes to mean exactly this one: "docker:4f2a9c01", "podman:ana/db" */
	char *runtime;			       /* "docker"; "process" where it is no container */
	char *id;			       /* or NULL */
	char *name;			       /* "web", "prod/api/app", or NULL; untrusted */
	char *pod, *pod_namespace, *container; /* of Kubernetes or podman, or NULL; untrusted */
	char *pod_uid;			       /* or NULL; untrusted */
	char *image;			       /* what it was made from, or NULL; untrusted */
	char *cgroup; /* path in the hierarchy that told, or NULL; untrusted */
	bool sandbox;
	bool user_owned;    /* made by an ordinary user: root has to spell it out */
	const char *refuse; /* why it cannot be entered, static; or NULL */
	struct found found; /* its init: handles held */
};

struct listing {
	struct listed *item; /* heap, sorted by runtime, then name */
	size_t n, size;
	size_t unreadable; /* processes or state that could not be looked at */
};

/*
 * find_list() - everything that runs and can be called by a name
 * @host:      of hostfs_init()
 * @processes: also one process for each other set of namespaces that differs from ours (-a)
 *
 * Return: 0 and *ret_list, to be released by listing_done(); or a negative errno with @err filled.
 */
int find_list(const struct hostfs *host, bool processes, struct listing *ret_list,
	      struct error *err);

void listing_done(struct listing *list);

/* listed_done() - of one alone, which was taken out of its list; leaves it empty */
void listed_done(struct listed *listed);

#define _cleanup_listing_ _cleanup_(listing_done)
