/* SPDX-License-Identifier: MIT */
#include "run/view_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "run/calls.h"
#include "run/view.h"
#include "sys/filestat.h"
#include "util/fd.h"

const char *view_tree_path(const char *name, char buf[VIEW_PATH])
{
	(void)snprintf(buf, VIEW_PATH, "/%s", name); /* the names are short */
	return buf;
}

int view_kind(int at, const char *path, int flags)
{
	struct statx st;
	int r = filestat_known(at, path, flags, STATX_TYPE, &st);

	if (r < 0)
		return r == -ENOENT ? (int)ENTRY_NONE : r;
	return S_ISDIR(st.stx_mode) ? ENTRY_DIR : S_ISLNK(st.stx_mode) ? ENTRY_LINK : ENTRY_FILE;
}

bool view_has_directory(const char *path)
{
	return view_kind(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW) == ENTRY_DIR;
}

bool view_leads_to_directory(const char *path)
{
	int kind = view_kind(AT_FDCWD, path, 0);

	/* What does not tell may be one. */
	return kind == ENTRY_DIR || (kind < 0 && kind != -ENOTDIR && kind != -ELOOP);
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
