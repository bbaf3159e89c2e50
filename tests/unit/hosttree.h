/* SPDX-License-Identifier: MIT */
/*
 * A host's tree for tests, in a directory of its own: files as literals, or a copy of a fixture, so
 * that everything in it belongs to whoever runs the test.
 */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/hostfs.h"
#include "util/fd.h"
#include "util/macro.h"

static char tree_root[sizeof("/tmp/nsjoin-tree-XXXXXX")];

/* For setup and teardown of a test. */
static inline int tree_make(void **state)
{
	(void)state;
	memcpy(tree_root, "/tmp/nsjoin-tree-XXXXXX", sizeof(tree_root));
	return mkdtemp(tree_root) ? 0 : -1;
}

static inline int tree_remove_one(const char *path, const struct stat *st, int flag,
				  struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int tree_remove(void **state)
{
	(void)state;
	return nftw(tree_root, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file of @size bytes, with the directories above it. */
static inline void tree_put_bytes(const char *path, const void *bytes, size_t size)
{
	_cleanup_free_ char *full = NULL;
	_cleanup_fd_ int fd = -EBADF;

	assert_true(asprintf(&full, "%s/%s", tree_root, path) > 0);
	for (char *slash = full + strlen(tree_root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, bytes, size), 0);
}

static inline void tree_put(const char *path, const char *text)
{
	tree_put_bytes(path, text, strlen(text));
}

static size_t tree_copy_from;

static inline int tree_copy_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n;

	(void)st;
	(void)ftw;
	if (flag != FTW_F)
		return 0;
	n = fd_read_alloc(AT_FDCWD, path, 1 << 20, &text);
	assert_true(n >= 0);
	tree_put_bytes(path + tree_copy_from, text, (size_t)n);
	return 0;
}

/* All of a fixture: @name is a directory below FIXTURES. */
static inline void tree_copy(const char *name)
{
	_cleanup_free_ char *from = NULL;

	assert_true(asprintf(&from, "%s/%s/", FIXTURES, name) > 0);
	tree_copy_from = strlen(from);
	from[tree_copy_from - 1] = '\0';
	assert_int_equal(nftw(from, tree_copy_one, 8, FTW_PHYS), 0);
}

/* What stands in /proc/PID of a process. Pids in its pid namespaces are @nspid: "7" or "7\t1". */
struct tree_process {
	int pid, ppid, start;
	unsigned int uid;
	const char *comm, *nspid, *cgroup, *children;
};

static inline void tree_process(const struct tree_process *p)
{
	_cleanup_free_ char *stat = NULL;
	_cleanup_free_ char *status = NULL;
	_cleanup_free_ char *cgroup = NULL;
	_cleanup_free_ char *comm = NULL;
	char path[64];

	assert_true(asprintf(&stat, "%d (%s) S %d 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %d 0\n",
			     p->pid, p->comm, p->ppid, p->start) > 0);
	assert_true(asprintf(&status,
			     "Name:\t%s\nTgid:\t%d\nUid:\t%u\t%u\t%u\t%u\nGid:\t0\t0\t0\t0\n"
			     "Groups:\t \nNSpid:\t%s\n",
			     p->comm, p->pid, p->uid, p->uid, p->uid, p->uid,
			     p->nspid ? p->nspid : "1") > 0);
	assert_true(asprintf(&cgroup, "0::%s\n", p->cgroup) > 0);
	assert_true(asprintf(&comm, "%s\n", p->comm) > 0);
	(void)snprintf(path, sizeof(path), "proc/%d/stat", p->pid);
	tree_put(path, stat);
	(void)snprintf(path, sizeof(path), "proc/%d/status", p->pid);
	tree_put(path, status);
	(void)snprintf(path, sizeof(path), "proc/%d/cgroup", p->pid);
	tree_put(path, cgroup);
	(void)snprintf(path, sizeof(path), "proc/%d/comm", p->pid);
	tree_put(path, comm);
	(void)snprintf(path, sizeof(path), "proc/%d/task/%d/children", p->pid, p->pid);
	tree_put(path, p->children ? p->children : "");
}

static inline struct hostfs tree_host(void)
{
	struct hostfs host = HOSTFS_NONE;

	assert_int_equal(hostfs_init(tree_root, &host, NULL), 0);
	return host;
}
