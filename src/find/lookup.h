/* SPDX-License-Identifier: MIT */
/* One lookup of a container: what is asked for, and what was learned on the way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "find/candidate.h"
#include "find/cgtree.h"
#include "find/docker.h"
#include "find/dockerroot.h"
#include "find/spec.h"
#include "util/error.h"
#include "util/strv.h"

struct lookup {
	const struct spec *spec;
	bool docker_only;
	struct cgtree tree;
	struct strv roots;	       /* Docker's data roots */
	enum dockerroot_source source; /* the next one to be asked */
	size_t unreadable;	       /* how many of them may not be read by us */
	struct candidates candidates;
};

/*
 * lookup_list() - Docker's containers below one root, where it exists and can be read
 * Return: 0, or a negative errno with @err filled.
 */
int lookup_list(struct lookup *l, const char *root, const struct docker_filter *filter,
		struct docker_list *list, struct error *err);

/*
 * lookup_running() - how many candidates run and are of the kind that is asked for
 * @ret_one: one of them; not written to where there is none
 */
size_t lookup_running(const struct lookup *l, struct candidate **ret_one);

/* Each fills @err with what became of the lookup. Return: a negative errno. */
int lookup_no_memory(struct error *err);
int lookup_refuse_ambiguous(const struct lookup *l, const char *what, struct error *err);
int lookup_refuse_stopped(const struct lookup *l, struct error *err);
int lookup_refuse(struct lookup *l, struct error *err);
