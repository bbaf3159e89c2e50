/* SPDX-License-Identifier: MIT */
/* What a process has as its root, in a few words. */
#pragma once

/*
 * root_describe() - "overlay /var/lib/…/diff", "ext4 /dev/sda1"
 * @proc_fd: of /proc/PID
 *
 * Return: heap, to be escaped; NULL where it cannot be read.
 */
char *root_describe(int proc_fd);
