/* SPDX-License-Identifier: MIT */
#include "find/children.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"
#include "util/take.h"

enum {
	CHILDREN_LIMIT = 1 << 20 /* bytes of a list of pids */
};

/* The best one so far. */
struct best {
	pid_t pid;
	bool is_init; /* process 1 of a pid namespace of its own */
	uint64_t start;
};

static int depth_of(int proc_fd, bool *ret_is_one)
{
	struct proc_status status = { 0 };
	int depth;

	if (proc_status_read(proc_fd, &status) < 0)
		return -ESRCH;
	depth = (int)status.nspid_depth;
	*ret_is_one = status.nspid_last == 1;
	proc_status_done(&status);
	return depth;
}

static void consider(const struct hostfs *host, pid_t pid, int monitor_depth, struct best *best)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct proc_stat stat;
	bool is_init = false;
	int depth;

	if (proc_fd < 0 || proc_stat_read(proc_fd, &stat) < 0 || stat.state == 'Z')
		return;
	depth = depth_of(proc_fd, &is_init);
	is_init = is_init && depth > monitor_depth;
	if (best->pid > 0 && (best->is_init > is_init ||
			      (best->is_init == is_init && best->start <= stat.start_time)))
		return;
	*best = (struct best){ .pid = pid, .is_init = is_init, .start = stat.start_time };
}

/* Each thread has its own list. */
static void consider_thread(const struct hostfs *host, int task_fd, const char *tid, int depth,
			    struct best *best)
{
	char path[sizeof("2147483647/children")];
	_cleanup_free_ char *text = NULL;
	const char *rest;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%.10s/children", tid); /* fits: digits of an int */
	if (fd_read_alloc(task_fd, path, CHILDREN_LIMIT, &text) < 0)
		return;
	rest = text;
	while ((rest = take_int(rest, &pid)))
		if (pid > 0)
			consider(host, pid, depth, best);
}

int children_payload(const struct hostfs *host, pid_t monitor, pid_t *ret_pid, uint64_t *ret_start)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, monitor);
	struct best best = { 0 };
	struct dirent *entry;
	DIR *dir = NULL;
	bool unused;
	int fd, depth;

	if (proc_fd < 0)
		return -ESRCH;
	depth = depth_of(proc_fd, &unused);
	fd = openat(proc_fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return -ESRCH;
	}
	while ((entry = readdir(dir)))
		if (parse_digits(entry->d_name))
			consider_thread(host, dirfd(dir), entry->d_name, depth, &best);
	(void)closedir(dir); /* it was only read */
	if (best.pid == 0)
		return -ESRCH;
	*ret_pid = best.pid;
	*ret_start = best.start;
	return 0;
}
