/* SPDX-License-Identifier: MIT */
/* One search for a container: what is asked for, and what was learned on the way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "find/candidate.h"
#include "find/cgtree.h"
#include "find/find.h"
#include "find/procscan.h"
#include "find/runtime.h"
#include "find/spec.h"
#include "util/error.h"
#include "util/strv.h"

struct search {
	const struct find_query *query;
	const struct hostfs *host;
	const struct spec *spec;
	uid_t owner; /* whose containers are asked for, where scope.owner points here */
	struct cgtree tree;
	struct candidate_scope scope;
	struct procscan scan;
	struct runtime_context ctx;
	struct strv unreadable; /* runtimes whose names may not be read by us, each once */
	bool walked;		/* running holds all cgroups of containers */
	struct cgmatches running;
	struct candidates candidates;
};

/* search_init() - begin. Return: 0, or a negative errno with @err filled: no such user. */
int search_init(struct search *s, const struct find_query *query, const struct hostfs *host,
		const struct spec *spec, struct error *err);
void search_done(struct search *s);

/* Which of what the runtimes return is meant. */
typedef bool search_match(const struct search *s, const struct known *known);

/*
 * search_add() - what the state of the runtimes tells, as candidates; nothing of it is looked for yet
 * @scanned: at the places that processes tell of, instead of the usual ones
 *
 * Return: 0, or a negative errno with @err filled.
 */
int search_add(struct search *s, const struct known_filter *filter, search_match *match,
	       bool scanned, struct error *err);

/*
 * search_settle() - find the processes of the candidates
 * @walk: also anywhere in the tree of cgroups, for those that are at no known place
 */
int search_settle(struct search *s, bool walk, struct error *err);

/* search_walk() - fill s->running, unless it was done. Return: 0 or -ENOMEM with @err filled. */
int search_walk(struct search *s, struct error *err);

/* search_is_wanted() - whether a candidate is of the kind that is asked for */
bool search_is_wanted(const struct search *s, const struct candidate *c);

/* search_is_ours() - whether a candidate is no other user's, or that of the user who was typed */
bool search_is_ours(const struct search *s, const struct candidate *c);

/* search_may_take() - whether a candidate runs, is of that kind, and is ours: then it may be meant */
bool search_may_take(const struct search *s, const struct candidate *c);

/*
 * search_running() - how many candidates there are that search_may_take()
 * @ret_one: one of them; not written to where there is none
 */
size_t search_running(const struct search *s, struct candidate **ret_one);

/* Each fills @err with what became of the search. Return: a negative errno. */
int search_no_memory(struct error *err);
int search_refuse_ambiguous(const struct search *s, const char *what, struct error *err);
/* Counted are @n @of; listed is all that runs of the candidates, a pod's sandbox as well. */
int search_refuse_several(const struct search *s, const char *what, size_t n, const char *of,
			  struct error *err);
int search_refuse_stopped(const struct search *s, struct error *err);
int search_refuse(struct search *s, struct error *err);

/* search_hint_nearby() - what may have been meant by a word that names nothing; ends the search */
void search_hint_nearby(struct search *s, struct error *err);
