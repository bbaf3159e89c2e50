/* SPDX-License-Identifier: MIT */
/* Pid namespaces as a tree: from a process to the first process of its namespace. */
#pragma once

#include <sys/types.h>

/*
 * pidns_init() - process 1 of a pid namespace, by its number in ours
 * @ns_fd: the pid namespace
 *
 * Return: its pid, -ENOTTY before Linux 6.11 (-EINVAL on some), -ESRCH where it has exited or cannot
 * be seen from here.
 */
pid_t pidns_init(int ns_fd);

/*
 * pidns_open_below() - the pid namespaces from a process's own up to, but without, ours
 * @proc_fd: /proc/PID
 * @ret_fd:  owned descriptors, innermost first; not written to where nothing is returned
 * @max:     how many fit; the kernel nests 32 deep
 *
 * Return: how many, 0 where the process lives in ours or before Linux 4.9, or a negative errno.
 */
int pidns_open_below(int proc_fd, int *ret_fd, int max);
