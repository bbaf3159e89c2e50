/* SPDX-License-Identifier: MIT */
#include "sys/cgroupfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/mounts.h"
#include "util/fd.h"
#include "util/macro.h"

static void cut_suffix(char *path, struct cgroup_line *line)
{
	static const char deleted[] = " (deleted)";
	size_t n = strlen(path);
	size_t cut = sizeof(deleted) - 1;

	if (n > cut && strcmp(path + n - cut, deleted) == 0) {
		path[n - cut] = '\0';
		line->deleted = true;
	}
}

int cgroup_line_next(char **text, struct cgroup_line *ret_line)
{
	while (*text && **text) {
		struct cgroup_line line = { 0 };
		char *start = *text;
		char *end = strchr(start, '\n');
		char *controllers, *path;

		if (end)
			*end++ = '\0';
		*text = end ? end : start + strlen(start);

		/* Only the first two colons separate: names of cgroups may hold more of them. */
		controllers = strchr(start, ':');
		path = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!path || path[1] != '/')
			continue;
		*controllers++ = '\0';
		*path++ = '\0';
		cut_suffix(path, &line);
		line.controllers = controllers;
		line.path = path;
		*ret_line = line;
		return 1;
	}
	return 0;
}

/* A directory that happens to stand at the usual place is not yet the hierarchy. */
static int check(int fd, bool v2)
{
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return (unsigned long)fs.f_type == (v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC)
		       ? 0
		       : -ENOENT;
}

static int tell(const char *path, char **ret_path)
{
	char *copy = ret_path ? strdup(path) : NULL;

	if (!ret_path)
		return 0;
	if (!copy)
		return -ENOMEM;
	*ret_path = copy;
	return 0;
}

static int open_and_tell(const char *path, bool v2, char **ret_path)
{
	_cleanup_fd_ int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = check(fd, v2);

	if (r == 0)
		r = tell(path, ret_path);
	return r < 0 ? r : fd_steal(&fd);
}

static int open_usual_v1(const char *controllers, char **ret_path)
{
	const char *name = strncmp(controllers, "name=", 5) == 0 ? controllers + 5 : controllers;
	_cleanup_free_ char *path = NULL;

	if (!*name || strchr(name, '/'))
		return -ENOENT;
	if (asprintf(&path, "/sys/fs/cgroup/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return open_and_tell(path, false, ret_path);
}

/* On hybrid hosts it is below the others' directory: one look-up of that is enough. */
static int open_usual_v2(char **ret_path)
{
	_cleanup_fd_ int top = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int below = -EBADF;
	int r = check(top, true);

	if (r == 0) {
		r = tell("/sys/fs/cgroup", ret_path);
		return r < 0 ? r : fd_steal(&top);
	}
	if (top < 0)
		return r;
	below = openat(top, "unified", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = check(below, true);
	if (r == 0)
		r = tell("/sys/fs/cgroup/unified", ret_path);
	return r < 0 ? r : fd_steal(&below);
}

int cgroupfs_open(const char *controllers, char **ret_path)
{
	bool v2 = !*controllers;
	_cleanup_free_ char *path = NULL;
	int fd = v2 ? open_usual_v2(ret_path) : open_usual_v1(controllers, ret_path);
	int r;

	if (fd >= 0 || fd == -ENOMEM)
		return fd;
	r = mounts_find_cgroup(controllers, &path);
	if (r < 0)
		return r;
	return open_and_tell(path, v2, ret_path);
}
