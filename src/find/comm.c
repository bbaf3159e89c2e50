/* SPDX-License-Identifier: MIT */
#include "find/comm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/cgprocs.h"
#include "find/owner.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/nearest.h"
#include "util/parse.h"
#include "util/text.h"

enum {
	COMM_BYTES = 15, /* TASK_COMM_LEN without its NUL */
	COMM_SIZE = 32,
	LISTED_MAX = 16
};

/* A process of the name. */
struct hit {
	pid_t pid, ppid;
	uint64_t start_time;
	uid_t uid;
	bool init;	       /* process 1 of a pid namespace below ours */
	uint64_t pidns, mntns; /* 0 where we may not look */
};

struct hits {
	struct hit *item; /* heap */
	size_t n, size;
	uid_t other; /* of a process that was left out */
	bool left_out;
	char near[COMM_SIZE]; /* what may have been meant; "" if nothing */
};

/* Whose processes count. */
struct query {
	const char *typed; /* "USER/" before the word, or not */
	const char *word;
	bool any;
	uid_t uid;
};

static bool read_comm(int dirfd, const char *pid, char comm[COMM_SIZE])
{
	char path[sizeof("2147483647/comm")];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%.10s/comm", pid); /* fits: digits of a pid */
	n = fd_read_file(dirfd, path, comm, COMM_SIZE);
	if (n <= 0)
		return false;
	/* The name itself may end in a newline; one is always added. */
	comm[n - 1] = '\0';
	return true;
}

static bool is_called(const char *comm, const char *word)
{
	return strlen(word) > COMM_BYTES ? strncmp(comm, word, COMM_BYTES) == 0
					 : strcmp(comm, word) == 0;
}

/* All four uids alike: a set-uid program does what its caller says. */
static int one_uid(const struct proc_status *status, uid_t *ret_uid)
{
	*ret_uid = status->uid[0];
	for (size_t i = 1; i < ARRAY_SIZE(status->uid); i++)
		if (status->uid[i] != status->uid[0]) {
			*ret_uid = MAX(status->uid[0], status->uid[i]);
			return -EPERM;
		}
	return 0;
}

/* Return: 1 where it counts, 0 where it is gone or a kernel thread, -EPERM for another user's. */
static int read_hit(int proc_fd, const struct query *q, struct hit *hit)
{
	struct proc_status status = { 0 };
	struct proc_stat stat;
	int r;

	if (proc_stat_read(proc_fd, &stat) < 0 || stat.kernel_thread || stat.state == 'Z' ||
	    stat.state == 'X' || proc_status_read(proc_fd, &status) < 0)
		return 0;
	r = one_uid(&status, &hit->uid);
	hit->init = status.nspid_depth > 1 && status.nspid_last == 1;
	hit->ppid = stat.ppid;
	hit->start_time = stat.start_time;
	proc_status_done(&status);
	if (!q->any && (r < 0 || hit->uid != q->uid))
		return -EPERM;
	(void)proc_ns_inode(proc_fd, "ns/pid", &hit->pidns); /* 0 where we may not look */
	(void)proc_ns_inode(proc_fd, "ns/mnt", &hit->mntns);
	return 1;
}

static int add(struct hits *hits, const struct hit *hit)
{
	if (hits->n == hits->size) {
		size_t size = MAX(hits->size * 2, (size_t)16);
		struct hit *more = reallocarray(hits->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		hits->item = more;
		hits->size = size;
	}
	hits->item[hits->n++] = *hit;
	return 0;
}

static int consider(const struct hostfs *host, const struct query *q, pid_t pid, struct hits *hits)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct hit hit = { .pid = pid };
	int r = proc_fd < 0 ? 0 : read_hit(proc_fd, q, &hit);

	if (r == -EPERM) {
		hits->left_out = true;
		hits->other = hit.uid;
		return 0;
	}
	return r > 0 ? add(hits, &hit) : 0;
}

static void note_near(const struct hostfs *host, const struct query *q, pid_t pid, const char *comm,
		      struct hits *hits)
{
	_cleanup_fd_ int proc_fd = -EBADF;
	struct hit hit = { .pid = pid };

	if (nearest_offer(q->word, comm, hits->near[0] ? hits->near : NULL) != comm)
		return;
	proc_fd = hostfs_proc(host, pid);
	if (proc_fd >= 0 && read_hit(proc_fd, q, &hit) > 0)
		memcpy(hits->near, comm, sizeof(hits->near));
}

static int scan(const struct hostfs *host, const struct query *q, struct hits *hits)
{
	int fd = openat(host->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;	    /* what cannot be seen is done without */
	}
	while (r == 0 && (entry = readdir(dir))) {
		char comm[COMM_SIZE] = "";
		pid_t pid;

		if (parse_pid(entry->d_name, &pid) < 0 ||
		    !read_comm(dirfd(dir), entry->d_name, comm))
			continue;
		if (is_called(comm, q->word))
			r = consider(host, q, pid, hits);
		else
			note_near(host, q, pid, comm, hits);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->init != y->init)
		return x->init ? -1 : 1;
	if (x->start_time != y->start_time)
		return x->start_time < y->start_time ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool are_together(const struct hits *hits)
{
	for (size_t i = 1; i < hits->n; i++)
		if (hits->item[i].pidns != hits->item[0].pidns ||
		    hits->item[i].mntns != hits->item[0].mntns)
			return false;
	return true;
}

static int refuse_ambiguous(const struct query *q, const struct hits *hits, struct error *err)
{
	_cleanup_text_ struct text detail = { 0 };
	int r = error_set(err, ERROR_TARGET_AMBIGUOUS, 0,
			  "%zu processes in several namespaces are called \"%s\"", hits->n,
			  q->word);

	for (size_t i = 0; i < hits->n && i < LISTED_MAX; i++)
		text_add(&detail, "%d  uid %u\n", hits->item[i].pid, hits->item[i].uid);
	if (hits->n > LISTED_MAX)
		text_add(&detail, "and %zu more\n", hits->n - LISTED_MAX);
	error_hint(err, "type the number of one of them");
	if (err)
		err->detail = text_take(&detail);
	return r;
}

static int refuse_none(const struct query *q, const struct hits *hits, struct error *err)
{
	if (hits->left_out) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no process \"%s\" of uid %u: one of that name is owned by uid %u",
				q->word, q->uid, hits->other);
		error_hint(err, "if it is what you want: -t comm:%u/%s", hits->other, q->word);
		return -EPERM;
	}
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "no process is called \"%s\"", q->word);
	if (hits->near[0])
		error_hint(err, "did you mean: -t comm:%.*s%s", (int)(q->word - q->typed), q->typed,
			   hits->near);
	return -ESRCH;
}

static int take(const struct hostfs *host, const struct query *q, const struct hits *hits,
		struct found *ret_found, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;

	if (hits->n == 0)
		return refuse_none(q, hits, err);
	if (!are_together(hits))
		return refuse_ambiguous(q, hits, err);
	if (cgprocs_open(host, hits->item[0].pid, hits->item[0].start_time, &found) < 0) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d (\"%s\") has exited",
				hits->item[0].pid, q->word);
		return -ESRCH;
	}
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

int comm_find(const struct hostfs *host, const char *word, struct found *ret_found,
	      struct error *err)
{
	/* Who is not root can be misled into no more than his own rights. */
	struct query q = { .typed = word, .word = word, .any = geteuid() != 0 };
	struct hits hits = { 0 };
	int r = owner_split(host, word, &q.uid, &q.word);

	if (r > 0)
		q.any = false;
	if (r >= 0)
		r = scan(host, &q, &hits);
	if (r < 0) {
		r = error_set(err, ERROR_SYSTEM, -r, "look for a process \"%s\"", word);
	} else {
		if (hits.n > 0)
			qsort(hits.item, hits.n, sizeof(*hits.item), compare);
		r = take(host, &q, &hits, ret_found, err);
	}
	free(hits.item);
	return r;
}
