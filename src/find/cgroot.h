/* SPDX-License-Identifier: MIT */
/* The cgroup hierarchies of the host, our own or those below --host-root. */
#pragma once

#include "find/hostfs.h"

/*
 * cgroot_open() - the root directory of one hierarchy
 * @controllers: as in /proc/PID/cgroup: "" for v2, "name=systemd", "pids"
 *
 * Return: an owned O_PATH descriptor, -ENOENT where the host does not have it, or another -errno.
 */
int cgroot_open(const struct hostfs *host, const char *controllers);

/*
 * cgroot_manager() - where systemd's own tree begins: above the init.scope of process 1
 * @controllers: of the hierarchy that is meant
 *
 * Return: heap: "" where it is the root of the hierarchy, else a path that begins with a slash and
 * does not end in one; NULL without memory.
 */
char *cgroot_manager(const struct hostfs *host, const char *controllers);
