/* SPDX-License-Identifier: MIT */
#include "find/cgprocs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "find/pids.h"
#include "sys/pidfd.h"
#include "util/fd.h"

enum {
	DEPTH_MAX = 32
};

static int collect(int cgroup_fd, int depth, struct pids *pids)
{
	struct dirent *entry;
	DIR *dir;
	int fd, r = pids_read(cgroup_fd, "cgroup.procs", pids);

	/* It was just removed, or it is a threaded one, which tells its processes further up. */
	if (r != -ENOMEM)
		r = 0;
	if (r < 0 || depth >= DEPTH_MAX)
		return r;
	fd = openat(cgroup_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;	    /* it was just removed */
	}
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_fd_ int child = -EBADF;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		child = openat(dirfd(dir), entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child >= 0)
			r = collect(child, depth + 1, pids);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

static int compare_starts(const void *a, const void *b)
{
	const struct cgproc *x = a, *y = b;

	if (x->start_time != y->start_time)
		return x->start_time < y->start_time ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool read_one(const struct hostfs *host, pid_t pid, struct cgproc *ret_proc)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct proc_status status = { 0 };
	struct proc_stat stat;

	if (proc_fd < 0 || proc_stat_read(proc_fd, &stat) < 0 || stat.state == 'Z' ||
	    stat.state == 'X' || proc_status_read(proc_fd, &status) < 0)
		return false;
	*ret_proc = (struct cgproc){
		.pid = pid, .ppid = stat.ppid, .start_time = stat.start_time, .uid = status.uid[1]
	};
	memcpy(ret_proc->comm, stat.comm, sizeof(ret_proc->comm));
	proc_status_done(&status);
	return true;
}

static int read_all(const struct hostfs *host, const struct pids *pids, struct cgprocs *procs)
{
	if (pids->n == 0)
		return 0;
	procs->item = calloc(pids->n, sizeof(*procs->item));
	if (!procs->item)
		return -ENOMEM;
	procs->size = pids->n;
	for (size_t i = 0; i < pids->n; i++) {
		struct cgproc *p = &procs->item[procs->n];

		if (!read_one(host, pids->item[i], p))
			continue;
		p->top = !pids_has(pids, p->ppid);
		procs->n++;
	}
	if (procs->n > 0)
		qsort(procs->item, procs->n, sizeof(*procs->item), compare_starts);
	return 0;
}

int cgprocs_list(const struct hostfs *host, int cgroup_fd, struct cgprocs *ret_procs)
{
	struct cgprocs procs = { 0 };
	_cleanup_pids_ struct pids pids = { 0 };
	int r = collect(cgroup_fd, 0, &pids);

	pids_sort(&pids);
	if (r == 0)
		r = read_all(host, &pids, &procs);
	if (r < 0) {
		cgprocs_done(&procs);
		return r;
	}
	*ret_procs = procs;
	return 0;
}

/* Process 1 of a pid namespace whose parent is not in the cgroup: health checks and such are not. */
static bool is_init(const struct hostfs *host, const struct cgproc *proc)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, proc->pid);
	struct proc_status status = { 0 };
	bool is;

	if (!proc->top || proc_fd < 0 || proc_status_read(proc_fd, &status) < 0)
		return false;
	is = status.nspid_depth > 1 && status.nspid_last == 1;
	proc_status_done(&status);
	return is;
}

const struct cgproc *cgprocs_first(const struct hostfs *host, const struct cgprocs *procs)
{
	for (size_t i = 0; i < procs->n; i++)
		if (is_init(host, &procs->item[i]))
			return &procs->item[i];
	return procs->n > 0 ? &procs->item[0] : NULL;
}

int cgprocs_open(const struct hostfs *host, pid_t pid, uint64_t start_time, struct found *ret_found)
{
	_cleanup_fd_ int pidfd = hostfs_pidfd(host, pid);
	_cleanup_fd_ int proc_fd = -EBADF;
	struct proc_stat stat;

	/* Without a pidfd the directory alone holds on to the process. */
	if (pidfd < 0 && pidfd != -ENOSYS)
		return -ESRCH;
	proc_fd = hostfs_proc(host, pid);
	if (proc_fd < 0 || proc_stat_read(proc_fd, &stat) < 0 || stat.start_time != start_time)
		return -ESRCH;
	*ret_found = (struct found){
		.pid = pid,
		.pidfd = pidfd >= 0 ? fd_steal(&pidfd) : -EBADF,
		.proc_fd = fd_steal(&proc_fd),
	};
	return 0;
}

/* The list is read once more with the handles held: the number cannot pass to another one now. */
int cgprocs_take(const struct hostfs *host, int cgroup_fd, const struct cgproc *proc,
		 struct found *ret_found)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_pids_ struct pids pids = { 0 };
	bool is_member = false;
	int r = cgprocs_open(host, proc->pid, proc->start_time, &found);

	if (r == 0)
		r = collect(cgroup_fd, 0, &pids);
	for (size_t i = 0; i < pids.n && r == 0; i++)
		is_member = is_member || pids.item[i] == proc->pid;
	if (r < 0 || !is_member || (found.pidfd >= 0 && pidfd_exited(found.pidfd)))
		return -ESRCH;
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

void cgprocs_done(struct cgprocs *procs)
{
	free(procs->item);
	*procs = (struct cgprocs){ 0 };
}
