/* SPDX-License-Identifier: MIT */
#include "sys/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fd.h"

/* A rename or mount anywhere during the look-up can make it give up; 128 times is not chance. */
enum {
	TRIES = 128
};

/* What a directory component, or the last one, is opened with. */
static int open_one(int dirfd, const char *name, bool last, int flags)
{
	int fd =
		openat(dirfd, name, (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	/* With O_DIRECTORY a link is not a directory; say what it is, as openat2 does. */
	if (fd < 0 && errno == ENOTDIR && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return -ELOOP;
	return fd < 0 ? -errno : fd;
}

static int check_one(int fd, uint64_t resolve, dev_t dev)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	/* O_PATH | O_NOFOLLOW opens a link itself. */
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if ((resolve & RESOLVE_NO_XDEV) && st.st_dev != dev)
		return -EXDEV;
	return 0;
}

/* The next component of @path, "." left out. Return: its length, 0 at the end, or -errno. */
static int next_component(const char **path, char *name)
{
	for (;;) {
		size_t n;

		*path += strspn(*path, "/");
		n = strcspn(*path, "/");
		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, *path, n);
		name[n] = '\0';
		*path += n;
		if (strcmp(name, "..") == 0)
			return -EXDEV;
		if (strcmp(name, ".") != 0)
			return (int)n;
	}
}

static int walk(int dirfd, const char *path, int flags, uint64_t resolve)
{
	_cleanup_fd_ int at = -EBADF;
	char name[NAME_MAX + 1];
	struct stat st;

	if (fstat(dirfd, &st) < 0)
		return -errno;
	for (;;) {
		int n = next_component(&path, name), fd, r;

		if (n < 0)
			return n;
		if (n == 0) /* nothing but slashes and dots; or a trailing slash */
			return at < 0 ? open_one(dirfd, ".", true, flags) : fd_steal(&at);
		fd = open_one(at < 0 ? dirfd : at, name, path[strspn(path, "/")] == '\0', flags);
		if (fd < 0)
			return fd;
		(void)fd_close(at); /* always -EBADF */
		at = fd;
		r = check_one(at, resolve, st.st_dev);
		if (r < 0)
			return r;
	}
}

int beneath_open(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (unsigned int)(flags | O_CLOEXEC), .resolve = resolve };

	if (!*path)
		return -ENOENT;
	for (int i = 0; i < TRIES; i++) {
		int fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));

		if (fd >= 0)
			return fd;
		/* EPERM is what old seccomp filters give for calls that they do not know. */
		if (errno == ENOSYS || errno == EPERM) {
			if ((resolve & RESOLVE_BENEATH) && *path == '/')
				return -EXDEV;
			return walk(dirfd, path, flags, resolve);
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}
