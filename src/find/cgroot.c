/* SPDX-License-Identifier: MIT */
#include "find/cgroot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/ident.h"
#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/macro.h"

/* A tree of files can be no mount of cgroup2: what stands in it has to tell. */
static int open_v2(const struct hostfs *host)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_fd_ int fd = hostfs_open(host, places[i], O_PATH | O_DIRECTORY);
		struct stat st;

		if (fd >= 0 && fstatat(fd, "cgroup.procs", &st, 0) == 0)
			return fd_steal(&fd);
	}
	return -ENOENT;
}

static int open_v1(const struct hostfs *host, const char *controllers)
{
	const char *name = strncmp(controllers, "name=", 5) == 0 ? controllers + 5 : controllers;
	_cleanup_free_ char *path = NULL;
	int fd;

	if (strchr(name, '/'))
		return -ENOENT;
	if (asprintf(&path, "/sys/fs/cgroup/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = hostfs_open(host, path, O_PATH | O_DIRECTORY);
	return fd < 0 ? -ENOENT : fd;
}

int cgroot_open(const struct hostfs *host, const char *controllers)
{
	if (!*host->dir)
		return cgroupfs_open(controllers, NULL);
	return *controllers ? open_v1(host, controllers) : open_v2(host);
}

char *cgroot_manager(const struct hostfs *host, const char *controllers)
{
	static const char scope[] = "/init.scope";
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	_cleanup_fd_ int proc_fd = hostfs_proc(host, 1);
	struct cgroup_line line;

	if (proc_fd < 0 || ident_text(proc_fd, buf, sizeof(buf), &heap, &text) < 0)
		return strdup("");
	while (cgroup_line_next(&text, &line) > 0) {
		size_t n = strlen(line.path), cut = strlen(scope);

		if (strcmp(line.controllers, controllers) != 0)
			continue;
		/* Above our cgroup namespace ("/..") nothing can be opened. */
		if (n < cut || strcmp(line.path + n - cut, scope) != 0 ||
		    strncmp(line.path, "/..", 3) == 0)
			break;
		return strndup(line.path, n - cut);
	}
	return strdup("");
}
