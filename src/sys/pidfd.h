/* SPDX-License-Identifier: MIT */
/* Process handles. A pidfd never comes to mean another process; a number does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * pidfd_of() - pidfd_open(2), since Linux 5.3
 *
 * Return: a descriptor (close-on-exec by nature), -ESRCH where there is no such process in our pid
 * namespace, -ENOENT (Linux 6.18) or -EINVAL (earlier) where @pid is a thread and not a process,
 * -ENOSYS before 5.3.
 */
int pidfd_of(pid_t pid);

/* pidfd_exited() - whether the process has exited (a zombie has), without waiting */
bool pidfd_exited(int pidfd);

/*
 * pidfd_inode() - the number that names this process alone
 *
 * In pidfs, since Linux 6.9, the inode is unique over the life of the system and is never used
 * again. Return: 0, -EOPNOTSUPP on kernels without pidfs, or another -errno.
 */
int pidfd_inode(int pidfd, uint64_t *ret_inode);

/*
 * pidfd_cgroup() - the inode of the directory of cgroup2 that the process is in
 *
 * By PIDFD_GET_INFO, since Linux 6.13. Return: 0, or -errno where the kernel does not tell.
 */
int pidfd_cgroup(int pidfd, uint64_t *ret_inode);

/*
 * pidfd_number() - what the process is called in the pid namespace of our /proc
 *
 * Return: its pid, -ESRCH where it has ended and was reaped or has no number there, or another -errno.
 */
pid_t pidfd_number(int pidfd);

/* pidfd_getfd_of() - pidfd_getfd(2), since Linux 5.6. Return: an owned descriptor or -errno. */
int pidfd_getfd_of(int pidfd, int fd);
