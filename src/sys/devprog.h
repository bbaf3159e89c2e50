/* SPDX-License-Identifier: MIT */
/*
 * Which devices the processes of a v2 cgroup may open: programs that are attached to it and to those
 * above (BPF_CGROUP_DEVICE, since Linux 4.15), in place of v1's devices controller. All of them have
 * to allow it.
 */
#pragma once

#include <stddef.h>

/* Each runtime and each init system on the way to a container has one. */
enum {
	DEVPROG_MAX = 16
};

struct devprogs {
	int fd[DEVPROG_MAX]; /* owned */
	size_t n;
};

/*
 * devprogs_open() - the programs that hold for one cgroup and not for another
 * @dir_fd, @other_fd: their directories; O_PATH is enough
 *
 * Asking takes CAP_NET_ADMIN, opening CAP_SYS_ADMIN.
 * Return: 0 and *ret_progs, to be closed by devprogs_close(); or -errno: -ENOSPC where there are more
 * than DEVPROG_MAX, -EINVAL where the kernel is too old to have any.
 */
int devprogs_open(int dir_fd, int other_fd, struct devprogs *ret_progs);

/* devprogs_close() - to be called any number of times */
void devprogs_close(struct devprogs *progs);
