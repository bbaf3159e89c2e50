/* SPDX-License-Identifier: MIT */
/* What may have been meant by a word that names nothing: "did you mean". */
#include <string.h>

#include "find/find.h"
#include "find/search.h"
#include "util/escape.h"
#include "util/macro.h"
#include "util/nearest.h"
#include "util/strv.h"

static bool match_any(const struct search *s, const struct known *known)
{
	(void)s;
	return known->name != NULL;
}

/* Whatever may follow "-t" or "-t pod:" for a pod's container. Return: 0 or -ENOMEM. */
static int add_pod_spellings(const struct search *s, const struct known *known, struct strv *words)
{
	const char *ns = known->pod_namespace, *container = known->container;
	int r = strv_add(words, known->pod);

	if (r == 0 && ns)
		r = strv_addf(words, "%s/%s", ns, known->pod);
	if (r == 0 && container)
		r = strv_addf(words, "%s/%s", known->pod, container);
	if (r == 0 && container && ns)
		r = strv_addf(words, "%s/%s/%s", ns, known->pod, container);
	if (r == 0 && container && s->spec->kind != SPEC_POD)
		r = strv_add(words, container);
	return r;
}

static int add_spellings(const struct search *s, const struct known *known, struct strv *words)
{
	int r = 0;

	if (s->spec->kind != SPEC_POD) {
		r = strv_add(words, known->name);
		if (r == 0 && !find_is_id(known->id))
			r = strv_add(words, known->id);
	}
	return r == 0 && known->pod ? add_pod_spellings(s, known, words) : r;
}

static bool is_same(const char *told, const char *typed)
{
	return told && strcmp(told, typed) == 0;
}

/*
 * The pod is right, and either its namespace or its container is not: no letters are compared, as
 * somebody may well have forgotten in which of two namespaces he is, or how a container is called.
 */
static int add_misplaced(const struct search *s, const struct known *known, struct strv *words)
{
	const struct spec *spec = s->spec;
	const char *ns = known->pod_namespace, *container = known->container;

	if (!known->pod)
		return 0;
	if (spec->two_parts) {
		if (ns && is_same(known->pod, spec->pod))
			return strv_addf(words, "%s/%s", ns, known->pod);
		if (container && is_same(known->pod, spec->pod_namespace))
			return strv_addf(words, "%s/%s", known->pod, container);
		return 0;
	}
	if (!spec->container[0] || !ns || !container || !is_same(known->pod, spec->pod) ||
	    (!is_same(ns, spec->pod_namespace) && !is_same(container, spec->container)))
		return 0;
	return strv_addf(words, "%s/%s/%s", ns, known->pod, container);
}

typedef int (*speller)(const struct search *s, const struct known *known, struct strv *words);

/* Whatever fails is a hint less. */
static void spell(const struct search *s, speller add, struct strv *words)
{
	for (size_t i = 0; i < s->candidates.n; i++)
		if (search_is_ours(s, &s->candidates.item[i]))
			(void)add(s, &s->candidates.item[i].known, words);
}

static void hint_word(const struct spec *spec, const char *word, struct error *err)
{
	const char *kind = spec->kind == SPEC_POD ? "pod" : spec->runtime;

	error_hint(err, "did you mean: -t %s%s%s%s%s", kind ? kind : "", kind ? ":" : "",
		   spec->user, spec->user[0] ? "/" : "", word);
}

/* Which of two is the better answer to what was typed; @best is NULL at first. */
typedef const char *(*picker)(const char *typed, const char *word, const char *best);

/* "web" of "web/db": who has typed that much wants something in it. */
static const char *pick_nearest(const char *typed, const char *word, const char *best)
{
	size_t n = strlen(word);

	if (strncmp(typed, word, n) == 0 && typed[n] == '/')
		return best;
	return nearest_offer(typed, word, best);
}

static const char *pick_any(const char *typed, const char *word, const char *best)
{
	(void)typed;
	/* It is to be typed. */
	return !best && escape_is_word(word) ? word : best;
}

/*
 * "web" in "shop-web-1" and "web-7d9f8b6c5-x2x4z": who runs it has named no more than that, and
 * Compose or Kubernetes the rest.
 */
static bool has_part(const char *word, const char *part)
{
	size_t n = strlen(part);

	for (const char *at = word; n > 1 && (at = strstr(at, part)); at++)
		/* Its end counts as one of these. */
		if ((at == word || strchr("-_./", at[-1])) && strchr("-_.", at[n]))
			return true;
	return false;
}

static const char *pick_shortest_around(const char *typed, const char *word, const char *best)
{
	if (!has_part(word, typed) || !escape_is_word(word))
		return best;
	return best && strlen(best) <= strlen(word) ? best : word;
}

/* Of several that are as good the first one and the last. Return: whether there is any. */
static bool hint(const struct search *s, speller add, picker pick, struct error *err)
{
	_cleanup_strv_ struct strv words = { 0 };
	const char *first = NULL, *last = NULL, *typed = s->spec->word;

	spell(s, add, &words);
	for (size_t i = 0; i < words.n; i++) {
		first = pick(typed, words.item[i], first);
		last = pick(typed, words.item[words.n - 1 - i], last);
	}
	if (!first)
		return false;
	hint_word(s->spec, first, err);
	if (strcmp(first, last) != 0)
		hint_word(s->spec, last, err);
	return true;
}

void search_hint_nearby(struct search *s, struct error *err)
{
	const struct known_filter all = { 0 };

	candidates_done(&s->candidates);
	(void)search_add(s, &all, match_any, false, NULL);
	(void)search_add(s, &all, match_any, true, NULL);
	if (!hint(s, add_spellings, pick_nearest, err) && !hint(s, add_misplaced, pick_any, err) &&
	    !hint(s, add_spellings, pick_shortest_around, err))
		error_hint(err, "nsjoin ps lists what can be joined");
}
