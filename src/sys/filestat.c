/* SPDX-License-Identifier: MIT */
#include "sys/filestat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int filestat_known(int dirfd, const char *path, int flags, unsigned int mask, struct statx *ret_st)
{
	struct statx st = { 0 };

	/* Also where a file system lies over another one, which it would ask in its owner's name. */
	flags |= AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	if (syscall(SYS_statx, dirfd, path, flags, mask, &st) < 0)
		return -errno;
	if ((st.stx_mask & mask) != mask)
		return -ENODATA;
	*ret_st = st;
	return 0;
}

static int identify(int dirfd, const char *path, struct statx *ret_st)
{
	return filestat_known(dirfd, path, AT_EMPTY_PATH, STATX_TYPE | STATX_INO, ret_st);
}

bool filestat_same(int a_fd, const char *a_path, int b_fd, const char *b_path)
{
	struct statx a = { 0 }, b = { 0 };

	return identify(a_fd, a_path, &a) == 0 && identify(b_fd, b_path, &b) == 0 &&
	       a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor &&
	       a.stx_ino == b.stx_ino;
}
