/* SPDX-License-Identifier: MIT */
/* Opening a path below a directory that is not trusted: openat2(2) and what replaces it. */
#pragma once

#include <stdint.h>

/*
 * beneath_open() - openat2(2), since Linux 5.6
 * @dirfd:   where @path starts and, as RESOLVE_IN_ROOT or RESOLVE_BENEATH say, ends
 * @flags:   of open(2); O_CLOEXEC is added
 * @resolve: RESOLVE_* of linux/openat2.h
 *
 * Without the call (or where a seccomp filter forbids it) every symbolic link and ".." is refused,
 * and with RESOLVE_NO_XDEV every change of the file system: safe, though more is refused.
 * Return: an owned descriptor, or -errno: -ELOOP for a refused link, -EXDEV for a refused change of
 * mount or a path that leaves, -EAGAIN where the tree is renamed all the time.
 */
int beneath_open(int dirfd, const char *path, int flags, uint64_t resolve);
