/* SPDX-License-Identifier: MIT */
/*
 * Where systemd's units are in the tree of cgroups: below slices, and those of a user below the
 * service of his manager. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct unitpath {
	const char *name; /* the unit's, inside the path; as systemd escapes it for cgroups */
	size_t name_size;
	bool of_user; /* a unit of a user's manager */
	uid_t user;   /* whose */
};

/*
 * unitpath_parse() - the unit that a cgroup is, or is in
 * @path: as in /proc/PID/cgroup
 * @base: where systemd's tree begins, as cgroot_manager() tells it
 *
 * Return: whether there is one.
 */
bool unitpath_parse(const char *path, const char *base, struct unitpath *ret_unit);

/* unitpath_is_slice() - whether the name of a directory is that of a slice */
bool unitpath_is_slice(const char *name);

/* unitpath_is_unit() - whether it is that of a unit with processes: a service, a scope, ... */
bool unitpath_is_unit(const char *name);

/* unitpath_manager_user() - "user@UID.service". Return: 0 or -EINVAL. */
int unitpath_manager_user(const char *name, uid_t *ret_uid);

enum unit_match {
	UNIT_DIFFERS,
	UNIT_UNESCAPED, /* the word is what the unit's name means: "a-b" for a\x2db.service */
	UNIT_BARE,	/* the unit's name without its suffix */
	UNIT_EXACT,
};

/*
 * unitpath_match() - whether a directory is the unit that a word names
 * @dir:  the name of the directory
 * @word: as typed: with or without ".service" or ".scope"
 */
enum unit_match unitpath_match(const char *dir, const char *word);

/* unitpath_name() - the unit's name, for the directory's: systemd marks some with a "_" */
const char *unitpath_name(const char *dir);
