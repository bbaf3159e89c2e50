/* SPDX-License-Identifier: MIT */
#include "show/root.h"

#include <stdio.h>

#include "sys/mounts.h"

char *root_describe(int proc_fd)
{
	_cleanup_mount_root_ struct mount_root root = { 0 };
	const char *where;
	char *ret;

	if (mounts_find_root(proc_fd, &root) < 0)
		return NULL;
	where = root.upper ? root.upper : root.source;
	return asprintf(&ret, "%s%s%s", root.type, where ? " " : "", where ? where : "") < 0 ? NULL
											     : ret;
}
