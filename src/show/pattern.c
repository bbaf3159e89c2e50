/* SPDX-License-Identifier: MIT */
#include "show/pattern.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/runtime.h"
#include "util/macro.h"
#include "util/parse.h"

enum {
	ID_PREFIX_MIN = 4
};

static bool glob(const char *pattern, const char *text)
{
	return text && fnmatch(pattern, text, 0) == 0;
}

/* "LEFT/RIGHT", where there are both. */
static bool glob_path(const char *pattern, const char *left, const char *right)
{
	_cleanup_free_ char *path = NULL;

	if (!left || !right)
		return false;
	if (asprintf(&path, "%s/%s", left, right) < 0) {
		path = NULL;
		return false;
	}
	return glob(pattern, path);
}

static bool fits_pod(const struct listed *listed, const char *pattern)
{
	return listed->pod && (glob(pattern, listed->pod) || glob(pattern, listed->pod_uid) ||
			       glob_path(pattern, listed->pod_namespace, listed->pod) ||
			       glob_path(pattern, listed->pod, listed->container));
}

static bool fits_word(const struct listed *listed, const char *pattern)
{
	if (glob(pattern, listed->name) || glob(pattern, listed->id) ||
	    glob(pattern, listed->container) || fits_pod(listed, pattern))
		return true;
	return listed->id && parse_hex(pattern, ID_PREFIX_MIN) &&
	       strncmp(listed->id, pattern, strlen(pattern)) == 0;
}

static bool is_called(const struct listed *listed, const char *kind)
{
	for (size_t i = 0; i < runtime_count; i++)
		if (strcmp(runtime_table[i]->name, listed->runtime) == 0 &&
		    runtime_is_called(runtime_table[i], kind))
			return true;
	return strcmp(listed->runtime, kind) == 0;
}

/* Behind "ana/" where it is "podman:ana/db": another user's is not meant without it, which is NULL. */
static const char *skip_user(const struct listed *listed, const char *word)
{
	const char *user = strchr(listed->target, ':');
	const char *slash = user ? strchr(++user, '/') : NULL;
	size_t n = slash && listed->user_owned ? (size_t)(slash - user) + 1 : 0;

	return strncmp(word, user ? user : "", n) == 0 ? word + n : NULL;
}

/* "docker:web", "containerd://4f2a9c01", "pod:web" */
static bool fits_kind(const struct listed *listed, const char *pattern)
{
	const char *colon = strchr(pattern, ':');
	_cleanup_free_ char *kind = colon ? strndup(pattern, (size_t)(colon - pattern)) : NULL;
	const char *word;

	if (!kind)
		return false;
	word = colon + (strncmp(colon, "://", 3) == 0 ? 3 : 1);
	if (strcmp(kind, "pod") == 0)
		return fits_pod(listed, word) || (listed->pod && glob(word, listed->name));
	word = skip_user(listed, word);
	return word && is_called(listed, kind) && fits_word(listed, word);
}

bool pattern_fits(const struct listed *listed, const char *pattern)
{
	return glob(pattern, listed->target) || fits_word(listed, pattern) ||
	       fits_kind(listed, pattern);
}
