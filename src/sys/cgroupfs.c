/* SPDX-License-Identifier: MIT */
#include "sys/cgroupfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/mounts.h"
#include "sys/proc.h"
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
		line.cut = strlen(path) >= PATH_MAX - 1;
		cut_suffix(path, &line);
		line.controllers = controllers;
		line.path = path;
		*ret_line = line;
		return 1;
	}
	return 0;
}

bool cgroup_line_has(const struct cgroup_line *line, const char *controller)
{
	const char *list = line->controllers;
	size_t n = strlen(controller);

	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, controller, n) == 0 && (list[n] == '\0' || list[n] == ','))
			return true;
	return false;
}

static bool is_hierarchy(const struct statfs *fs, bool v2)
{
	return (unsigned long)fs->f_type == (v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC);
}

/* A directory that happens to stand at the usual place is not yet the hierarchy. */
static int check(int fd, bool v2)
{
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return is_hierarchy(&fs, v2) ? 0 : -ENOENT;
}

/* In one walk: no symbolic link can be made in a hierarchy, and what was reached is checked. */
static int open_below(const char *mount, const char *path, bool v2, char **ret_path)
{
	_cleanup_free_ char *whole = NULL;
	_cleanup_fd_ int fd = -EBADF;
	int r;

	if (asprintf(&whole, "%s%s", mount, strcmp(path, "/") == 0 ? "" : path) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	fd = open(whole, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = check(fd, v2);
	if (r < 0)
		return r;
	if (ret_path) {
		*ret_path = whole;
		whole = NULL;
	}
	return fd_steal(&fd);
}

enum {
	PLACE_MAX = sizeof("/sys/fs/cgroup/") + NAME_MAX
};

static int usual_place_v1(const char *controllers, char place[PLACE_MAX])
{
	const char *name = strncmp(controllers, "name=", 5) == 0 ? controllers + 5 : controllers;

	if (!*name || strchr(name, '/') || strlen(name) > NAME_MAX)
		return -ENOENT;
	(void)snprintf(place, PLACE_MAX, "/sys/fs/cgroup/%s", name); /* it was measured */
	return 0;
}

/* On hybrid hosts it is below the others' directory. In either a cgroup can be called "unified". */
static int usual_place_v2(char place[PLACE_MAX])
{
	static const char top[] = "/sys/fs/cgroup", below[] = "/sys/fs/cgroup/unified";
	struct statfs fs;

	if (statfs(top, &fs) < 0)
		return -errno;
	(void)snprintf(place, PLACE_MAX, "%s", is_hierarchy(&fs, true) ? top : below); /* fits */
	return 0;
}

/* Asked once for all hierarchies: who opens them has not joined any other namespace yet. */
static bool is_in_first_namespace(void)
{
	static enum {
		UNKNOWN,
		YES,
		NO
	} first;

	if (first == UNKNOWN)
		first = proc_is_first_cgroupns(AT_FDCWD, "/proc/self/ns/cgroup") ? YES : NO;
	return first == YES;
}

/*
 * Whether paths in /proc/PID/cgroup start at this directory, as on a host. What a container has there
 * may be a part of the hierarchy, in which the same path is another cgroup; and in a cgroup namespace
 * they start somewhere else.
 */
static bool is_where_paths_start(const char *place)
{
	struct stat root;

	return stat(place, &root) == 0 && root.st_ino == CGROUPFS_ROOT_INODE &&
	       is_in_first_namespace();
}

int cgroupfs_open_cgroup(const char *controllers, const char *path, char **ret_path)
{
	bool v2 = !*controllers;
	_cleanup_free_ char *elsewhere = NULL;
	char place[PLACE_MAX];
	int fd = -ENOENT, r, usual;

	if (strncmp(path, "/..", 3) == 0)
		return -EXDEV;
	usual = v2 ? usual_place_v2(place) : usual_place_v1(controllers, place);
	if (usual == 0 && (!*path || is_where_paths_start(place)))
		fd = open_below(place, path, v2, ret_path);
	if (fd >= 0 || fd == -ENOMEM)
		return fd;
	r = mounts_find_cgroup(controllers, path, &elsewhere);
	if (r < 0)
		return r;
	fd = open_below(elsewhere, "", v2, ret_path);
	return fd == -ENOENT ? -ESTALE : fd; /* it was there a moment ago */
}

int cgroupfs_open(const char *controllers, char **ret_path)
{
	return cgroupfs_open_cgroup(controllers, "", ret_path);
}

/* Of v1 only the freezer, alone or beside others that are mounted with it. */
static bool may_freeze(const struct cgroup_line *line)
{
	return !*line->controllers || cgroup_line_has(line, "freezer");
}

bool cgroupfs_is_frozen(const struct cgroup_line *line, int dir_fd)
{
	char text[256];

	if (!*line->controllers)
		return fd_read_file(dir_fd, "cgroup.events", text, sizeof(text)) > 0 &&
		       strstr(text, "frozen 1");
	return may_freeze(line) && fd_read_file(dir_fd, "freezer.state", text, sizeof(text)) > 0 &&
	       strncmp(text, "THAWED", strlen("THAWED")) != 0;
}

bool cgroup_line_is_frozen(const struct cgroup_line *line)
{
	_cleanup_fd_ int dir = -EBADF;

	if (line->deleted || !may_freeze(line))
		return false;
	dir = cgroupfs_open_cgroup(line->controllers, line->path, NULL);
	return dir >= 0 && cgroupfs_is_frozen(line, dir);
}
