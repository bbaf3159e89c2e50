/* SPDX-License-Identifier: MIT */
/*
 * The program's terminal, out of the target's own devpts, so that the program finds it below
 * /dev/pts. What is there is the target's work: only what is a devpts without doubt is used.
 */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/beneath.h"
#include "util/fd.h"

/* No link is followed: neither to another devpts, nor to what a process has open. */
static int open_path(const char *name)
{
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return root < 0 ? -errno
			: beneath_open(root, name, O_PATH | O_NOFOLLOW,
				       RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

/*
 * The device is the kernel's own, and takes its terminals from a genuine devpts beside it or below.
 * In a devpts itself no other file can have that inode.
 */
static int check_genuine(int fd, bool in_devpts)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return -EXDEV;
	if (in_devpts && (fs.f_type != DEVPTS_SUPER_MAGIC || st.st_ino != 2))
		return -EXDEV;
	return 0;
}

/* By our own /proc, which is one level up from where we look at our namespaces. */
static int open_master(const struct run *run, const char *name, bool in_devpts)
{
	char again[sizeof("../fd/2147483647")];
	_cleanup_fd_ int path = open_path(name);
	int fd, r = path < 0 ? path : check_genuine(path, in_devpts);

	if (r < 0)
		return r;
	(void)snprintf(again, sizeof(again), "../fd/%d", path); /* an int fits */
	fd = openat(run->target->self_ns_fd, again, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Never by its path: the kernel knows which it is (since Linux 4.13). */
static int open_slave(int master)
{
	int unlocked = 0, fd;

	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Where the target has none the parent makes one. */
static int take_from_host(struct run *run, int errnum)
{
	struct leader_order order;
	int r = child_tell(run, LEADER_NO_PTY, errnum, -EBADF);

	if (r == 0)
		r = leader_receive(run->control_fd, &order, sizeof(order), &run->slave_fd);
	if (r <= 0)
		return r < 0 ? r : -EPIPE;
	return run->slave_fd >= 0 ? 0 : -EBADMSG;
}

int step_pty(struct run *run, const struct step *step, struct error *err)
{
	_cleanup_fd_ int master = open_master(run, "dev/pts/ptmx", true);
	int slave, r;

	(void)step;
	/* A devpts is often mounted so that nobody but root may open its own. */
	if (master == -EACCES)
		master = open_master(run, "dev/ptmx", false);
	slave = master < 0 ? master : open_slave(master);
	if (slave < 0) {
		r = take_from_host(run, -slave);
	} else {
		run->slave_fd = slave;
		r = child_tell(run, LEADER_PTY, 0, master);
	}
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "make a terminal for the program") : 0;
}
