/* SPDX-License-Identifier: MIT */
/* What /proc/self/fdinfo says of a descriptor of ours. */
#pragma once

/*
 * fdinfo_int() - one number
 * @procfd: /proc, a genuine one; AT_FDCWD: the one at /proc
 * @field:  "mnt_id", the mount that it was opened on (since Linux 3.15); "Pid" of a pidfd
 *
 * Return: 0, -EBADMSG where the text has no such number, or another -errno.
 */
int fdinfo_int(int procfd, int fd, const char *field, int *ret_value);
