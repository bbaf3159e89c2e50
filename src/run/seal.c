/* SPDX-License-Identifier: MIT */
#include "run/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

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
	/* Not readable: the kernel then hides the process that executes it from the first moment. */
	MODE = 0111,
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

/* The last number, which hardly any map reaches. */
static const uid_t nobody = (uid_t)-2;

static int make_memfd(void)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = call_memfd_create("nsjoin", flags | MFD_EXEC);

	/* Before 6.3 all are executable, and asking for it is an error. */
	if (fd < 0 && errno == EINVAL)
		fd = call_memfd_create("nsjoin", flags);
	return fd < 0 ? -errno : fd;
}

static int fill(int fd)
{
	int r = filelimit_write(fd, leader_image, (size_t)(leader_image_end - leader_image));

	if (r == 0 && call_fchmod(fd, MODE) < 0)
		r = -errno;
	/*
	 * Nobody's: a user namespace in which the owner has a name decides itself who may look into
	 * what executes the file (since Linux 4.10). Who is not root cannot give it away, and in a
	 * user namespace of ours the number may not be there.
	 */
	if (r == 0 && syscall(SYS_fchown, fd, nobody, nobody) < 0 && errno != EPERM &&
	    errno != EINVAL)
		r = -errno;
	return r;
}

static int seal(int fd)
{
	if (fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_EXEC) == 0)
		return 0;
	if (errno != EINVAL || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	return 0;
}

static int sealed_memfd(void)
{
	_cleanup_fd_ int fd = make_memfd();
	int r = fd < 0 ? fd : fill(fd);

	if (r == 0)
		r = seal(fd);
	return r < 0 ? r : fd_steal(&fd);
}

/*
 * A file without a name, open for reading alone: no descriptor writes to it, and while it is
 * executed the kernel lets none be opened that does.
 */
static int nameless_file(const char *dir)
{
	char link[FD_LINK_MAX];
	_cleanup_fd_ int fd = -EBADF;
	struct statfs fs;
	int reading, r;

	fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0700);
	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0 || (fs.f_flags & ST_NOEXEC))
		return -EACCES;
	reading = open(fd_link(fd, link), O_RDONLY | O_CLOEXEC);
	if (reading < 0)
		return -errno;
	r = fill(fd);
	if (r < 0) {
		(void)fd_close(reading);
		return r;
	}
	return reading;
}

/* Whether the system executes no memory files at all. */
static bool forbids_memfds(int r)
{
	return r == -EACCES || r == -ENOSYS || r == -EPERM;
}

int seal_leader(struct error *err)
{
	static const char *const dirs[] = { "/dev/shm", "/run", "/tmp" };
	int fd = sealed_memfd(), r = fd;

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && forbids_memfds(r); i++) {
		fd = nameless_file(dirs[i]);
		if (fd >= 0)
			return fd;
	}
	if (r >= 0)
		return fd;
	error_set(err, ERROR_SYSTEM, -r,
		  "make a sealed copy of the program that leads the session");
	if (forbids_memfds(r))
		error_hint(err,
			   "vm.memfd_noexec=2 forbids it, and no other place is left: /dev/shm, "
			   "/run and /tmp are mounted noexec");
	filelimit_hint(-r, err);
	return r;
}
