/* SPDX-License-Identifier: MIT */
#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

/* The null device's number is fixed: Documentation/admin-guide/devices.txt. */
static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static enum stream_kind device_kind(int fd, const struct stat *st)
{
	struct termios settings;

	if (is_null(st))
		return STREAM_NULL;
	if (S_ISCHR(st->st_mode) && tcgetattr(fd, &settings) == 0)
		return STREAM_TERMINAL;
	return STREAM_OTHER;
}

static enum stream_kind kind_of(int fd, const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
	case S_IFBLK:
		return STREAM_SEEKABLE;
	case S_IFIFO:
		return STREAM_PIPE;
	case S_IFSOCK:
		return STREAM_SOCKET;
	case S_IFDIR:
		return STREAM_DIRECTORY;
	default:
		return device_kind(fd, st);
	}
}

static bool looks_same(int a, int b)
{
	return fcntl(a, F_GETFL) == fcntl(b, F_GETFL) &&
	       lseek(a, 0, SEEK_CUR) == lseek(b, 0, SEEK_CUR);
}

/* A kernel can be built without kcmp, and a sandbox can forbid it: then by what shows. */
static bool same_file(int a, int b, const struct stat st[STREAMS])
{
	pid_t self;
	long r;

	if (st[a].st_dev != st[b].st_dev || st[a].st_ino != st[b].st_ino)
		return false;
	self = getpid();
	r = syscall(SYS_kcmp, self, self, KCMP_FILE, (unsigned long)a, (unsigned long)b);

	return r < 0 ? looks_same(a, b) : r == 0;
}

static void find_same(int i, const struct stat st[STREAMS], struct stream_fact fact[STREAMS])
{
	fact[i].same_file = i;
	fact[i].same_terminal = i;
	for (int k = i - 1; k >= 0; k--) {
		if (same_file(k, i, st))
			fact[i].same_file = k;
		if (fact[i].kind == STREAM_TERMINAL && fact[k].kind == STREAM_TERMINAL &&
		    st[i].st_rdev == st[k].st_rdev)
			fact[i].same_terminal = k;
	}
}

int stream_look(struct stream_fact ret[STREAMS])
{
	struct stream_fact fact[STREAMS];
	struct stat st[STREAMS];

	for (int i = 0; i < STREAMS; i++) {
		int flags = fcntl(i, F_GETFL);

		if (flags < 0 || fstat(i, &st[i]) < 0)
			return -errno;
		fact[i].kind = kind_of(i, &st[i]);
		fact[i].readable = (flags & O_ACCMODE) != O_WRONLY && !(flags & O_PATH);
		fact[i].writable = (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
		find_same(i, st, fact);
	}
	for (int i = 0; i < STREAMS; i++)
		ret[i] = fact[i];
	return 0;
}
