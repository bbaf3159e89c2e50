/* SPDX-License-Identifier: MIT */
/* Which shell, and where programs are searched for: names only, nothing is looked at. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Where programs are when nobody says so. */
extern const char shell_standard_path[];

/* Shells to try in a target that names none, best first; NULL terminated. */
extern const char *const shell_candidates[];

/* shell_usable_name() - whether a passwd line's shell is one: an absolute path, not nologin or false */
bool shell_usable_name(const char *path);

/* shell_is_busybox() - whether the file is the multi-call binary by its own name */
bool shell_is_busybox(const char *path);

/* shell_name() - what the shell of that file is called: busybox has to be told which program it is */
const char *shell_name(const char *path);

/*
 * path_next() - take one directory off a PATH
 * @path: moved past it; NULL at the end
 * @file: what is searched for
 * @buf:  at least PATH_MAX bytes: filled with directory/file; an empty directory is "."
 * Return: whether there was one that fits.
 */
bool path_next(const char **path, const char *file, char *buf);
