/* SPDX-License-Identifier: MIT */
#include "run/descriptors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/parse.h"

/* What is done with one descriptor. Return: 0 or -errno. */
typedef int visit(int fd, const void *ctx);

/* The names in @list, which getdents64(2) has filled with @size bytes. */
static int visit_listed(const char *list, long size, visit *what, const void *ctx)
{
	int r = 0;

	for (long at = 0; at < size && r == 0;) {
		const struct dirent64 *entry = (const void *)(list + at);
		uint64_t fd;

		if (parse_uint64(entry->d_name, INT32_MAX, &fd) == 0)
			r = what((int)fd, ctx);
		at += entry->d_reclen;
	}
	return r;
}

/* Not by opendir(3): it marks what it is given, and reads more than is there. */
static int visit_each(visit *what, const void *ctx)
{
	_cleanup_fd_ int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct dirent64) char list[2048];
	long n;
	int r;

	if (dir < 0)
		return -errno;
	do {
		n = syscall(SYS_getdents64, dir, list, sizeof(list));
		r = n < 0 ? -errno : visit_listed(list, n, what, ctx);
	} while (r == 0 && n > 0);
	return r;
}

struct range {
	unsigned int first, last;
};

static int mark(int fd, const void *ctx)
{
	const struct range *range = ctx;

	if ((unsigned int)fd < range->first || (unsigned int)fd > range->last)
		return 0;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

int descriptors_mark(unsigned int first, unsigned int last)
{
	const struct range range = { first, last };

	return visit_each(mark, &range);
}

struct kept {
	const int *fd;
	size_t n;
};

static bool is_kept(const struct kept *kept, int fd)
{
	for (size_t i = 0; i < kept->n; i++)
		if (kept->fd[i] == fd)
			return true;
	return false;
}

static int let_go(int fd, const void *ctx)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -errno;
	if (fd > STDERR_FILENO && !(flags & FD_CLOEXEC) && !is_kept(ctx, fd))
		(void)close(fd); /* the caller has it still: nothing is lost */
	return 0;
}

int descriptors_let_go(const int *keep, size_t n)
{
	const struct kept kept = { keep, n };

	return visit_each(let_go, &kept);
}
