/* SPDX-License-Identifier: MIT */
#include "sys/procroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/beneath.h"
#include "sys/fdinfo.h"
#include "util/fd.h"
#include "util/parse.h"

/* The root directory of every procfs has this inode. */
enum {
	PROC_ROOT_INO = 1
};

static int check_procfs(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == PROC_SUPER_MAGIC ? 0 : -EXDEV;
}

int proc_root_open(void)
{
	_cleanup_fd_ int fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	r = check_procfs(fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_ino != PROC_ROOT_INO)
		return -EXDEV;
	return fd_steal(&fd);
}

/* Whether it is "PID/task/TID". */
static bool names_thread(const char *text)
{
	static const char task[] = "/task/";
	size_t pid = strspn(text, "0123456789");

	return pid > 0 && strncmp(text + pid, task, strlen(task)) == 0 &&
	       parse_digits(text + pid + strlen(task));
}

/*
 * thread-self is a link to "PID/task/TID". Reading it here lets the rest of the way be one without
 * any link.
 */
static int thread_dir(int procfd, char *buf, size_t size)
{
	ssize_t n = readlinkat(procfd, "thread-self", buf, size - 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return names_thread(buf) ? 0 : -EXDEV;
}

/* The mount that a descriptor was opened on, or -1. */
static int mount_id(int procfd, int fd)
{
	int id;

	return fdinfo_int(procfd, fd, "mnt_id", &id) < 0 ? -1 : id;
}

int proc_root_open_self(int procfd, const char *name, int flags)
{
	char dir[sizeof("2147483647/task/2147483647")], path[sizeof(dir) + NAME_MAX];
	_cleanup_fd_ int fd = -EBADF;
	int r = thread_dir(procfd, dir, sizeof(dir));

	if (r < 0)
		return r;
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = beneath_open(procfd, path, flags | O_NOCTTY,
			  RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
	if (fd < 0)
		return fd;
	/* What replaces openat2 sees other file systems, but not procfs mounted on itself. */
	if (mount_id(procfd, procfd) < 0 || mount_id(procfd, fd) != mount_id(procfd, procfd))
		return -EXDEV;
	return fd_steal(&fd);
}
