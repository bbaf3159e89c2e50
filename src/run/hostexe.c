/* SPDX-License-Identifier: MIT */
/*
 * -X: the caller's program becomes a sealed copy. A process of the target that may look into ours
 * could open /proc/PID/exe and, once nobody executes it any more, write to the file behind it
 * (CVE-2019-5736): that must be nothing but a copy which ends with the last process.
 */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/filelimit.h"
#include "util/fd.h"

/* linux/memfd.h of before Linux 6.3 lacks it. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

enum {
	CHUNK_MAX = 1 << 30 /* of one sendfile(2) */
};

static int open_memfd(const char *name)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = call_memfd_create(name, flags | MFD_EXEC);

	/* Before Linux 6.3 every memfd can be executed, and the flag is unknown. */
	if (fd < 0 && errno == EINVAL)
		fd = call_memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

/* Where vm.memfd_noexec=2 forbids memfds: a file without a name, on any file system that executes. */
static int open_nameless(void)
{
	static const char *const dirs[] = { "/dev/shm", "/run", "/tmp" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		int fd = open(dirs[i], O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0700);

		if (fd >= 0 && fstatfs(fd, &fs) == 0 && !(fs.f_flags & ST_NOEXEC))
			return fd;
		fd_close(fd);
	}
	return -EACCES;
}

static int copy(int from, int to)
{
	struct filelimit limit;
	off_t offset = 0;
	ssize_t n;
	int r;

	r = filelimit_hold(&limit);
	if (r < 0)
		return r;
	do
		n = call_sendfile(to, from, &offset, CHUNK_MAX);
	while (n > 0);
	r = filelimit_release(&limit, n < 0 ? -errno : 0);
	if (r < 0)
		return r;
	return call_fchmod(to, 0555) < 0 ? -errno : 0;
}

/* What is open for writing is not executed: opened again, and the writable one closed. */
static int open_again(int fd)
{
	char link[FD_LINK_MAX];
	int again = open(fd_link(fd, link), O_RDONLY | O_CLOEXEC);

	return again < 0 ? -errno : again;
}

static int copy_sealed(int from, const char *name)
{
	_cleanup_fd_ int fd = open_memfd(name);
	bool sealable = fd >= 0;
	int r;

	if (fd == -EACCES)
		fd = open_nameless();
	if (fd < 0)
		return fd;
	r = copy(from, fd);
	if (r < 0)
		return r;
	if (sealable &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -errno;
	return open_again(fd);
}

int step_copy_exe(struct run *run, const struct step *step, struct error *err)
{
	int fd = copy_sealed(run->target->exe_fd, plan_exe_name(run->target->facts.exe));

	(void)step;
	if (fd < 0) {
		error_set(err, ERROR_SYSTEM, -fd, "-X: copy \"%s\"", run->target->facts.exe);
		filelimit_hint(-fd, err);
		return fd;
	}
	(void)fd_close(run->target->exe_fd); /* always -EBADF */
	run->target->exe_fd = fd;
	return 0;
}
