/* SPDX-License-Identifier: MIT */
/*
 * Owned descriptors. "None" is -EBADF and nothing else; 0 is a descriptor like any other.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/macro.h"

/* fd_close() - close @fd if it is one (>= 0). Keeps errno. Return: -EBADF, to assign back. */
int fd_close(int fd);

/* fd_steal() - hand the descriptor over; -EBADF stays behind. */
static inline int fd_steal(int *fd)
{
	int ret = *fd;

	*fd = -EBADF;
	return ret;
}

static inline void cleanup_fd(int *fd)
{
	(void)fd_close(*fd); /* always -EBADF */
}

#define _cleanup_fd_ _cleanup_(cleanup_fd)

enum {
	FD_LINK_MAX = sizeof("/proc/self/fd/2147483647")
};

/*
 * fd_link() - the path by which what is open is opened once more, or reached by calls that want a path
 * Return: @buf. It leads there as long as /proc is what it should be.
 */
const char *fd_link(int fd, char buf[FD_LINK_MAX]);

/*
 * fd_guard_stdio() - make sure that 0, 1 and 2 are open
 *
 * Run first: a descriptor opened by us while one of them is closed would become the program's
 * standard input. Missing ones become /dev/null, opened for reading: reading ends at once, and writing
 * fails as on a closed descriptor. The program is given them as well.
 *
 * Return: 0, or -errno where even /dev/null cannot be opened.
 */
int fd_guard_stdio(void);

/*
 * fd_read_file() - read a small file whole
 * @dirfd, @name: as for openat(2)
 * @buf, @size:   filled with at most @size - 1 bytes and a final NUL
 *
 * A file that does not fit is an error: half of a /proc file is a wrong answer.
 * Return: the number of bytes, -EFBIG where it does not fit, or another -errno.
 */
ssize_t fd_read_file(int dirfd, const char *name, char *buf, size_t size);

/*
 * fd_read_once() - the same where the kernel gives all of it with one read(2)
 *
 * As it does with what it writes down in one go: most small files of /proc and cgroups. What comes by
 * parts would end with the first of them; what fills the buffer counts as not fitting.
 */
ssize_t fd_read_once(int dirfd, const char *name, char *buf, size_t size);

/*
 * fd_read_alloc() - the same for a file of unknown size, up to @limit bytes
 * @ret_text: heap, NUL terminated, owned by the caller; written on success only
 *
 * Return: the number of bytes, -EFBIG past @limit, or another -errno.
 */
ssize_t fd_read_alloc(int dirfd, const char *name, size_t limit, char **ret_text);

/* fd_read_rest() - the same from where an open file stands. Return: as fd_read_alloc(). */
ssize_t fd_read_rest(int fd, size_t limit, char **ret_text);

/* fd_write_all() - write all of @size bytes. Return: 0 or -errno. */
int fd_write_all(int fd, const void *buf, size_t size);
