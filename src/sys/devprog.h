/* SPDX-License-Identifier: MIT */
/*
 * Which devices the processes of a v2 cgroup may open: programs that are attached to it and to those
 * above (BPF_CGROUP_DEVICE, since Linux 4.15), in place of v1's devices controller.
 */
#pragma once

#include <stdbool.h>

/*
 * devprog_more() - whether one cgroup has such a program that another has not
 * @dir_fd, @other_fd: their directories; O_PATH is enough
 *
 * Return: true also where the kernel does not tell us.
 */
bool devprog_more(int dir_fd, int other_fd);
