/* SPDX-License-Identifier: MIT */
#include "find/member.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "find/cgname.h"
#include "find/pids.h"
#include "find/process.h"
#include "sys/pidns.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	LEVELS_MAX = 32, /* the kernel nests pid namespaces no deeper */
	DESCEND_MAX = 8	 /* "container", "init", "payload": runtimes need one level */
};

/* Who is looked for, and where. */
struct quest {
	const struct hostfs *host;
	const struct ident_claim *claim;
	int cgroup_fd; /* that lists the members, or -EBADF */
};

/* Mostly one of the first members leads to the init already. Return: 0 or -errno. */
static int read_first_procs(int cgroup_fd, struct pids *pids)
{
	char text[64]; /* the kernel walks no further than is asked for */
	_cleanup_fd_ int fd = openat(cgroup_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	pids->partial = n == sizeof(text) - 1;
	return pids_take(text, pids);
}

static int read_procs(int cgroup_fd, bool all, struct pids *pids)
{
	int r = all ? pids_read(cgroup_fd, "cgroup.procs", pids)
		    : read_first_procs(cgroup_fd, pids);

	/* A threaded cgroup does not tell its processes: they are listed further up. */
	return r == -EOPNOTSUPP ? 0 : r;
}

/* Directories that a container or its runtime made below its own cgroup; not nested containers. */
static bool is_own_child(const struct dirent *entry)
{
	struct cgname name;

	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0 && !cgname_parse(entry->d_name, &name);
}

/* kernfs counts subdirectories: 2 links are the directory's own. 1: not counted. */
static bool has_children(int cgroup_fd)
{
	struct stat st;

	return fstat(cgroup_fd, &st) < 0 || st.st_nlink != 2;
}

static int collect(int cgroup_fd, bool all, int depth, struct pids *pids)
{
	_cleanup_fd_ int fd = -EBADF;
	struct dirent *entry;
	DIR *dir;
	int r = read_procs(cgroup_fd, all, pids);

	if (r < 0 || pids->n > 0 || depth >= DESCEND_MAX || !has_children(cgroup_fd))
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
			r = collect(child, all, depth + 1, pids);
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
static int init_of_level(const struct quest *q, int ns_fd, struct found *member,
			 struct found *ret_found)
{
	_cleanup_found_ struct found init = FOUND_NONE;
	pid_t pid = pidns_init(ns_fd);
	bool is_member = pid == member->pid;

	if (pid <= 0)
		return pid == -EINVAL ? -ENOTTY : pid;
	if (is_member)
		move(&init, member);
	else if (process_try(q->host, pid, &init) < 0)
		return -ESRCH;
	/* Its namespaces cannot be joined any more: another member leads in. */
	if (process_has_ended(&init))
		return -ESRCH;
	if (!(is_member && q->claim->is_verified) && !ident_fits(init.proc_fd, q->claim))
		return -ESRCH;
	move(ret_found, &init);
	return 0;
}

/*
 * The first process of the outermost pid namespace that belongs to the container, asked of the
 * kernel through any member: exec'ed processes and health checks live in the same namespace.
 * Return: 0, -ENOTTY where the kernel cannot tell (before Linux 6.11), -ESRCH where there is none.
 */
static int init_by_namespace(const struct quest *q, struct found *member, struct found *ret_found)
{
	int level[LEVELS_MAX];
	/* The number that the kernel would tell is ours, not one of a foreign /proc. */
	int n = q->host->foreign ? -ENOTTY : pidns_open_below(member->proc_fd, level, LEVELS_MAX);
	int r = n < 0 ? n : -ESRCH;

	for (int i = n - 1; i >= 0; i--) {
		if (r != 0)
			r = init_of_level(q, level[i], member, ret_found);
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

/* By "ns/mnt" of a process, or "PID/ns/mnt" of a /proc. */
static bool shares_our_files(int dirfd, const char *link)
{
	uint64_t theirs, ours;

	return proc_ns_inode(dirfd, link, &theirs) == 0 &&
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

static int init_by_rank(const struct quest *q, const struct pids *pids, bool by_nspid,
			struct found *ret_found)
{
	_cleanup_found_ struct found best = FOUND_NONE;
	struct rank best_rank = { 0 };

	for (size_t i = 0; i < pids->n; i++) {
		_cleanup_found_ struct found member = FOUND_NONE;
		struct proc_stat stat;
		struct rank rank;

		if (process_try(q->host, pids->item[i], &member) < 0 ||
		    !ident_fits(member.proc_fd, q->claim) ||
		    proc_stat_read(member.proc_fd, &stat) < 0 || stat.state == 'Z')
			continue;
		rank = (struct rank){
			.not_init = !by_nspid || !looks_like_init(member.proc_fd, &stat, pids),
			.our_files = shares_our_files(member.proc_fd, "ns/mnt"),
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

/*
 * Of the first ones that were put into the cgroup (v2) so many are looked at: a container can have
 * thousands. Numbers (v1) tell nothing of who was there first: they are given from the beginning again.
 */
enum {
	LOOKED_AT = 3
};

/* One of them, by its number: handles are taken of the one that is chosen only. */
static int rank_number(const struct quest *q, pid_t pid, struct rank *ret_rank)
{
	char path[sizeof("2147483647/ns/mnt")], text[1024];
	struct proc_stat stat;

	(void)snprintf(path, sizeof(path), "%d/stat", pid); /* fits: pids are positive ints */
	if (fd_read_file(q->host->proc_fd, path, text, sizeof(text)) < 0 ||
	    proc_stat_parse(text, &stat) < 0 || stat.state == 'Z')
		return -ESRCH;
	(void)snprintf(path, sizeof(path), "%d/ns/mnt", pid);
	*ret_rank = (struct rank){
		.our_files = shares_our_files(q->host->proc_fd, path),
		.start = stat.start_time,
	};
	return 0;
}

/* Whether the members are listed by their numbers, not as they came. */
static bool are_sorted(const struct quest *q)
{
	struct statfs fs;

	return q->cgroup_fd >= 0 && fstatfs(q->cgroup_fd, &fs) == 0 &&
	       fs.f_type == CGROUP_SUPER_MAGIC;
}

/* In the pid namespace of the host or of another container there is no process 1 of its. */
static int find_oldest(const struct quest *q, const struct pids *pids, struct found *ret_found)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	struct rank best_rank = { 0 };
	pid_t best = 0;
	bool sorted = are_sorted(q);
	size_t n = 0;

	/* What is left out may be the oldest. */
	if (sorted && pids->partial)
		return -ESRCH;
	for (size_t i = 0; i < pids->n && (n < LOOKED_AT || sorted); i++) {
		struct rank rank;

		if (rank_number(q, pids->item[i], &rank) < 0)
			continue;
		if (n++ == 0 || rank_less(&rank, &best_rank)) {
			best = pids->item[i];
			best_rank = rank;
		}
	}
	if (best == 0 || process_try(q->host, best, &found) < 0 ||
	    !ident_fits(found.proc_fd, q->claim))
		return -ESRCH;
	move(ret_found, &found);
	return 0;
}

/* Return: 0, -ESRCH, or -ENOTTY where the kernel does not tell and NSpid has to. */
static int look_at_first(const struct quest *q, const struct pids *pids, struct found *ret_found)
{
	for (size_t i = 0; i < pids->n; i++) {
		_cleanup_found_ struct found member = FOUND_NONE;
		int r;

		if (process_try(q->host, pids->item[i], &member) < 0)
			continue;
		r = init_by_namespace(q, &member, ret_found);
		if (r == 0 || r == -ENOTTY)
			return r;
		break;
	}
	return find_oldest(q, pids, ret_found);
}

static int find_init(const struct quest *q, const struct pids *pids, struct found *ret_found)
{
	int r = look_at_first(q, pids, ret_found);

	return r == 0 ? 0 : init_by_rank(q, pids, r == -ENOTTY, ret_found);
}

int member_pick_init(const struct hostfs *host, const pid_t *list, size_t n,
		     const struct ident_claim *claim, struct found *ret_found)
{
	const struct quest q = { host, claim, -EBADF };
	_cleanup_pids_ struct pids pids = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = pids_add(&pids, list[i]);
	if (r >= 0)
		r = find_init(&q, &pids, ret_found);
	return r;
}

int member_find_init(const struct hostfs *host, int cgroup_fd, const struct ident_claim *claim,
		     struct found *ret_found)
{
	const struct quest q = { host, claim, cgroup_fd };
	_cleanup_pids_ struct pids pids = { 0 };
	int r = collect(cgroup_fd, false, 0, &pids);

	if (r >= 0 && pids.partial) {
		r = look_at_first(&q, &pids, ret_found);
		if (r < 0) {
			pids.n = 0;
			r = collect(cgroup_fd, true, 0, &pids);
			if (r >= 0)
				r = find_init(&q, &pids, ret_found);
		}
	} else if (r >= 0) {
		r = find_init(&q, &pids, ret_found);
	}
	return r;
}
