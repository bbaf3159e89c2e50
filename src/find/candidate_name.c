/* SPDX-License-Identifier: MIT */
/* How a candidate is spelled: a TARGET that means this one and no other. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "find/candidate.h"
#include "find/userdir.h"
#include "util/macro.h"

const char *candidate_runtime(const struct candidate *c)
{
	const struct runtime *runtime = c->known.runtime;

	/* runc and crun work for others, whom the cgroup may name. */
	if (!runtime || (runtime->cgname == CGNAME_OCI && c->cgroup.runtime > CGNAME_OCI))
		return cgname_runtime_name(c->cgroup.runtime);
	return runtime->name;
}

static bool is_called(const struct candidate *c, const char *word)
{
	return strcmp(c->known.id, word) == 0 ||
	       (c->known.name && strcmp(c->known.name, word) == 0);
}

/* Whether a word means another one as well that runs for the same user by the same runtime. */
static bool is_shared(const struct candidates *list, const struct candidate *c, const char *word)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct candidate *other = &list->item[i];

		if (other != c && candidate_runs(other) && other->known.owner == c->known.owner &&
		    is_called(other, word) &&
		    strcmp(candidate_runtime(other), candidate_runtime(c)) == 0)
			return true;
	}
	return false;
}

/* What follows the colon. Return: NULL where there is no such word. */
static const char *word_of(const struct candidates *list, const struct candidate *c)
{
	const char *id = c->known.id, *name = c->known.name;

	if (find_is_id(id))
		return id;
	if (name && !is_shared(list, c, name))
		return name;
	return is_shared(list, c, id) ? NULL : id;
}

char *candidate_target(const struct hostfs *host, const struct candidates *list,
		       const struct candidate *c)
{
	const char *runtime = candidate_runtime(c), *word = word_of(list, c);
	_cleanup_free_ char *user = NULL;
	char *text;

	if (!word)
		return asprintf(&text, "%d", c->init.pid) < 0 ? NULL : text;
	if (c->known.owner != 0 && c->known.owner != geteuid()) {
		user = userdir_name(host, c->known.owner);
		if (!user)
			return NULL;
	}
	if (!c->known.runtime && find_is_id(c->known.id) && c->cgroup.runtime == CGNAME_OCI)
		runtime = "id";
	if (asprintf(&text, "%s:%s%s%s", runtime, user ? user : "", user ? "/" : "", word) < 0)
		return NULL;
	return text;
}
