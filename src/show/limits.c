/* SPDX-License-Identifier: MIT */
#include "show/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/take.h"

/* Where each limit is; @period only in v1, where quota and period are two files. */
static const struct {
	const char *controller;
	const char *v2, *v1, *period;
} files[LIMIT_COUNT] = {
	[LIMIT_MEMORY] = { "memory", "memory.max", "memory.limit_in_bytes", NULL },
	[LIMIT_CPU] = { "cpu", "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us" },
	[LIMIT_PIDS] = { "pids", "pids.max", "pids.max", NULL },
};

/* v1 has no word for "none" but the largest number of pages. */
#define MEMORY_NONE (UINT64_C(1) << 60)

static struct limit cpu_limit(const char *quota, const char *period)
{
	const char *rest;
	uint64_t q, p;

	if (strncmp(quota, "max", 3) == 0 || strncmp(quota, "-1", 2) == 0)
		return (struct limit){ LIMIT_NONE, 0 };
	rest = take_uint(quota, 10, &q);
	if (!rest || !take_uint(period ? period : rest, 10, &p))
		return (struct limit){ LIMIT_UNKNOWN, 0 };
	if (p == 0 || q > UINT64_MAX / 1000)
		return (struct limit){ LIMIT_UNKNOWN, 0 };
	return (struct limit){ LIMIT_SET, q * 1000 / p };
}

struct limit limit_parse(enum limit_kind kind, const char *text, const char *period)
{
	uint64_t value;

	if (kind == LIMIT_CPU)
		return cpu_limit(text, period);
	if (strncmp(text, "max", 3) == 0)
		return (struct limit){ LIMIT_NONE, 0 };
	if (!take_uint(text, 10, &value))
		return (struct limit){ LIMIT_UNKNOWN, 0 };
	if (kind == LIMIT_MEMORY && value >= MEMORY_NONE)
		return (struct limit){ LIMIT_NONE, 0 };
	return (struct limit){ LIMIT_SET, value };
}

static struct limit limit_of(enum limit_kind kind, bool v2, int cgroup_fd)
{
	char text[64], period[64];
	const char *name = v2 ? files[kind].v2 : files[kind].v1;
	bool split = !v2 && files[kind].period;

	if (fd_read_file(cgroup_fd, name, text, sizeof(text)) < 0)
		return (struct limit){ LIMIT_UNKNOWN, 0 };
	if (split && fd_read_file(cgroup_fd, files[kind].period, period, sizeof(period)) < 0)
		return (struct limit){ LIMIT_UNKNOWN, 0 };
	return limit_parse(kind, text, split ? period : NULL);
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		path += strcspn(path, "/");
		depth++;
	}
	return depth;
}

/*
 * A cgroup's parents limit it as well. The root of a hierarchy has no limits; what looks like it from
 * within a cgroup namespace may have. Above the part of a hierarchy that is mounted there are none of
 * these files.
 */
static struct limit limit_up(enum limit_kind kind, bool v2, int cgroup_fd, const char *path)
{
	_cleanup_fd_ int fd = fcntl(cgroup_fd, F_DUPFD_CLOEXEC, 0);
	struct limit all = { LIMIT_UNKNOWN, 0 };

	for (size_t depth = depth_of(path); fd >= 0; depth--) {
		struct limit here = limit_of(kind, v2, fd);
		int up = -EBADF;

		if (here.state == LIMIT_SET && (all.state != LIMIT_SET || here.value < all.value))
			all = here;
		else if (here.state == LIMIT_NONE && all.state == LIMIT_UNKNOWN)
			all = here;
		if (depth > 0)
			up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		(void)fd_close(fd); /* always -EBADF */
		fd = up;
	}
	if (all.state == LIMIT_UNKNOWN && strcmp(path, "/") == 0)
		all.state = LIMIT_NONE;
	return all;
}

static void take_line(const struct cgroup_line *line, struct limit limit[LIMIT_COUNT])
{
	_cleanup_fd_ int cgroup_fd = -EBADF;
	bool v2 = !*line->controllers;

	for (enum limit_kind kind = 0; kind < LIMIT_COUNT; kind++) {
		struct limit found;

		if (!v2 && !cgroup_line_has(line, files[kind].controller))
			continue;
		if (cgroup_fd < 0)
			cgroup_fd = cgroupfs_open_cgroup(line->controllers, line->path, NULL);
		if (cgroup_fd < 0)
			return;
		found = limit_up(kind, v2, cgroup_fd, line->path);
		/* Where v1 has the controller, the root of v2 knows of no limit. */
		if (found.state == LIMIT_SET || limit[kind].state == LIMIT_UNKNOWN)
			limit[kind] = found;
	}
}

void limits_read(char *cgroup, struct limit ret_limit[LIMIT_COUNT])
{
	struct cgroup_line line;

	memset(ret_limit, 0, LIMIT_COUNT * sizeof(*ret_limit));
	while (cgroup_line_next(&cgroup, &line) > 0)
		take_line(&line, ret_limit);
}
