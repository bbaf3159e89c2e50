/* SPDX-License-Identifier: MIT */
#include "run/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "run/calls.h"
#include "run/filelimit.h"
#include "util/fd.h"

/* Since Linux 6.3. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20
#endif

enum {
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

static int make_memfd(const char *name)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = call_memfd_create(name, flags | MFD_EXEC);

	/* Before 6.3 all are executable, and asking for it is an error. */
	if (fd < 0 && errno == EINVAL)
		fd = call_memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

static int seal(int fd)
{
	if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_EXEC) == 0)
		return 0;
	if (errno != EINVAL || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	return 0;
}

static int memory_file(const char *name, sealed_fill *fill, const void *ctx)
{
	_cleanup_fd_ int fd = make_memfd(name);
	int r = fd < 0 ? fd : fill(fd, ctx);

	if (r == 0)
		r = seal(fd);
	return r < 0 ? r : fd_steal(&fd);
}

/*
 * A file without a name, open for reading alone: no descriptor writes to it, and while it is
 * executed the kernel lets none be opened that does.
 */
static int nameless_file(const char *dir, sealed_fill *fill, const void *ctx)
{
	_cleanup_fd_ int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0700);
	_cleanup_fd_ int reading = -EBADF;
	char link[FD_LINK_MAX];
	struct statfs fs;
	int r;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0 || (fs.f_flags & ST_NOEXEC))
		return -EACCES;
	reading = open(fd_link(fd, link), O_RDONLY | O_CLOEXEC);
	if (reading < 0)
		return -errno;
	r = fill(fd, ctx);
	return r < 0 ? r : fd_steal(&reading);
}

/* Whether the system executes no memory files at all. */
static bool forbids_memfds(int errnum)
{
	return errnum == EACCES || errnum == ENOSYS || errnum == EPERM;
}

int sealed_make(const char *name, sealed_fill *fill, const void *ctx)
{
	static const char *const dirs[] = { "/dev/shm", "/run", "/tmp" };
	int r = memory_file(name, fill, ctx);

	if (r >= 0 || !forbids_memfds(-r))
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		int fd = nameless_file(dirs[i], fill, ctx);

		if (fd >= 0)
			return fd;
	}
	return r;
}

void sealed_hint(int errnum, struct error *err)
{
	if (forbids_memfds(errnum))
		error_hint(err, "no memory file can be executed (vm.memfd_noexec=2, or a seccomp "
				"filter), and no file in /dev/shm, /run or /tmp (noexec)");
	filelimit_hint(errnum, err);
}
