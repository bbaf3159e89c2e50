/* SPDX-License-Identifier: MIT */
/*
 * What the kernel knows of a file, without a question to whoever serves its file system: he may be
 * dead, or keep who asks waiting on purpose, and not even SIGKILL ends that.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

/*
 * filestat_known() - statx(2) of what is known already
 * @flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
 * @mask:  STATX_TYPE and others, all of which are needed
 * Return: 0, -ENODATA where one of them is not known, or another -errno.
 */
int filestat_known(int dirfd, const char *path, int flags, unsigned int mask, struct statx *ret_st);

/* filestat_same() - whether two paths lead to the same file. A path may be "": the descriptor. */
bool filestat_same(int a_fd, const char *a_path, int b_fd, const char *b_path);
