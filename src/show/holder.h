/* SPDX-License-Identifier: MIT */
/* Which container a process is part of that is not its first one: what a PID from top(1) is asked for. */
#pragma once

#include "find/list.h"

/*
 * holder_find() - the listed one whose cgroup the process is in or below
 * @cgroups: the text of /proc/PID/cgroup; cut up in place
 *
 * Of containers in containers the innermost. The kernel says where the process is, and find_list()
 * whose cgroup that is.
 * Return: borrowed from @listing, or NULL.
 */
const struct listed *holder_find(const struct listing *listing, char *cgroups);
