/* SPDX-License-Identifier: MIT */
/* What may have been meant by a word that names nothing: "did you mean". */
#include <string.h>
#include <unistd.h>

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

static bool is_anothers(const struct search *s, const struct known *known)
{
	return !s->scope.owner && known->owner != 0 && known->owner != geteuid();
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
		if (!is_anothers(s, &s->candidates.item[i].known))
			(void)add(s, &s->candidates.item[i].known, words);
}

static void hint_word(const struct spec *spec, const char *word, struct error *err)
{
	const char *kind = spec->kind == SPEC_POD ? "pod" : spec->runtime;

	error_hint(err, "did you mean: -t %s%s%s%s%s", kind ? kind : "", kind ? ":" : "",
		   spec->user, spec->user[0] ? "/" : "", word);
}

/* Of several that are as good the first one and the last. Return: whether there is any. */
static bool hint_two(const struct spec *spec, const char *first, const char *last,
		     struct error *err)
{
	if (!first)
		return false;
	hint_word(spec, first, err);
	if (strcmp(first, last) != 0)
		hint_word(spec, last, err);
	return true;
}

/* "web" of "web/db": who has typed that much wants something in it. */
static const char *offer(const char *typed, const char *word, const char *best)
{
	size_t n = strlen(word);

	if (strncmp(typed, word, n) == 0 && typed[n] == '/')
		return best;
	return nearest_offer(typed, word, best);
}

static bool hint_near(const struct search *s, struct error *err)
{
	_cleanup_strv_ struct strv words = { 0 };
	const char *first = NULL, *last = NULL, *typed = s->spec->word;

	spell(s, add_spellings, &words);
	for (size_t i = 0; i < words.n; i++) {
		first = offer(typed, words.item[i], first);
		last = offer(typed, words.item[words.n - 1 - i], last);
	}
	return hint_two(s->spec, first, last, err);
}

static bool hint_misplaced(const struct search *s, struct error *err)
{
	_cleanup_strv_ struct strv words = { 0 };
	const char *first = NULL, *last = NULL;

	spell(s, add_misplaced, &words);
	for (size_t i = 0; i < words.n; i++) {
		/* It is to be typed. */
		if (!escape_is_word(words.item[i]))
			continue;
		first = first ? first : words.item[i];
		last = words.item[i];
	}
	return hint_two(s->spec, first, last, err);
}

void search_hint_nearby(struct search *s, struct error *err)
{
	const struct known_filter all = { 0 };

	candidates_done(&s->candidates);
	(void)search_add(s, &all, match_any, false, NULL);
	(void)search_add(s, &all, match_any, true, NULL);
	if (!hint_near(s, err) && !hint_misplaced(s, err))
		error_hint(err, "nsjoin ps lists what can be joined");
}
