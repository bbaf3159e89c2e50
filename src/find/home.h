/* SPDX-License-Identifier: MIT */
/*
 * The cgroup that a runtime made for its container. Who may write to the hierarchies may leave it, and
 * takes along whoever joins him.
 */
#pragma once

#include "find/find.h"

/*
 * home_find() - the path of that cgroup
 * @found:     the container's first process
 * @host_root: as in struct find_query
 * @lines:     its /proc/PID/cgroup
 *
 * As the runtime's state has it, else by the id that stands in one of the lines, else by the places
 * where runtimes put their containers.
 * Return: 1 with *ret_path, heap, the same below every hierarchy; 0 where nothing tells; or -ENOMEM.
 */
int home_find(const struct found *found, const char *host_root, const char *lines, char **ret_path);
