/* SPDX-License-Identifier: MIT */
/*
 * What is mounted where, read by libmount. The library is loaded when it is first asked: linking it
 * costs more than all the rest of a run, and hardly any run needs it.
 */
#pragma once

/*
 * mounts_find_cgroup() - where a cgroup hierarchy is mounted in our mount namespace
 * @controllers: "" for v2, else as in /proc/PID/cgroup: "cpu,cpuacct", "name=systemd"
 * @ret_path:    heap, owned by the caller; written on success only
 *
 * Return: 0, -ENOENT where it is not mounted, -ELIBACC where libmount is missing, or another -errno.
 */
int mounts_find_cgroup(const char *controllers, char **ret_path);
