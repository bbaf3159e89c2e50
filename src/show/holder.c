/* SPDX-License-Identifier: MIT */
#include "show/holder.h"

#include <string.h>

#include "sys/cgroupfs.h"

/* How much of the path is this cgroup; 0 where it is elsewhere. The root is nobody's. */
static size_t depth_in(const char *path, const char *cgroup)
{
	size_t n = cgroup ? strlen(cgroup) : 0;

	if (n <= 1 || strncmp(path, cgroup, n) != 0)
		return 0;
	return path[n] == '/' || path[n] == '\0' ? n : 0;
}

const struct listed *holder_find(const struct listing *listing, char *cgroups)
{
	const struct listed *holder = NULL;
	struct cgroup_line line;
	size_t deepest = 0;

	while (cgroup_line_next(&cgroups, &line) > 0) {
		for (size_t i = 0; i < listing->n; i++) {
			size_t depth = depth_in(line.path, listing->item[i].cgroup);

			if (depth <= deepest)
				continue;
			deepest = depth;
			holder = &listing->item[i];
		}
	}
	return holder;
}
