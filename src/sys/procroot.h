/* SPDX-License-Identifier: MIT */
/*
 * The root of our own /proc, held open: it stays what it is when the mount namespace of a target is
 * joined, whose /proc may be anything.
 */
#pragma once

/*
 * proc_root_open() - /proc, verified to be the root of a procfs
 *
 * Not a tmpfs or another file of procfs mounted there, which has made other tools write a label to
 * a file that took it silently (CVE-2019-16884, CVE-2019-19921).
 * Return: an owned O_PATH directory descriptor, -EXDEV where it is something else, or another
 * -errno.
 */
int proc_root_open(void);

/*
 * proc_root_open_self() - open a file of the calling thread
 * @procfd: of proc_root_open()
 * @name:   below /proc/thread-self, for example "attr/exec"; no ".." and no leading "/"
 * @flags:  O_RDONLY or O_WRONLY; O_CLOEXEC is added
 *
 * No mount below and no link is crossed: neither can stand in for the file. thread-self is there
 * since Linux 3.17.
 * Return: an owned descriptor, -EXDEV where something is mounted over it, or another -errno.
 */
int proc_root_open_self(int procfd, const char *name, int flags);
