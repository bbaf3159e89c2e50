/* SPDX-License-Identifier: MIT */
#include "run/view_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "run/calls.h"
#include "util/fd.h"

const char *view_tree_path(const char *name, char buf[VIEW_PATH])
{
	(void)snprintf(buf, VIEW_PATH, "/%s", name); /* the names are short */
	return buf;
}

bool view_has_directory(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

bool view_leads_to_directory(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

int view_take_away(const char *path)
{
	while (call_umount(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	if (call_unlinkat(AT_FDCWD, path, 0) == 0 || errno == ENOENT)
		return 0;
	return errno == EISDIR && call_unlinkat(AT_FDCWD, path, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

int view_write_file(const char *path, const char *data, size_t size, mode_t mode)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd_write_all(fd, data, size);
}
