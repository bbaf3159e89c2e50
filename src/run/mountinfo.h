/* SPDX-License-Identifier: MIT */
/*
 * Where something is mounted, for a child that has joined a namespace already. libmount cannot be
 * loaded there, since that would be the target's; and loaded before, in each run, it costs more
 * than all the rest of one.
 */
#pragma once

typedef int (*mountinfo_fn)(const char *path, void *ctx);

/*
 * mountinfo_each() - call @fn with the place of each mount of this process
 * @proc_fd: /proc, a genuine one; AT_FDCWD: the one at /proc
 * @fn:      gets the path as it is, not escaped; its first negative result ends it
 *
 * Return: 0, @fn's negative result, or -errno where the list cannot be read or has more than 16 MiB.
 */
int mountinfo_each(int proc_fd, mountinfo_fn fn, void *ctx);
