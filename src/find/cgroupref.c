/* SPDX-License-Identifier: MIT */
#include "find/cgroupref.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/cgprocs.h"
#include "find/cgroot.h"
#include "find/ident.h"
#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/strv.h"

/* Each step is looked at, as whoever owns a directory has chosen what is in it. */
struct walk {
	uid_t owner; /* of the directory that made us stop */
	bool foreign;
};

static bool is_believed(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* One segment down. Return: an owned descriptor, -ENOENT, or -EPERM below another user's. */
static int step(int dirfd, const char *path, size_t n, struct walk *w)
{
	_cleanup_free_ char *name = strndup(path, n);
	struct stat st;
	int fd;

	if (!name)
		return -ENOMEM;
	if (fstat(dirfd, &st) < 0)
		return -errno;
	if (!is_believed(&st)) {
		*w = (struct walk){ .owner = st.st_uid, .foreign = true };
		return -EPERM;
	}
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_below(int root_fd, const char *path, struct walk *w)
{
	_cleanup_fd_ int at = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (at >= 0) {
		size_t n;
		int next;

		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0)
			return fd_steal(&at);
		next = step(at, path, n, w);
		if (next < 0)
			return next;
		(void)fd_close(at); /* always -EBADF */
		at = next;
		path += n;
	}
	return -errno;
}

/* The hierarchies that there are, v2 first. Process 1 is in all of them, and so are we. */
static int list_hierarchies(const struct hostfs *host, struct strv *ret_list)
{
	static const char *const files[] = { "1/cgroup", "self/cgroup" };
	_cleanup_free_ char *text = NULL;
	struct cgroup_line line;
	char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(files) && !text; i++)
		(void)fd_read_alloc(host->proc_fd, files[i], CGROUP_TEXT_MAX, &text);
	if (strv_add(ret_list, "") < 0)
		return -ENOMEM;
	rest = text;
	while (rest && cgroup_line_next(&rest, &line) > 0)
		if (*line.controllers && strv_add(ret_list, line.controllers) < 0)
			return -ENOMEM;
	return 0;
}

/* What is left of @path below the mount of a hierarchy, or NULL. */
static const char *below_mount(const char *path, const char *mount)
{
	size_t n = mount ? strlen(mount) : 0;

	return n > 0 && strncmp(path, mount, n) == 0 && (path[n] == '/' || !path[n]) ? path + n
										     : NULL;
}

/* Return: 0, -ESRCH where it has no process there, -EPERM, or another -errno. */
static int find_in(const struct hostfs *host, const char *controllers, const char *path,
		   struct found *ret_found, struct walk *w)
{
	_cleanup_free_ char *mount = NULL;
	_cleanup_cgprocs_ struct cgprocs procs = { 0 };
	_cleanup_fd_ int root =
		*host->dir ? cgroot_open(host, controllers) : cgroupfs_open(controllers, &mount);
	_cleanup_fd_ int fd = -EBADF;
	const char *below = below_mount(path, mount);
	const struct cgproc *first;
	int r;

	if (root < 0)
		return -ENOENT;
	fd = open_below(root, below ? below : path, w);
	if (fd < 0)
		return fd;
	r = cgprocs_list(host, fd, &procs);
	if (r < 0)
		return r;
	first = cgprocs_first(host, &procs);
	return first ? cgprocs_take(host, fd, first, ret_found) : -ESRCH;
}

static int explain(const char *path, int r, const struct walk *w, struct error *err)
{
	if (w->foreign) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"cgroup \"%s\": it is in one that is owned by uid %u", path,
				w->owner);
		error_hint(err, "if it is what you want, type the number of a process in it");
		return -EPERM;
	}
	if (r == -ESRCH) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "cgroup \"%s\" has no process",
				path);
		return -ESRCH;
	}
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "no cgroup \"%s\"", path);
		return -ESRCH;
	}
	return error_set(err, ERROR_SYSTEM, -r, "open cgroup \"%s\"", path);
}

static bool has_dots(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += strspn(at, "/");
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || !at[2]))
			return true;
	}
	return false;
}

int cgroupref_find(const struct hostfs *host, const char *path, struct found *ret_found,
		   struct error *err)
{
	_cleanup_strv_ struct strv list = { 0 };
	struct walk w = { .foreign = false };
	int r = -ENOENT;

	if (has_dots(path))
		return error_set(err, ERROR_USAGE, 0,
				 "cgroup \"%s\": a path from the root of the hierarchy is needed, "
				 "without \"..\"",
				 path);
	if (list_hierarchies(host, &list) < 0)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for a cgroup");
	for (size_t i = 0; i < list.n; i++) {
		int here = find_in(host, list.item[i], path, ret_found, &w);

		if (here == 0)
			return 0;
		/* An empty one is more to tell than none. */
		if (r == -ENOENT)
			r = here;
	}
	return explain(path, r, &w, err);
}
