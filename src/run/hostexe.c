/* SPDX-License-Identifier: MIT */
/*
 * -X: the caller's program, in a form in which the target cannot write to it (CVE-2019-5736). An overlay
 * that has no place to write to shows the file itself, however large; whoever could make its mount
 * writable would gain nothing. Where there can be none the program is copied.
 */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "run/calls.h"
#include "run/filelimit.h"
#include "run/mountcall.h"
#include "run/sealed.h"
#include "util/fd.h"
#include "util/log.h"

/* ---- shown */

/* It is mounted nowhere, and let go of when the file in it is open. */
static int make_overlay(const char *dir)
{
	_cleanup_fd_ int fs = fs_open("overlay");
	_cleanup_free_ char *lower = NULL;
	int fd;

	if (fs < 0)
		return -errno;
	if (asprintf(&lower, "%s:" PLAN_OTHER_LOWER, dir) < 0) {
		lower = NULL;
		return -ENOMEM;
	}
	if (fs_set(fs, "lowerdir", lower) < 0)
		return -errno;
	fd = fs_mount(fs, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV);
	return fd < 0 ? -errno : fd;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Nothing else has taken the name since it was looked at. An overlay has inode numbers of its own. */
static bool is_same(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_mode == other.st_mode &&
	       one.st_size == other.st_size && same_time(&one.st_mtim, &other.st_mtim) &&
	       same_time(&one.st_ctim, &other.st_ctim);
}

/* Return: an owned descriptor, or -errno. */
static int show(const struct target *target)
{
	_cleanup_fd_ int mount = make_overlay(target->facts.exe_dir), fd = -EBADF;

	if (mount < 0)
		return mount;
	fd = openat(mount, target->facts.exe_base, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return is_same(fd, target->exe_fd) ? fd_steal(&fd) : -ESTALE;
}

static void execute_instead(struct target *target, int fd)
{
	(void)fd_close(target->exe_fd); /* always -EBADF */
	target->exe_fd = fd;
}

int step_show_exe(struct run *run, const struct step *step, struct error *err)
{
	int fd = show(run->target);

	if (fd < 0) {
		log_line(LOG_VERBOSE, "-X: no overlay shows \"%s\": %s", run->target->facts.exe,
			 error_describe(-fd));
		return step_copy_exe(run, step, err);
	}
	execute_instead(run->target, fd);
	return 0;
}

/* ---- copied */

enum {
	CHUNK_MAX = 1 << 30 /* of one sendfile(2) */
};

static int copy(int to, const void *ctx)
{
	const int *from = ctx;
	struct filelimit limit;
	off_t offset = 0;
	ssize_t n;
	int r;

	r = filelimit_hold(&limit);
	if (r < 0)
		return r;
	do
		n = call_sendfile(to, *from, &offset, CHUNK_MAX);
	while (n > 0);
	r = filelimit_release(&limit, n < 0 ? -errno : 0);
	if (r < 0)
		return r;
	return call_fchmod(to, 0555) < 0 ? -errno : 0;
}

int step_copy_exe(struct run *run, const struct step *step, struct error *err)
{
	int fd = sealed_make(plan_exe_name(run->target->facts.exe), copy, &run->target->exe_fd);

	(void)step;
	if (fd < 0) {
		error_set(err, ERROR_SYSTEM, -fd, "-X: copy \"%s\"", run->target->facts.exe);
		sealed_hint(-fd, err);
		return fd;
	}
	execute_instead(run->target, fd);
	return 0;
}
