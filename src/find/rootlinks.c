/* SPDX-License-Identifier: MIT */
#include "find/rootlinks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/beneath.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	LINKS_MAX = 40 /* as the kernel has it */
};

/* Two halves of a path: no link is in the first, the other one is yet to be looked at. */
struct way {
	char *done; /* heap: "" is the root */
	char *rest; /* heap */
	int links;
};

static int replace(char **text, char *with)
{
	if (!with)
		return -ENOMEM;
	free(*text);
	*text = with;
	return 0;
}

static char *join(const char *a, const char *b)
{
	char *path;

	return asprintf(&path, "%s/%s", a, b) < 0 ? NULL : path;
}

/* A directory that nobody but root can have put anything into. Return: -EPERM for another. */
static int open_roots_own(int root_fd, const char *path)
{
	_cleanup_fd_ int fd = beneath_open(root_fd, *path ? path : "/", O_PATH | O_DIRECTORY,
					   RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)) ? fd_steal(&fd) : -EPERM;
}

static int follow(struct way *way, const char *target, const char *rest)
{
	if (++way->links > LINKS_MAX)
		return -ELOOP;
	if (target[0] == '/')
		way->done[0] = '\0';
	return replace(&way->rest, join(target, rest));
}

/* One component further. */
static int step(int root_fd, struct way *way, const char *name, const char *rest)
{
	_cleanup_fd_ int dir = -EBADF;
	char target[PATH_MAX];
	ssize_t n;
	int r;

	if (strcmp(name, "..") == 0) {
		char *slash = strrchr(way->done, '/');

		if (slash)
			*slash = '\0';
		return replace(&way->rest, strdup(rest));
	}
	dir = open_roots_own(root_fd, way->done);
	if (dir < 0)
		return dir;
	n = readlinkat(dir, name, target, sizeof(target) - 1);
	if (n >= 0) {
		target[n] = '\0';
		return follow(way, target, rest);
	}
	if (errno != EINVAL) /* it is no link */
		return -errno;
	r = replace(&way->done, join(way->done, name));
	return r < 0 ? r : replace(&way->rest, strdup(rest));
}

/* Return: 1, 0 at the last component, or a negative errno. */
static int next(int root_fd, struct way *way)
{
	const char *at = way->rest + strspn(way->rest, "/");
	size_t n = strcspn(at, "/");
	const char *rest = at + n + strspn(at + n, "/");
	_cleanup_free_ char *name = NULL;
	int r;

	if (!*rest)
		return 0;
	name = strndup(at, n);
	if (!name)
		return -ENOMEM;
	if (strcmp(name, ".") == 0)
		r = replace(&way->rest, strdup(rest));
	else
		r = step(root_fd, way, name, rest);
	return r < 0 ? r : 1;
}

static int walk(int root_fd, struct way *way, char **ret_path)
{
	char *path;
	int r;

	if (!way->done || !way->rest)
		return -ENOMEM;
	while ((r = next(root_fd, way)) > 0)
		;
	/* From another's directory on it is as it was. */
	if (r < 0 && r != -EPERM)
		return r;
	if (way->links == 0)
		return 0;
	path = join(way->done, way->rest);
	if (!path)
		return -ENOMEM;
	*ret_path = path;
	return 1;
}

int rootlinks_follow(int root_fd, const char *path, char **ret_path)
{
	struct way way = { .done = strdup(""), .rest = strdup(path) };
	int r = walk(root_fd, &way, ret_path);

	free(way.done);
	free(way.rest);
	return r;
}
