/* SPDX-License-Identifier: MIT */
/*
 * -R: mounts over our own files, in a mount namespace that ends with the program. mount(2) itself:
 * each is one call with a path of ours, on any kernel, for which libmount would read tables first.
 */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/etcfile.h"
#include "run/calls.h"
#include "run/filelimit.h"
#include "util/fd.h"

static const unsigned long harmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;

static int explain(const char *what, int errnum, struct error *err)
{
	error_set(err, errnum == EPERM ? ERROR_PERMISSION : ERROR_SYSTEM, errnum, "-R: %s", what);
	if (errnum == EPERM)
		error_hint(err, "your user namespace has to own what is joined: add -U, or run as "
				"root");
	filelimit_hint(errnum, err);
	return -errnum;
}

int step_own_mounts(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	(void)step;
	if (call_unshare(CLONE_NEWNS) < 0)
		return explain("make a mount namespace", errno, err);
	if (call_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return explain("keep mounts private", errno, err);
	return 0;
}

int step_mount_proc(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	(void)step;
	if (call_mount("proc", "/proc", "proc", harmless, NULL) < 0)
		return explain("mount a fresh /proc", errno, err);
	return 0;
}

int step_mount_sys(struct run *run, const struct step *step, struct error *err)
{
	bool cgroup = run->target->facts.sys_cgroup;
	char held[FD_LINK_MAX];
	_cleanup_fd_ int fd = -EBADF;

	(void)step;
	if (cgroup) {
		fd = open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return explain("open /sys/fs/cgroup", errno, err);
	}
	/* Read-only: what is written there goes to the kernel, not to the container. */
	if (call_mount("sysfs", "/sys", "sysfs", harmless | MS_RDONLY, NULL) < 0)
		return explain("mount a fresh /sys", errno, err);
	if (!cgroup)
		return 0;
	if (call_mount(fd_link(fd, held), "/sys/fs/cgroup", NULL, MS_BIND | MS_REC, NULL) < 0)
		return explain("put /sys/fs/cgroup back", errno, err);
	return 0;
}

/* A file below /proc, which is the private file system at this time. */
static void text_path(enum etc_file i, char *buf, size_t size)
{
	(void)snprintf(buf, size, "/proc/%s", etc_table[i].name); /* all names are short */
}

static int write_text(const struct run *run, enum etc_file i)
{
	const char *text = i < ETC_TEXTS ? run->target->etc_text[i] : NULL;
	_cleanup_fd_ int fd = -EBADF;
	char path[64];

	text_path(i, path, sizeof(path));
	/* Readable for whoever the program runs as, whatever the umask. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0 || call_fchmod(fd, 0444) < 0)
		return -errno;
	return text && *text ? filelimit_write(fd, text, strlen(text)) : 0;
}

static int write_texts(const struct run *run, uint32_t which)
{
	int r = 0;

	for (enum etc_file i = 0; i < ETC_COUNT && r == 0; i++)
		if (which & (1U << i))
			r = write_text(run, i);
	/* The whole file system: all that is bound from it is read-only at once. */
	if (r == 0 && call_mount(NULL, "/proc", NULL, MS_REMOUNT | MS_RDONLY | harmless, NULL) < 0)
		r = -errno;
	return r;
}

static int cover(enum etc_file i)
{
	char path[64];

	text_path(i, path, sizeof(path));
	return call_mount(path, etc_table[i].path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* In a user namespace nothing is made by an id that does not exist there. */
static void be_root_inside(const struct run *run)
{
	if (!ns_has(run->plan->join, NS_USER))
		return;
	(void)call_setfsgid(0); /* neither tells of failure: making the file does */
	(void)call_setfsuid(0);
}

int step_mount_etc(struct run *run, const struct step *step, struct error *err)
{
	int r;

	be_root_inside(run);
	if (call_mount("tmpfs", "/proc", "tmpfs", harmless, "mode=0755,size=1m") < 0)
		return explain("mount a private file system", errno, err);
	r = write_texts(run, step->etc);
	if (r < 0)
		return explain("write the target's texts", -r, err);
	for (enum etc_file i = 0; i < ETC_COUNT; i++) {
		r = step->etc & (1U << i) ? cover(i) : 0;
		if (r < 0)
			return error_set(err, ERROR_SYSTEM, -r, "-R: cover %s", etc_table[i].path);
	}
	/* A fresh /proc covers it at once; to take a mount away the kernel waits for all processors. */
	if (!(run->plan->remount & REMOUNT_PROC) && call_umount("/proc", MNT_DETACH) < 0)
		return explain("unmount the private file system", errno, err);
	return 0;
}
