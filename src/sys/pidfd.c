/* SPDX-License-Identifier: MIT */
#include "sys/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/fdinfo.h"

/* linux/magic.h has it since 6.9. */
#define PIDFS_MAGIC 0x50494446

/* linux/pidfd.h has these since 6.13; the structure grows at its end. */
struct info {
	uint64_t mask, cgroup;
	uint32_t others[12];
};

#define INFO_CGROUP (1U << 2)
#define GET_INFO    _IOWR(0xff, 11, struct info)

int pidfd_of(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

bool pidfd_exited(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	/* Readable once the process is a zombie; a failing poll means that we cannot trust it. */
	return poll(&p, 1, 0) != 0;
}

int pidfd_inode(int pidfd, uint64_t *ret_inode)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0)
		return -errno;
	if (fs.f_type != PIDFS_MAGIC)
		return -EOPNOTSUPP;
	if (fstat(pidfd, &st) < 0)
		return -errno;
	*ret_inode = st.st_ino;
	return 0;
}

int pidfd_cgroup(int pidfd, uint64_t *ret_inode)
{
	struct info info = { .mask = INFO_CGROUP };

	if (ioctl(pidfd, GET_INFO, &info) < 0)
		return -errno;
	if (!(info.mask & INFO_CGROUP))
		return -EOPNOTSUPP;
	*ret_inode = info.cgroup;
	return 0;
}

pid_t pidfd_number(int pidfd)
{
	int pid, r = fdinfo_int(AT_FDCWD, pidfd, "Pid", &pid);

	if (r < 0)
		return r;
	/* 0: in another pid namespace; -1: it was reaped. */
	return pid > 0 ? pid : -ESRCH;
}

int pidfd_getfd_of(int pidfd, int fd)
{
	int ret = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	return ret < 0 ? -errno : ret;
}
