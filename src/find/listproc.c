/* SPDX-License-Identifier: MIT */
#include "find/listproc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/process.h"
#include "find/unit.h"
#include "sys/nstype.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

/* The namespaces of a process; 0 where the kernel has no such type. */
struct nsids {
	uint64_t ino[NS_COUNT];
};

/* Return: 0 or -errno: -EACCES where they may not be looked at. */
static int read_nsids(int proc_fd, struct nsids *ret_ids)
{
	for (enum ns_type type = 0; type < NS_COUNT; type++) {
		int r;

		ret_ids->ino[type] = 0;
		r = proc_ns_inode(proc_fd, ns_table[type].link, &ret_ids->ino[type]);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return ret_ids->ino[NS_MNT] == 0 ? -ENOENT : 0;
}

static bool is_same(const struct nsids *a, const struct nsids *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static int read_own(struct nsids *ret_ids)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return self < 0 ? -errno : read_nsids(self, ret_ids);
}

static bool is_listed(const struct listing *list, pid_t pid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].found.pid == pid)
			return true;
	return false;
}

static int add(struct listing *list, const char *runtime, const char *target, const char *name,
	       const char *cgroup, struct found *found)
{
	struct listed *l = listing_append(list);

	if (!l)
		return -ENOMEM;
	l->runtime = strdup(runtime);
	l->target = strdup(target);
	l->name = name ? strdup(name) : NULL;
	l->cgroup = cgroup ? strdup(cgroup) : NULL;
	l->found = *found;
	*found = FOUND_NONE;
	return l->runtime && l->target && (l->name || !name) && (l->cgroup || !cgroup) ? 0
										       : -ENOMEM;
}

static int add_unit(const struct hostfs *host, const struct unit *unit, const struct nsids *own,
		    struct listing *list)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_free_ char *target = NULL;
	struct nsids ids;

	/* Those of other users are theirs, and far too many. */
	if (unit->of_user || unit_open(host, unit, &found, NULL) < 0 ||
	    is_listed(list, found.pid) || read_nsids(found.proc_fd, &ids) < 0 || is_same(own, &ids))
		return 0;
	if (asprintf(&target, "unit:%s", unit->name) < 0) {
		target = NULL;
		return -ENOMEM;
	}
	return add(list, "unit", target, unit->name, unit->path, &found);
}

int listproc_add_units(const struct hostfs *host, struct listing *list)
{
	_cleanup_units_ struct units units = { 0 };
	struct nsids own;
	int r = 0;

	/* A host without systemd has none. */
	if (read_own(&own) < 0 || unit_list(host, &units, NULL) < 0)
		return 0;
	for (size_t i = 0; i < units.n && r == 0; i++)
		r = add_unit(host, &units.item[i], &own, list);
	return r;
}

struct seen {
	struct nsids *item; /* heap */
	size_t n, size;
};

static bool is_seen(const struct seen *seen, const struct nsids *ids)
{
	/* Neighbours are mostly of one container. */
	for (size_t i = seen->n; i-- > 0;)
		if (is_same(&seen->item[i], ids))
			return true;
	return false;
}

static int see(struct seen *seen, const struct nsids *ids)
{
	if (seen->n == seen->size) {
		size_t size = MAX(seen->size * 2, (size_t)16);
		struct nsids *more = reallocarray(seen->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		seen->item = more;
		seen->size = size;
	}
	seen->item[seen->n++] = *ids;
	return 0;
}

static int add_process(const struct hostfs *host, pid_t pid, struct seen *seen,
		       struct listing *list)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	char target[sizeof("2147483647")];
	struct proc_stat stat;
	struct nsids ids;
	int r = process_try(host, pid, &found);

	if (r == 0)
		r = read_nsids(found.proc_fd, &ids);
	if (r == -EACCES || r == -EPERM)
		list->unreadable++;
	if (r < 0 || is_seen(seen, &ids) || proc_stat_read(found.proc_fd, &stat) < 0 ||
	    stat.kernel_thread)
		return 0;
	(void)snprintf(target, sizeof(target), "%d", pid); /* fits: pids are positive ints */
	if (see(seen, &ids) < 0)
		return -ENOMEM;
	return add(list, "process", target, NULL, NULL, &found);
}

int listproc_add_others(const struct hostfs *host, struct listing *list)
{
	int fd = openat(host->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct seen seen = { 0 };
	struct dirent *entry;
	struct nsids ids;
	pid_t pid;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;
	}
	if (read_own(&ids) == 0)
		r = see(&seen, &ids);
	for (size_t i = 0; i < list->n && r == 0; i++)
		if (read_nsids(list->item[i].found.proc_fd, &ids) == 0)
			r = see(&seen, &ids);
	while (r == 0 && (entry = readdir(dir)))
		if (parse_pid(entry->d_name, &pid) == 0)
			r = add_process(host, pid, &seen, list);
	free(seen.item);
	(void)closedir(dir); /* it was only read */
	return r;
}
