/* SPDX-License-Identifier: MIT */
/*
 * System calls that return a negative errno and leave errno alone: for who shares our memory and goes
 * on beside us, since errno is shared as well. Where we do not know the processor's own way they are
 * the library's, see RAW_CALLS.
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#define LEADER_WITH_LIBRARY
#endif
#include "leader/calls.h"

#ifdef LEADER_WITH_LIBRARY
#define RAW_CALLS false
#else
#define RAW_CALLS true
#endif

static inline ssize_t raw_read(int fd, void *buf, size_t n)
{
	return call3(SYS_read, fd, buf, n);
}

static inline ssize_t raw_write(int fd, const void *buf, size_t n)
{
	return call3(SYS_write, fd, buf, n);
}

static inline ssize_t raw_send(int fd, const void *buf, size_t n, int flags)
{
	return call6(SYS_sendto, fd, (long)buf, (long)n, flags, 0, 0);
}

static inline ssize_t raw_recv(int fd, void *buf, size_t n, int flags)
{
	return call6(SYS_recvfrom, fd, (long)buf, (long)n, flags, 0, 0);
}

/* At the file's own position: both halves of -1. */
static inline ssize_t raw_writev2(int fd, const struct iovec *piece, int n, int flags)
{
	return call6(SYS_pwritev2, fd, (long)piece, n, -1L, -1L, flags);
}

static inline ssize_t raw_tee(int from, int to, size_t n, unsigned int flags)
{
	return call4(SYS_tee, from, to, n, flags);
}

static inline int raw_fcntl(int fd, int what, long value)
{
	return (int)call3(SYS_fcntl, fd, what, value);
}

static inline int raw_prctl(int what, unsigned long value)
{
	return (int)call6(SYS_prctl, what, (long)value, 0, 0, 0, 0);
}

static inline int raw_ioctl(int fd, unsigned long what, void *value)
{
	return (int)call3(SYS_ioctl, fd, what, value);
}

static inline off_t raw_lseek(int fd, off_t offset, int whence)
{
	return call3(SYS_lseek, fd, offset, whence);
}

/* @ms: -1 for ever */
static inline int raw_poll(struct pollfd *all, size_t n, int ms)
{
	struct timespec time = { ms / 1000, (ms % 1000) * 1000000L };

	return (int)call6(SYS_ppoll, (long)all, (long)n, ms < 0 ? 0 : (long)&time, 0, 0, 0);
}

/* Return: -EBADF, to assign back. */
static inline int raw_close(int fd)
{
	if (fd >= 0)
		close_fd(fd);
	return -EBADF;
}
