/* SPDX-License-Identifier: MIT */
#include "util/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd); /* nothing was written through what we own; nothing to report */
	errno = saved;
	return -EBADF;
}

const char *fd_link(int fd, char buf[FD_LINK_MAX])
{
	(void)snprintf(buf, FD_LINK_MAX, "/proc/self/fd/%d", fd); /* an int fits */
	return buf;
}

int fd_guard_stdio(void)
{
	int opened;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is @fd itself, since all below it are open by now. */
		opened = open("/dev/null", O_RDONLY);
		if (opened < 0)
			return -errno;
		if (opened != fd)
			(void)fd_close(opened); /* always -EBADF: @fd was open after all */
	}
	return 0;
}

static ssize_t read_whole(int fd, char *buf, size_t size)
{
	size_t used = 0;

	for (;;) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
		if (used == size)
			return -EFBIG;
	}
	buf[used] = '\0';
	return (ssize_t)used;
}

ssize_t fd_read_file(int dirfd, const char *name, char *buf, size_t size)
{
	_cleanup_fd_ int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return read_whole(fd, buf, size);
}

ssize_t fd_read_once(int dirfd, const char *name, char *buf, size_t size)
{
	_cleanup_fd_ int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, buf, size - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n == (ssize_t)size - 1 ? -EFBIG : n;
}

ssize_t fd_read_rest(int fd, size_t limit, char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0, used = 0;

	for (;;) {
		ssize_t n;

		if (used + 1 >= size) {
			char *more = realloc(text, size = size ? size * 2 : 8192);

			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read(fd, text + used, size - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > limit)
			return -EFBIG;
	}
	text[used] = '\0';
	*ret_text = steal_pointer(&text);
	return (ssize_t)used;
}

ssize_t fd_read_alloc(int dirfd, const char *name, size_t limit, char **ret_text)
{
	_cleanup_fd_ int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	return fd < 0 ? -errno : fd_read_rest(fd, limit, ret_text);
}

int fd_write_all(int fd, const void *buf, size_t size)
{
	const char *p = buf;

	while (size > 0) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}
