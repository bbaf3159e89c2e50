/* SPDX-License-Identifier: MIT */
#include "sys/pidns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "util/fd.h"

/* linux/nsfs.h has it since 6.11. */
#ifndef NS_GET_TGID_FROM_PIDNS
#define NS_GET_TGID_FROM_PIDNS _IOR(NSIO, 0x7, int)
#endif

pid_t pidns_init(int ns_fd)
{
	int pid = ioctl(ns_fd, NS_GET_TGID_FROM_PIDNS, 1);

	return pid < 0 ? -errno : pid;
}

int pidns_open_below(int proc_fd, int *ret_fd, int max)
{
	_cleanup_fd_ int fd = openat(proc_fd, "ns/pid", O_RDONLY | O_CLOEXEC);
	int n = 0;

	if (fd < 0)
		return -errno;
	while (n < max) {
		/* Refused (EPERM) where the parent is neither ours nor below ours: at our own. */
		int parent = ioctl(fd, NS_GET_PARENT);

		if (parent < 0)
			return n;
		ret_fd[n++] = fd_steal(&fd);
		fd = parent;
	}
	return n;
}
