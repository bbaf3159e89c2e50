/* SPDX-License-Identifier: MIT */
#include "find/container.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "find/lookup.h"
#include "util/parse.h"

/*
 * The rungs of the ladder. Each returns 1 where it has taken a process, 0 where the next one is to
 * be tried, or a negative errno with @err filled.
 */
typedef int (*rung)(struct lookup *l, struct found *ret_found, struct error *err);

static int take(struct candidate *c, struct found *ret_found, struct error *err)
{
	return candidate_take(c, ret_found) < 0 ? lookup_no_memory(err) : 1;
}

static bool is_full_id(const char *text)
{
	return strlen(text) == FIND_ID_MAX && parse_hex(text, FIND_ID_MAX);
}

/* A full id at a known place: nothing else is listed or loaded for it. */
static int by_full_id(struct lookup *l, struct found *ret_found, struct error *err)
{
	struct candidate c = { .init = FOUND_NONE };
	int r = 0;

	if (!is_full_id(l->spec->word))
		return 0;
	memcpy(c.id, l->spec->word, sizeof(c.id));
	if (cgtree_probe(&l->tree, c.id, &c.init, &c.cgroup) == 0 &&
	    (!l->docker_only || c.cgroup.runtime == CGNAME_DOCKER))
		r = take(&c, ret_found, err);
	found_done(&c.init);
	return r;
}

/* Add what Docker's state tells, and look for the first process of each. */
static int add_docker(struct lookup *l, const struct docker_list *list, struct error *err)
{
	size_t before = l->candidates.n;

	if (candidates_add_docker(&l->candidates, &l->tree, list) < 0)
		return lookup_no_memory(err);
	/* The state can lag behind, or be what a killed daemon left: the cgroup tells. */
	for (size_t i = before; i < l->candidates.n; i++) {
		struct candidate *c = &l->candidates.item[i];

		if (!candidate_runs(c))
			(void)cgtree_probe(&l->tree, c->id, &c->init, &c->cgroup);
	}
	return 0;
}

/* Ask the sources before @end for roots. */
static int add_sources(struct lookup *l, enum dockerroot_source end, struct error *err)
{
	for (; l->source < end; l->source++) {
		int r = dockerroot_add(l->source, &l->roots, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_docker_like(const struct cgmatch *match)
{
	return match->name.runtime == CGNAME_DOCKER || match->name.runtime == CGNAME_OCI;
}

/*
 * One running container, by the root that knows it. Return: 1, or 0 where none does: it belongs to
 * a daemon that we have not met.
 */
static int list_running(struct lookup *l, const struct cgmatch *match, const char *name,
			struct docker_list *list, struct error *err)
{
	int r = 0;

	if (!is_docker_like(match))
		return 1;
	for (size_t i = 0; i < l->roots.n && r == 0; i++)
		r = docker_list_one(l->roots.item[i], match->name.id, name, list, err);
	return r;
}

/*
 * The containers that run in the usual place come first: most are not listed on a host with many.
 * Return: 1 where all of them are known and one has the name, else 0, or a negative errno.
 */
static int name_among_running(struct lookup *l, struct error *err)
{
	_cleanup_cgmatches_ struct cgmatches running = { 0 };
	_cleanup_docker_list_ struct docker_list list = { 0 };
	struct candidate *one;
	bool all_known = true;
	int r = cgtree_list_docker(&l->tree, &running);

	if (r < 0)
		return lookup_no_memory(err);
	for (size_t i = 0; i < running.n; i++) {
		r = list_running(l, &running.item[i], l->spec->word, &list, err);
		if (r < 0)
			return r;
		all_known = all_known && r > 0;
	}
	r = add_docker(l, &list, err);
	return r < 0 ? r : all_known && lookup_running(l, &one) > 0;
}

/* Below all roots, whether the containers run or not. */
static int name_among_all(struct lookup *l, struct error *err)
{
	const struct docker_filter filter = { .name = l->spec->word };
	_cleanup_docker_list_ struct docker_list list = { 0 };
	int r = add_sources(l, DOCKERROOT_END, err);

	for (size_t i = 0; i < l->roots.n && r == 0; i++)
		r = lookup_list(l, l->roots.item[i], &filter, &list, err);
	return r < 0 ? r : add_docker(l, &list, err);
}

static int by_name(struct lookup *l, struct found *ret_found, struct error *err)
{
	struct candidate *one;
	size_t n;
	int r;

	if (!docker_is_name(l->spec->word))
		return 0;
	r = add_sources(l, DOCKERROOT_SCAN, err);
	if (r == 0)
		r = name_among_running(l, err);
	/* Two daemons may each have a container of that name: look for the second one. */
	if (r == 0)
		r = name_among_all(l, err);
	if (r < 0)
		return r;
	n = lookup_running(l, &one);
	if (n == 1)
		return take(one, ret_found, err);
	if (n > 1)
		return lookup_refuse_ambiguous(l, "the name", err);
	if (l->candidates.n == 0)
		return 0;
	/* A name goes before the beginning of an id, also that of a container which does not run. */
	return lookup_refuse_stopped(l, err);
}

/* Whether each of the running containers belongs to a root that is known. */
static bool knows_all(const struct lookup *l, const struct cgmatches *running)
{
	for (size_t i = 0; i < running->n; i++) {
		bool known = !is_docker_like(&running->item[i]);

		for (size_t k = 0; k < l->roots.n && !known; k++)
			known = docker_has(l->roots.item[k], running->item[i].name.id);
		if (!known)
			return false;
	}
	return true;
}

static int add_prefixed(struct lookup *l, const char *prefix, struct error *err)
{
	const struct docker_filter filter = { .prefix = prefix };
	_cleanup_docker_list_ struct docker_list list = { 0 };

	/* The cgroups have told the ids: without the JSON reader only the names are missing. */
	for (size_t i = 0; i < l->roots.n; i++)
		(void)lookup_list(l, l->roots.item[i], &filter, &list, NULL);
	if (candidates_add_docker(&l->candidates, &l->tree, &list) < 0)
		return lookup_no_memory(err);
	return 0;
}

/* The beginning of an id, or a whole one in an unusual place. */
static int by_prefix(struct lookup *l, struct found *ret_found, struct error *err)
{
	_cleanup_cgmatches_ struct cgmatches running = { 0 };
	const char *prefix = l->spec->word;
	struct candidate *one;
	size_t n;
	int r;

	if (!parse_hex(prefix, SPEC_PREFIX_MIN) || strlen(prefix) > FIND_ID_MAX)
		return 0;
	(void)cgtree_walk(&l->tree, prefix,
			  &running); /* not mounted: the processes are asked below */
	if (candidates_add_cgroups(&l->candidates, &l->tree, &running, prefix) < 0)
		return lookup_no_memory(err);
	r = add_sources(l, DOCKERROOT_SCAN, err);
	if (r == 0 && !knows_all(l, &running))
		r = add_sources(l, DOCKERROOT_END, err);
	if (r == 0)
		r = add_prefixed(l, prefix, err);
	if (r < 0)
		return r;
	n = lookup_running(l, &one);
	if (n == 0) {
		(void)candidates_add_processes(&l->candidates, &l->tree, prefix); /* as seen */
		n = lookup_running(l, &one);
	}
	if (n > 1)
		return lookup_refuse_ambiguous(l, "the beginning", err);
	return n == 1 ? take(one, ret_found, err) : 0;
}

static int climb(struct lookup *l, struct found *ret_found, struct error *err)
{
	static const rung by_id[] = { by_full_id, by_prefix, NULL };
	static const rung by_any[] = { by_full_id, by_name, by_prefix, NULL };
	bool named = l->spec->kind == SPEC_DOCKER || l->spec->kind == SPEC_WORD;

	for (const rung *next = named ? by_any : by_id; *next; next++) {
		int r = (*next)(l, ret_found, err);

		if (r != 0)
			return r;
	}
	return lookup_refuse(l, err);
}

int container_find(const struct spec *spec, struct found *ret_found, struct error *err)
{
	struct lookup l = {
		.spec = spec,
		.docker_only = spec->kind == SPEC_DOCKER || spec->kind == SPEC_DOCKER_ID,
		.tree = CGTREE_NONE,
	};
	int r = climb(&l, ret_found, err);

	cgtree_done(&l.tree);
	strv_done(&l.roots);
	candidates_done(&l.candidates);
	return r < 0 ? r : 0;
}

/* Longer numbers can be no pid: the kernel's limit is 4194304. */
enum {
	PID_DIGITS_MAX = 7
};

int container_explain_number(const struct spec *spec, struct error *err)
{
	struct spec as_word = { .kind = SPEC_WORD, .text = spec->text, .word = spec->word };
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = container_find(&as_word, &found, NULL);

	if (r == 0 && found.name && strcmp(found.name, spec->word) == 0) {
		(void)error_set(err, ERROR_TARGET_LOOKS_LIKE_ID, 0,
				"process %s does not exist, but a container of that name",
				spec->text);
		error_hint(err, "for the container: -t docker:%s", spec->text);
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
