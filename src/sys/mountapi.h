/* SPDX-License-Identifier: MIT */
/* Whether trees of mounts can be copied and attached here, asked before anything is changed. */
#pragma once

#include <stdbool.h>
#include <sys/syscall.h>

/* The same on every processor; libraries that are older than Linux 5.12 have no name for it. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/*
 * mountapi_look() - ask for open_tree(2), since Linux 5.2
 * @attributes: and for mount_setattr(2), since Linux 5.12
 *
 * With flags that no kernel knows, which both judge before anything else.
 * Return: 0, -ENOSYS where the kernel lacks one, -EPERM where a seccomp filter forbids it.
 */
int mountapi_look(bool attributes);
