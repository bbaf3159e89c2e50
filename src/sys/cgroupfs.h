/* SPDX-License-Identifier: MIT */
/*
 * Where the cgroup hierarchies are mounted, and the lines of /proc/PID/cgroup. Hierarchies of v1
 * and v2 may be mounted side by side (hybrid).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The kernel gives it to the root of a hierarchy, and to nothing else in it. */
enum {
	CGROUPFS_ROOT_INODE = 1
};

/* Of a /proc/PID/cgroup: a line for each hierarchy, and the kernel cuts off a path at PATH_MAX. */
enum {
	CGROUP_TEXT_MAX = 256 << 10
};

/* A line "id:controllers:path". The path may hold colons; the first two separate. */
struct cgroup_line {
	const char *controllers; /* "" for v2, "cpu,cpuacct", "name=systemd"; NUL terminated */
	const char *path;	 /* from our cgroup namespace's root; may start with "/.." */
	bool deleted;		 /* the kernel's " (deleted)" was cut off */
	bool cut; /* the path goes on: the kernel shows PATH_MAX - 1 bytes (seen on 6.18) */
};

/*
 * cgroup_line_next() - take one line off a /proc/PID/cgroup text
 * @text: moved past the line; the text is cut up in place
 * Return: 1 with *ret_line filled, 0 at the end. Malformed lines are skipped.
 */
int cgroup_line_next(char **text, struct cgroup_line *ret_line);

/* cgroup_line_has() - whether a controller, as "memory", is one of a line's; v2 has none of them. */
bool cgroup_line_has(const struct cgroup_line *line, const char *controller);

/*
 * cgroupfs_open() - the root directory of one hierarchy
 * @controllers: as in struct cgroup_line; "" is v2
 * @ret_path:    where it is mounted, heap, or NULL if not wanted
 *
 * The well-known places are tried first and checked by statfs(2); mountinfo is read (libmount) only
 * where they do not have it.
 * Return: an owned O_PATH directory descriptor, -ENOENT where it is not mounted, or another -errno.
 */
int cgroupfs_open(const char *controllers, char **ret_path);

/*
 * cgroupfs_open_cgroup() - the directory of one cgroup
 * @path:     as in struct cgroup_line
 * @ret_path: where it is, heap, or NULL if not wanted
 *
 * At the usual place only where paths start there: else mountinfo tells where the cgroup is, if
 * libmount can be had.
 * Return: as cgroupfs_open(); -ENOENT also where it is not in a part of the hierarchy that is mounted,
 * -ESTALE where it would be and is not any more, -EXDEV where it is outside of our cgroup namespace.
 */
int cgroupfs_open_cgroup(const char *controllers, const char *path, char **ret_path);

/*
 * cgroupfs_is_frozen() - whether what is in a cgroup is paused, by it or by one above
 * @dir_fd: the directory of the line's cgroup
 */
bool cgroupfs_is_frozen(const struct cgroup_line *line, int dir_fd);

/* cgroup_line_is_frozen() - the same of a cgroup not opened yet; false where it cannot be looked at */
bool cgroup_line_is_frozen(const struct cgroup_line *line);
