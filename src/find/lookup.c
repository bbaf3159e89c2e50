/* SPDX-License-Identifier: MIT */
#include "find/lookup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/nearest.h"

int lookup_list(struct lookup *l, const char *root, const struct docker_filter *filter,
		struct docker_list *list, struct error *err)
{
	int r = docker_list_add(root, filter, list, err);

	if (r == -EACCES)
		l->unreadable++;
	return r == -EACCES || r == -ENOENT ? 0 : r;
}

static bool is_wanted(const struct lookup *l, const struct candidate *c)
{
	return candidate_runs(c) &&
	       (!l->docker_only || c->docker || c->cgroup.runtime == CGNAME_DOCKER);
}

size_t lookup_running(const struct lookup *l, struct candidate **ret_one)
{
	size_t n = 0;

	for (size_t i = 0; i < l->candidates.n; i++) {
		if (!is_wanted(l, &l->candidates.item[i]))
			continue;
		*ret_one = &l->candidates.item[i];
		n++;
	}
	return n;
}

int lookup_no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "look for a container");
}

static void list_candidates(const struct lookup *l, struct error *err)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	for (size_t i = 0; i < l->candidates.n; i++) {
		const struct candidate *c = &l->candidates.item[i];

		if (is_wanted(l, c))
			(void)fprintf(out, "%s:%s  %s  pid %d\n", c->docker ? "docker" : "id",
				      c->id, c->name ? c->name : "-", c->init.pid);
	}
	if (fclose(out) == 0)
		err->detail = text;
	else
		free(text);
}

int lookup_refuse_ambiguous(const struct lookup *l, const char *what, struct error *err)
{
	struct candidate *one;
	int r = error_set(err, ERROR_TARGET_AMBIGUOUS, 0, "\"%s\" is %s of %zu containers",
			  l->spec->text, what, lookup_running(l, &one));

	error_hint(err, "type one of them as it is listed, or more digits of its id");
	if (err)
		list_candidates(l, err);
	return r;
}

static const struct candidate *first_stopped(const struct lookup *l)
{
	for (size_t i = 0; i < l->candidates.n; i++)
		if (l->candidates.item[i].docker && !candidate_runs(&l->candidates.item[i]))
			return &l->candidates.item[i];
	return NULL;
}

static const struct candidate *first_distrusted(const struct lookup *l)
{
	for (size_t i = 0; i < l->candidates.n; i++)
		if (l->candidates.item[i].distrust != DISTRUST_NONE)
			return &l->candidates.item[i];
	return NULL;
}

static void hint_nearest(struct lookup *l, struct error *err)
{
	const struct docker_filter all = { NULL, NULL };
	struct docker_list list = { 0 };
	const char *best = NULL;

	for (size_t i = 0; i < l->roots.n; i++)
		(void)lookup_list(l, l->roots.item[i], &all, &list, NULL); /* a hint less */
	for (size_t i = 0; i < list.n; i++)
		best = nearest_offer(l->spec->word, list.item[i].name, best);
	if (best)
		error_hint(err, "did you mean: -t %s%s", l->docker_only ? "docker:" : "", best);
	docker_list_done(&list);
}

static int refuse_distrusted(const struct lookup *l, const struct candidate *c, struct error *err)
{
	const char *text = l->spec->text;

	switch (c->distrust) {
	case DISTRUST_NONE:
		break;
	case DISTRUST_OWNER:
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no container \"%s\": the cgroup of that name is owned by uid %u",
				text, c->owner);
		break;
	case DISTRUST_USER_SLICE:
		(void)error_set(
			err, ERROR_TARGET_NOT_FOUND, 0,
			"no container \"%s\": the cgroup of that name is in a user's session",
			text);
		break;
	case DISTRUST_NESTED:
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no container \"%s\": the cgroup of that name is within another "
				"container",
				text);
		break;
	}
	error_hint(err, "if it is what you want, type the number of a process in it");
	return -EPERM;
}

int lookup_refuse_stopped(const struct lookup *l, struct error *err)
{
	const struct candidate *c = first_stopped(l);

	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
			"container \"%s\" exists but is not running", c ? c->name : l->spec->word);
	return -ESRCH;
}

/* " 1", "+1", "-1", "0x1": what the C library would take for a number. */
static bool is_like_number(const char *word)
{
	char *end;

	(void)strtol(word, &end, 0); /* only how far it reads is of interest */
	return end != word && end[strspn(end, " \t\n")] == '\0';
}

int lookup_refuse(struct lookup *l, struct error *err)
{
	const struct candidate *c = first_distrusted(l);

	if (c)
		return refuse_distrusted(l, c, err);
	if (first_stopped(l))
		return lookup_refuse_stopped(l, err);
	if (l->unreadable > 0) {
		(void)error_set(err, ERROR_PERMISSION, 0,
				"no container \"%s\" that you can see: Docker's names are readable "
				"by root only",
				l->spec->text);
		error_hint(err, "run nsjoin as root, or type the container's id");
		return -EACCES;
	}
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "no container or process \"%s\"",
			l->spec->text);
	if (is_like_number(l->spec->word))
		error_hint(err, "the number of a process is typed in plain digits");
	else
		hint_nearest(l, err);
	return -ESRCH;
}
