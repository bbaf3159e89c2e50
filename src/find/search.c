/* SPDX-License-Identifier: MIT */
#include "find/search.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "find/userdir.h"
#include "util/macro.h"

int search_init(struct search *s, const struct find_query *query, const struct hostfs *host,
		const struct spec *spec, struct error *err)
{
	*s = (struct search){
		.query = query,
		.host = host,
		.spec = spec,
		.tree = CGTREE_OF(host),
	};
	s->scope.tree = &s->tree;
	s->scan.tree = &s->tree;
	s->ctx = (struct runtime_context){ .host = host, .scan = &s->scan, .tree = &s->tree };
	if (!spec->user[0])
		return 0;
	if (userdir_uid(host, spec->user, &s->owner) < 0)
		return error_set(err, ERROR_TARGET_NOT_FOUND, 0, "target \"%s\": no user \"%s\"",
				 spec->text, spec->user);
	s->scope.owner = &s->owner;
	return 0;
}

void search_done(struct search *s)
{
	candidates_done(&s->candidates);
	cgmatches_done(&s->running);
	procscan_done(&s->scan);
	runtime_context_done(&s->ctx);
	strv_done(&s->unreadable);
	cgtree_done(&s->tree);
}

int search_no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "look for a container");
}

static bool is_asked(const struct search *s, const struct runtime *runtime)
{
	return !s->spec->runtime || runtime_is_called(runtime, s->spec->runtime);
}

/* What belongs to somebody else is a candidate as well: root is told how to spell it. */
static bool is_owners(const struct search *s, const struct known *known)
{
	return !s->scope.owner || known->owner == *s->scope.owner;
}

static int take_known(struct search *s, struct known_list *list, search_match *match)
{
	for (size_t i = 0; i < list->n; i++) {
		struct known *known = &list->item[i];

		if (!known->id || !is_owners(s, known) || !match(s, known))
			continue;
		if (candidates_add_known_consume(&s->candidates, known) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int ask_runtime(struct search *s, const struct runtime *runtime,
		       const struct known_filter *filter, search_match *match, bool scanned,
		       struct error *err)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	size_t unreadable = s->ctx.unreadable;
	int r;

	if (scanned && !runtime->list_scanned)
		return 0;
	if (scanned)
		r = runtime->list_scanned(&s->ctx, filter, &list, err);
	else
		r = runtime->list(&s->ctx, filter, &list, err);
	if (r < 0)
		return r;
	if (s->ctx.unreadable > unreadable && strv_add_new(&s->unreadable, runtime->name) < 0)
		return search_no_memory(err);
	return take_known(s, &list, match) < 0 ? search_no_memory(err) : 0;
}

int search_add(struct search *s, const struct known_filter *filter, search_match *match,
	       bool scanned, struct error *err)
{
	struct known_filter own = *filter;

	own.owner = s->scope.owner;
	for (size_t i = 0; i < runtime_count; i++) {
		int r = is_asked(s, runtime_table[i])
				? ask_runtime(s, runtime_table[i], &own, match, scanned, err)
				: 0;

		if (r < 0)
			return r;
	}
	return 0;
}

int search_walk(struct search *s, struct error *err)
{
	if (s->walked)
		return 0;
	s->walked = true;
	/* Not mounted: the processes have to tell. */
	return cgtree_walk(&s->tree, "", &s->running) == -ENOMEM ? search_no_memory(err) : 0;
}

static bool has_lost(const struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (candidate_is_open(&list->item[i]))
			return true;
	return false;
}

int search_settle(struct search *s, bool walk, struct error *err)
{
	int r;

	for (size_t i = 0; i < s->candidates.n; i++)
		candidate_settle(&s->candidates.item[i], &s->scope);
	if (walk && has_lost(&s->candidates)) {
		r = search_walk(s, err);
		if (r < 0)
			return r;
		if (candidates_add_cgroups(&s->candidates, &s->scope, &s->running, true) < 0)
			return search_no_memory(err);
	}
	candidates_merge(&s->candidates);
	return 0;
}

/* A cgroup alone may tell less than which runtime it is. */
static bool cgroup_is_of(enum cgname_runtime cgname, const char *word)
{
	if (strcmp(cgname_runtime_name(cgname), word) == 0)
		return true;
	for (size_t i = 0; i < runtime_count; i++)
		if (runtime_is_called(runtime_table[i], word) && runtime_table[i]->cgname == cgname)
			return true;
	return cgname == CGNAME_K8S &&
	       (strcmp(word, "docker") == 0 || strcmp(word, "containerd") == 0);
}

bool search_is_wanted(const struct search *s, const struct candidate *c)
{
	const char *word = s->spec->runtime;

	if (!word)
		return true;
	if (c->known.runtime && runtime_is_called(c->known.runtime, word))
		return true;
	return cgroup_is_of(c->cgroup.runtime, word);
}

bool search_is_ours(const struct search *s, const struct candidate *c)
{
	return c->known.owner == 0 || c->known.owner == geteuid() ||
	       (s->scope.owner && c->known.owner == *s->scope.owner);
}

bool search_may_take(const struct search *s, const struct candidate *c)
{
	return candidate_runs(c) && search_is_wanted(s, c) && search_is_ours(s, c);
}

size_t search_running(const struct search *s, struct candidate **ret_one)
{
	size_t n = 0;

	for (size_t i = 0; i < s->candidates.n; i++) {
		struct candidate *c = &s->candidates.item[i];

		if (!search_may_take(s, c))
			continue;
		*ret_one = c;
		n++;
	}
	return n;
}
