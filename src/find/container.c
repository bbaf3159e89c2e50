/* SPDX-License-Identifier: MIT */
#include "find/container.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "find/pod.h"
#include "find/search.h"
#include "util/macro.h"
#include "util/parse.h"

/*
 * The rungs of the ladder. Each returns 1 where it has taken a process, 0 where the next one is to
 * be tried, or a negative errno with @err filled.
 */
typedef int (*rung)(struct search *s, struct found *ret_found, struct error *err);

static int take(struct candidate *c, struct found *ret_found, struct error *err)
{
	return candidate_take(c, ret_found) < 0 ? search_no_memory(err) : 1;
}

static bool is_prefix(const char *text)
{
	return parse_hex(text, SPEC_PREFIX_MIN) && strlen(text) <= FIND_ID_MAX;
}

/* A full id at a known place: nothing else is listed or loaded for it. */
static int by_full_id(struct search *s, struct found *ret_found, struct error *err)
{
	struct candidate c = { .init = FOUND_NONE };
	int r = 0;

	/* What is a user's own is never there. */
	if (!find_is_id(s->spec->word) || s->scope.owner)
		return 0;
	c.known.id = strdup(s->spec->word);
	if (!c.known.id)
		return search_no_memory(err);
	c.by_cgroup = true;
	if (cgtree_probe(&s->tree, c.known.id, true, &c.init, &c.cgroup) == 0 &&
	    search_is_wanted(s, &c))
		r = take(&c, ret_found, err);
	candidate_done(&c);
	return r;
}

static bool match_name(const struct search *s, const struct known *known)
{
	const char *word = s->spec->word;

	if (strcmp(known->id, word) == 0)
		return true;
	/* The sandbox bears its pod's name, which means the application in it. */
	if (known->sandbox)
		return false;
	return (known->name && strcmp(known->name, word) == 0) ||
	       (known->container && strcmp(known->container, word) == 0);
}

/* Whether there may be state of the same name at a place that has not been looked at. */
static int has_strangers(struct search *s, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < runtime_count && r == 0; i++)
		if (runtime_table[i]->has_strangers)
			r = runtime_table[i]->has_strangers(&s->ctx, err);
	return r;
}

static int add_scanned_names(struct search *s, struct error *err)
{
	const struct known_filter filter = { .name = s->spec->word };
	int r = search_add(s, &filter, match_name, true, err);

	return r < 0 ? r : search_settle(s, true, err);
}

/* Containers without a state that we know, whose cgroup is called like them. */
static int add_named_cgroups(struct search *s, struct error *err)
{
	struct cgmatches named = { 0 };
	int r = search_walk(s, err);

	if (r < 0 || s->running.n == 0)
		return r;
	named.item = calloc(s->running.n, sizeof(*named.item));
	if (!named.item)
		return search_no_memory(err);
	for (size_t i = 0; i < s->running.n; i++)
		if (strcmp(s->running.item[i].name.id, s->spec->word) == 0)
			named.item[named.n++] = s->running.item[i];
	r = candidates_add_cgroups(&s->candidates, &s->scope, &named, false);
	free(named.item); /* what it points to is s->running's */
	if (r < 0)
		return search_no_memory(err);
	candidates_merge(&s->candidates);
	return 0;
}

static int decide(struct search *s, const char *what, struct found *ret_found, struct error *err)
{
	struct candidate *one = NULL;
	size_t n = search_running(s, &one);

	if (n > 1)
		return search_refuse_ambiguous(s, what, err);
	return n == 1 ? take(one, ret_found, err) : 0;
}

static int by_name(struct search *s, struct found *ret_found, struct error *err)
{
	const struct known_filter filter = { .name = s->spec->word };
	struct candidate *one;
	int r = search_add(s, &filter, match_name, false, err);

	if (r >= 0)
		r = search_settle(s, false, err);
	if (r < 0 || s->candidates.n == 0)
		return r;
	if (search_running(s, &one) == 0)
		r = add_scanned_names(s, err);
	else if (search_running(s, &one) == 1 && (r = has_strangers(s, err)) > 0)
		r = add_scanned_names(s, err);
	if (r < 0)
		return r;
	r = decide(s, "the name", ret_found, err);
	/* A name goes before the beginning of an id, also that of a container which does not run. */
	return r != 0 ? r : search_refuse(s, err);
}

/* After all else: what only the command lines of daemons and monitors tell. */
static int by_scanned_name(struct search *s, struct found *ret_found, struct error *err)
{
	int r = add_scanned_names(s, err);

	if (r >= 0)
		r = add_named_cgroups(s, err);
	return r < 0 ? r : decide(s, "the name", ret_found, err);
}

static bool match_any(const struct search *s, const struct known *known)
{
	(void)s;
	return known->name != NULL;
}

static bool match_prefix(const struct search *s, const struct known *known)
{
	return strncmp(known->id, s->spec->word, strlen(s->spec->word)) == 0;
}

/* The beginning of an id, or a whole one in an unusual place. */
static int by_prefix(struct search *s, struct found *ret_found, struct error *err)
{
	const struct known_filter filter = { .prefix = s->spec->word };
	_cleanup_cgmatches_ struct cgmatches running = { 0 };
	struct candidate *one;

	if (!is_prefix(s->spec->word))
		return 0;
	/* The cgroups tell the ids: without the JSON reader only the names are missing. */
	(void)search_add(s, &filter, match_prefix, false, NULL);
	for (size_t i = 0; i < s->candidates.n; i++)
		candidate_settle(&s->candidates.item[i], &s->scope);
	(void)cgtree_walk(&s->tree, s->spec->word, &running); /* else the processes are asked */
	if (candidates_add_cgroups(&s->candidates, &s->scope, &running, false) < 0)
		return search_no_memory(err);
	candidates_merge(&s->candidates);
	if (search_running(s, &one) == 0) {
		/* As far as they are seen. */
		(void)candidates_add_processes(&s->candidates, &s->scope, s->spec->word);
		candidates_merge(&s->candidates);
	}
	if (candidates_lack_state(&s->candidates)) {
		/* Others can make cgroups as well: state at an unusual place goes before them. */
		int r = search_add(s, &filter, match_prefix, true, err);

		if (r < 0)
			return r;
		candidates_heed_states(&s->candidates, &s->scope);
		candidates_merge(&s->candidates);
	}
	return decide(s, "the beginning", ret_found, err);
}

/* For those that do not run: their state is where only a daemon tells. */
static int by_scanned_prefix(struct search *s, struct found *ret_found, struct error *err)
{
	const struct known_filter filter = { .prefix = s->spec->word };
	int r;

	if (!is_prefix(s->spec->word))
		return 0;
	r = search_add(s, &filter, match_prefix, true, err);
	if (r >= 0)
		r = search_settle(s, true, err);
	return r < 0 ? r : decide(s, "the beginning", ret_found, err);
}

static int climb(struct search *s, struct found *ret_found, struct error *err)
{
	static const rung by_id[] = { by_full_id, by_prefix, by_scanned_prefix, NULL };
	static const rung by_any[] = { by_full_id,	 by_name,
				       pod_find,	 by_prefix,
				       by_scanned_name,	 by_scanned_prefix,
				       pod_find_scanned, NULL };
	static const rung by_pod[] = { pod_find, pod_find_scanned, NULL };
	const rung *next = by_any;

	if (s->spec->kind == SPEC_POD)
		next = by_pod;
	else if (s->spec->kind == SPEC_ID || s->spec->kind == SPEC_KIND_ID)
		next = by_id;
	for (; *next; next++) {
		int r = (*next)(s, ret_found, err);

		if (r != 0)
			return r;
	}
	return search_refuse(s, err);
}

/* A name for what was found without one, as far as the usual places tell. */
static void add_name(struct search *s, struct found *found)
{
	const struct known_filter filter = { .prefix = found->id };

	(void)search_add(s, &filter, match_any, false, NULL); /* without a name, then */
	for (size_t i = 0; i < s->candidates.n && !found->name; i++) {
		struct known *known = &s->candidates.item[i].known;

		if (strcmp(known->id, found->id) == 0)
			found->name = steal_pointer(&known->name);
	}
}

int container_find(const struct find_query *query, const struct hostfs *host,
		   const struct spec *spec, struct found *ret_found, struct error *err)
{
	struct search s;
	int r = search_init(&s, query, host, spec, err);

	if (r >= 0)
		r = climb(&s, ret_found, err);
	if (r > 0 && query->want_name && !ret_found->name)
		add_name(&s, ret_found);
	search_done(&s);
	return r < 0 ? r : 0;
}

/* Longer numbers can be no pid: the kernel's limit is 4194304. */
enum {
	PID_DIGITS_MAX = 7
};

int container_explain_number(const struct hostfs *host, const struct spec *spec, struct error *err)
{
	struct spec as_word = { .kind = SPEC_WORD, .text = spec->text, .word = spec->word };
	const struct find_query query = { .text = spec->text };
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = container_find(&query, host, &as_word, &found, NULL);

	if (r == 0 && found.name && strcmp(found.name, spec->word) == 0) {
		(void)error_set(err, ERROR_TARGET_LOOKS_LIKE_ID, 0,
				"process %s does not exist, but a container of that name",
				spec->text);
		error_hint(err, "for the container: -t %s:%s", found.runtime, spec->text);
	} else if (r == 0 ||
		   (strlen(spec->word) > PID_DIGITS_MAX && strlen(spec->word) <= FIND_ID_MAX)) {
		(void)error_set(err, ERROR_TARGET_LOOKS_LIKE_ID, 0,
				"process %s does not exist; it looks like the id of a container",
				spec->text);
		error_hint(err, "for a container: -t id:%s", spec->text);
	} else {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "process %s does not exist",
				spec->text);
	}
	return -ESRCH;
}
