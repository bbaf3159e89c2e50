/* SPDX-License-Identifier: MIT */
/* cgroup:PATH: the first process of a cgroup that is named by its path. */
#pragma once

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

/*
 * cgroupref_find() - the first process in a cgroup or below it
 * @path: as in /proc/PID/cgroup, or where the directory is mounted ("/sys/fs/cgroup/..."); the
 *        hierarchies are asked one after the other, v2 first
 *
 * For root, a cgroup within another user's is refused: he chose what is in it.
 * Return: 0 with *ret_found filled (no runtime, no id), or a negative errno with @err filled.
 */
int cgroupref_find(const struct hostfs *host, const char *path, struct found *ret_found,
		   struct error *err);
