/* SPDX-License-Identifier: MIT */
#include "find/member.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "find/cgname.h"
#include "find/ident.h"
#include "find/process.h"
#include "sys/pidns.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	LEVELS_MAX = 32,      /* the kernel nests pid namespaces no deeper */
	DESCEND_MAX = 8,      /* "container", "init", "payload": runtimes need one level */
	PROCS_LIMIT = 1 << 22 /* bytes of cgroup.procs: every pid there can be */
};

struct pids {
	pid_t *item; /* heap */
	size_t n, size;
};

static int pids_add(struct pids *pids, pid_t pid)
{
	if (pids->n == pids->size) {
		size_t size = pids->size ? pids->size * 2 : 16;
		pid_t *more = reallocarray(pids->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		pids->item = more;
		pids->size = size;
	}
	pids->item[pids->n++] = pid;
	return 0;
}

static int read_procs(int cgroup_fd, struct pids *pids)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = fd_read_alloc(cgroup_fd, "cgroup.procs", PROCS_LIMIT, &text);
	char *rest = text;

	/* A threaded cgroup does not tell its processes: they are listed further up. */
	if (n == -EOPNOTSUPP)
		return 0;
	if (n < 0)
		return (int)n;
	for (;;) {
		char *end;
		long pid = strtol(rest, &end, 10);
		int r;

		if (end == rest)
			return 0;
		rest = end;
		if (pid <= 0) /* 0: lives where our pid namespace cannot see it */
			continue;
		r = pids_add(pids, (pid_t)pid);
		if (r < 0)
			return r;
	}
}

/* Directories that a container or its runtime made below its own cgroup; not nested containers. */
static bool is_own_child(const struct dirent *entry)
{
	struct cgname name;

	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0 && !cgname_parse(entry->d_name, &name);
}

static int collect(int cgroup_fd, int depth, struct pids *pids)
{
	_cleanup_fd_ int fd = -EBADF;
	struct dirent *entry;
	DIR *dir;
	int r = read_procs(cgroup_fd, pids);

	if (r < 0 || pids->n > 0 || depth >= DESCEND_MAX)
		return r;
	fd = openat(cgroup_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return -errno;
	(void)fd_steal(&fd); /* closedir() closes it */
	while (r >= 0 && pids->n == 0 && (entry = readdir(dir))) {
		_cleanup_fd_ int child = -EBADF;

		if (!is_own_child(entry))
			continue;
		child = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (child >= 0)
			r = collect(child, depth + 1, pids);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

static void move(struct found *ret_found, struct found *from)
{
	*ret_found = *from;
	*from = FOUND_NONE;
}

/* Process 1 of one namespace, if it belongs to the container. Often it is the member itself. */
static int init_of_level(int ns_fd, struct found *member, const char *id, struct found *ret_found)
{
	_cleanup_found_ struct found init = FOUND_NONE;
	pid_t pid = pidns_init(ns_fd);

	if (pid <= 0)
		return pid == -EINVAL ? -ENOTTY : pid;
	if (pid == member->pid)
		move(&init, member);
	else if (process_try(pid, &init) < 0)
		return -ESRCH;
	if (!ident_is(init.proc_fd, id))
		return -ESRCH;
	move(ret_found, &init);
	return 0;
}

/*
 * The first process of the outermost pid namespace that belongs to the container, asked of the
 * kernel through any member: exec'ed processes and health checks live in the same namespace.
 * Return: 0, -ENOTTY where the kernel cannot tell (before Linux 6.11), -ESRCH where there is none.
 */
static int init_by_namespace(struct found *member, const char *id, struct found *ret_found)
{
	int level[LEVELS_MAX];
	int n = pidns_open_below(member->proc_fd, level, LEVELS_MAX);
	int r = n < 0 ? n : -ESRCH;

	for (int i = n - 1; i >= 0; i--) {
		if (r != 0)
			r = init_of_level(level[i], member, id, ret_found);
		(void)fd_close(level[i]); /* always -EBADF */
	}
	return r;
}

/* What orders members where the namespace does not tell. Smaller is more like an init. */
struct rank {
	bool not_init;	/* not process 1 of a pid namespace of the container's own */
	bool our_files; /* shares our mount namespace: somebody of the host who moved in */
	uint64_t start;
};

static bool rank_less(const struct rank *a, const struct rank *b)
{
	if (a->not_init != b->not_init)
		return b->not_init;
	if (a->our_files != b->our_files)
		return b->our_files;
	return a->start < b->start;
}

static bool has_pid(const struct pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->n; i++)
		if (pids->item[i] == pid)
			return true;
	return false;
}

static bool shares_our_files(int proc_fd)
{
	uint64_t theirs, ours;

	return proc_ns_inode(proc_fd, "ns/mnt", &theirs) == 0 &&
	       proc_ns_inode(AT_FDCWD, "/proc/self/ns/mnt", &ours) == 0 && theirs == ours;
}

/* Before Linux 6.11: process 1 in its own namespace whose parent, the shim, is outside. */
static bool looks_like_init(int proc_fd, const struct proc_stat *stat, const struct pids *pids)
{
	struct proc_status status = { 0 };
	bool is = false;

	if (proc_status_read(proc_fd, &status) == 0)
		is = status.nspid_depth > 1 && status.nspid_last == 1 && !has_pid(pids, stat->ppid);
	proc_status_done(&status);
	return is;
}

static int init_by_rank(const struct pids *pids, const char *id, bool by_nspid,
			struct found *ret_found)
{
	_cleanup_found_ struct found best = FOUND_NONE;
	struct rank best_rank = { 0 };

	for (size_t i = 0; i < pids->n; i++) {
		_cleanup_found_ struct found member = FOUND_NONE;
		struct proc_stat stat;
		struct rank rank;

		if (process_try(pids->item[i], &member) < 0 || !ident_is(member.proc_fd, id) ||
		    proc_stat_read(member.proc_fd, &stat) < 0 || stat.state == 'Z')
			continue;
		rank = (struct rank){
			.not_init = !by_nspid || !looks_like_init(member.proc_fd, &stat, pids),
			.our_files = shares_our_files(member.proc_fd),
			.start = stat.start_time,
		};
		if (best.proc_fd >= 0 && !rank_less(&rank, &best_rank))
			continue;
		found_done(&best);
		move(&best, &member);
		best_rank = rank;
	}
	if (best.proc_fd < 0)
		return -ESRCH;
	move(ret_found, &best);
	return 0;
}

static int find_init(const struct pids *pids, const char *id, struct found *ret_found)
{
	bool by_nspid = false;

	for (size_t i = 0; i < pids->n; i++) {
		_cleanup_found_ struct found member = FOUND_NONE;
		int r;

		if (process_try(pids->item[i], &member) < 0)
			continue;
		r = init_by_namespace(&member, id, ret_found);
		if (r == 0)
			return 0;
		if (r == -ENOTTY || r == -EACCES) {
			by_nspid = true;
			break;
		}
	}
	/* Containers in the pid namespace of the host or of another container have no process 1. */
	return init_by_rank(pids, id, by_nspid, ret_found);
}

int member_pick_init(const pid_t *list, size_t n, const char *id, struct found *ret_found)
{
	struct pids pids = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = pids_add(&pids, list[i]);
	if (r >= 0)
		r = find_init(&pids, id, ret_found);
	free(pids.item);
	return r;
}

int member_find_init(int cgroup_fd, const char *id, struct found *ret_found)
{
	struct pids pids = { 0 };
	int r = collect(cgroup_fd, 0, &pids);

	if (r >= 0)
		r = find_init(&pids, id, ret_found);
	free(pids.item);
	return r;
}
