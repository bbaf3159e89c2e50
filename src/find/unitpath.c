/* SPDX-License-Identifier: MIT */
#include "find/unitpath.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "util/macro.h"
#include "util/parse.h"

static bool ends(const char *text, size_t n, const char *suffix)
{
	size_t cut = strlen(suffix);

	return n > cut && memcmp(text + n - cut, suffix, cut) == 0;
}

bool unitpath_is_slice(const char *name)
{
	return ends(name, strlen(name), ".slice");
}

static int manager_user(const char *name, size_t n, uid_t *ret_uid)
{
	static const char before[] = "user@", after[] = ".service";
	char digits[sizeof("4294967295")];
	size_t length = n - MIN(n, sizeof(before) + sizeof(after) - 2);
	uint32_t uid;

	if (length == 0 || length >= sizeof(digits) || !ends(name, n, after) ||
	    memcmp(name, before, sizeof(before) - 1) != 0)
		return -EINVAL;
	memcpy(digits, name + sizeof(before) - 1, length);
	digits[length] = '\0';
	if (parse_id(digits, &uid) < 0)
		return -EINVAL;
	*ret_uid = uid;
	return 0;
}

int unitpath_manager_user(const char *name, uid_t *ret_uid)
{
	return manager_user(name, strlen(name), ret_uid);
}

static bool is_unit(const char *name, size_t n)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
						".swap" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (ends(name, n, suffixes[i]))
			return true;
	return false;
}

bool unitpath_is_unit(const char *name)
{
	return is_unit(name, strlen(name));
}

/* Past the slices, the first segment. Return: its length, 0 where there is none. */
static size_t first_past_slices(const char **path)
{
	for (;;) {
		size_t n;

		*path += strspn(*path, "/");
		n = strcspn(*path, "/");
		if (n == 0 || !ends(*path, n, ".slice"))
			return n;
		*path += n;
	}
}

bool unitpath_parse(const char *path, const char *base, struct unitpath *ret_unit)
{
	struct unitpath unit = { .of_user = false };
	size_t n = strlen(base);

	if (strncmp(path, base, n) != 0 || (path[n] && path[n] != '/'))
		return false;
	path += n;
	n = first_past_slices(&path);
	if (n > 0 && manager_user(path, n, &unit.user) == 0) {
		const char *below = path + n;
		size_t size = first_past_slices(&below);

		/* The manager's own processes are in its init.scope. */
		if (size > 0) {
			unit.of_user = true;
			path = below;
			n = size;
		}
	}
	if (n == 0 || !is_unit(path, n))
		return false;
	unit.name = path;
	unit.name_size = n;
	*ret_unit = unit;
	return true;
}

const char *unitpath_name(const char *dir)
{
	/* "_cgroup.service" would else be taken for a file of the hierarchy. */
	return dir[0] == '_' && dir[1] ? dir + 1 : dir;
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Whether @n bytes of a unit's name mean @word, their \xNN resolved. */
static bool means(const char *name, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++, word++) {
		char c = name[i];

		if (c == '\\' && i + 3 < n && name[i + 1] == 'x' && hex(name[i + 2]) >= 0 &&
		    hex(name[i + 3]) >= 0) {
			c = (char)(hex(name[i + 2]) * 16 + hex(name[i + 3]));
			i += 3;
		}
		if (c == '\0' || *word != c)
			return false;
	}
	return *word == '\0';
}

static size_t without_suffix(const char *name)
{
	size_t n = strlen(name);

	if (ends(name, n, ".service"))
		return n - strlen(".service");
	return ends(name, n, ".scope") ? n - strlen(".scope") : n;
}

enum unit_match unitpath_match(const char *dir, const char *word)
{
	const char *name = unitpath_name(dir);
	size_t n = strlen(name), bare = without_suffix(name);

	if (strcmp(dir, word) == 0 || strcmp(name, word) == 0)
		return UNIT_EXACT;
	if (bare < n && strlen(word) == bare && strncmp(name, word, bare) == 0)
		return UNIT_BARE;
	if (means(name, n, word) || (bare < n && means(name, bare, word)))
		return UNIT_UNESCAPED;
	return UNIT_DIFFERS;
}
