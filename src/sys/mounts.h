/* SPDX-License-Identifier: MIT */
/*
 * What is mounted where, read by libmount. The library is loaded when it is first asked: linking it
 * costs more than all the rest of a run, and hardly any run needs it.
 */
#pragma once

#include "util/macro.h"

/*
 * mounts_find_cgroup() - where a cgroup is in our mount namespace
 * @controllers: "" for v2, else as in /proc/PID/cgroup: "cpu,cpuacct", "name=systemd"
 * @path:        as there, or "" for all of the hierarchy
 * @ret_path:    heap, owned by the caller; written on success only
 *
 * A container is shown its own part of a hierarchy, at the usual place; the whole may be elsewhere
 * (/host of a debug pod), and is preferred.
 * Return: 0, -ENOENT where it is not mounted, -ESTALE where it would be and does not exist, -ELIBACC
 * where libmount is missing, or another -errno.
 */
int mounts_find_cgroup(const char *controllers, const char *path, char **ret_path);

/* What a process has as its root. All of it may have been chosen by whoever mounted it. */
struct mount_root {
	char *type;   /* "overlay"; heap, all three */
	char *source; /* "/dev/sda1", "overlay", or NULL */
	char *upper;  /* where changes go: overlay's upperdir, or NULL */
};

/*
 * mounts_find_root() - the mount that a process sees as "/"
 * @proc_fd:  of /proc/PID
 * @ret_root: to be released by mount_root_done()
 *
 * Return: 0, -ENOENT where its root is no mount, -EACCES, or as mounts_find_cgroup().
 */
int mounts_find_root(int proc_fd, struct mount_root *ret_root);

void mount_root_done(struct mount_root *root);

#define _cleanup_mount_root_ _cleanup_(mount_root_done)
