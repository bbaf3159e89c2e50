/* SPDX-License-Identifier: MIT */
/*
 * Containers of LXC, and of LXD and Incus, which are built upon it. There is no pid file: a
 * directory names the container, its monitor's socket tells that it runs, and its cgroup or its
 * monitor leads to its first process.
 */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_lxc;

/*
 * lxc_split_monitor() - "[lxc monitor] LXCPATH NAME", a monitor's command line, cut up in place
 * Return: 0, or -EBADMSG.
 */
int lxc_split_monitor(char *cmdline, const char **ret_lxcpath, const char **ret_name);
