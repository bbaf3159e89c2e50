/* SPDX-License-Identifier: MIT */
/*
 * The mount calls of Linux 5.2 and later, which older C libraries do not have. Names of our own:
 * linux/mount.h and sys/mount.h cannot be included together everywhere.
 */
#pragma once

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/mountapi.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

enum {
	TREE_CLONE = 1,
	TREE_CLOEXEC = O_CLOEXEC,
	MOVE_FROM_FD = 0x4, /* MOVE_MOUNT_F_EMPTY_PATH */
};

enum {
	ATTR_RDONLY = 0x1,
	ATTR_NOSUID = 0x2,
	ATTR_NODEV = 0x4,
};

/* The kernel's struct mount_attr. */
struct mount_attributes {
	uint64_t set, clear, propagation, userns_fd;
};

/*
 * open_tree(2), since Linux 5.2: a copy of the mounts at @dirfd and below. What is mounted when somebody
 * asks for it is not asked for.
 */
static inline int tree_clone(int dirfd, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dirfd, path,
			    TREE_CLONE | (unsigned int)TREE_CLOEXEC | AT_RECURSIVE |
				    (unsigned int)AT_NO_AUTOMOUNT | flags);
}

/* move_mount(2), since Linux 5.2 */
static inline int tree_attach(int tree, int dirfd, const char *path)
{
	return (int)syscall(SYS_move_mount, tree, "", dirfd, path, MOVE_FROM_FD);
}

/* fsopen(2) and its kin, since Linux 5.2: a file system that is mounted nowhere. */
static inline int fs_open(const char *type)
{
	return (int)syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
}

static inline int fs_set(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, 1 /* FSCONFIG_SET_STRING */, key, value, 0);
}

static inline int fs_mount(int fs, uint64_t attrs)
{
	if (syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, (unsigned int)attrs);
}

/* mount_setattr(2), since Linux 5.12: of a mount and all below it. */
static inline int tree_restrict(int dirfd, const char *path, uint64_t set, uint64_t propagation)
{
	struct mount_attributes attr = { .set = set, .propagation = propagation };

	return (int)syscall(SYS_mount_setattr, dirfd, path,
			    AT_RECURSIVE | (*path ? 0U : (unsigned int)AT_EMPTY_PATH), &attr,
			    sizeof(attr));
}
