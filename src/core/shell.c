/* SPDX-License-Identifier: MIT */
#include "core/shell.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

const char shell_standard_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const char *const shell_candidates[] = {
	"/bin/bash",   "/usr/bin/bash", "/bin/sh",	    "/usr/bin/sh", "/bin/ash",
	"/busybox/sh", "/bin/busybox",	"/usr/bin/busybox", NULL,
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool shell_usable_name(const char *path)
{
	const char *base = base_name(path);

	return path[0] == '/' && strcmp(base, "nologin") != 0 && strcmp(base, "false") != 0 &&
	       strcmp(base, "true") != 0;
}

bool shell_is_busybox(const char *path)
{
	return strcmp(base_name(path), "busybox") == 0;
}

const char *shell_name(const char *path)
{
	return shell_is_busybox(path) ? "sh" : base_name(path);
}

bool path_next(const char **path, const char *file, char *buf)
{
	while (*path) {
		const char *dir = *path;
		size_t n = strcspn(dir, ":");
		int length;

		*path = dir[n] ? dir + n + 1 : NULL;
		if (n == 0) {
			dir = ".";
			n = 1;
		}
		length = snprintf(buf, PATH_MAX, "%.*s/%s", (int)n, dir, file);
		if (length > 0 && length < PATH_MAX)
			return true;
	}
	return false;
}
