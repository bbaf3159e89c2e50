/* SPDX-License-Identifier: MIT */
/*
 * Where the host's tree is seen: "/" as a rule, DIR with --host-root=DIR, as in a debug pod that has
 * the host at /host. Everything that find/ reads of /proc, /sys/fs/cgroup, /run, /var and /etc goes
 * through here; what is missing is done without.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

struct hostfs {
	const char *dir; /* "" or DIR without a final slash; borrowed */
	int root_fd;	 /* O_PATH: the root that paths are resolved in */
	int proc_fd;	 /* O_PATH: its /proc */
	/*
	 * DIR/proc is not a procfs of our own pid namespace: a PID from it means nothing to a system
	 * call here. Only descriptors below proc_fd are used then.
	 */
	bool foreign;
};

#define HOSTFS_NONE ((struct hostfs){ .root_fd = -EBADF, .proc_fd = -EBADF })

/*
 * hostfs_init() - open the host's tree
 * @dir: of --host-root, or NULL for our own; must outlive @ret_host
 *
 * Return: 0, to be released by hostfs_done(), or a negative errno with @err filled.
 */
int hostfs_init(const char *dir, struct hostfs *ret_host, struct error *err);

/*
 * hostfs_check_proc() - refuse where nothing of our own shows a process: what is not found then was
 * looked for in vain
 *
 * Return: 0, or -ENOENT with @err filled.
 */
int hostfs_check_proc(const struct hostfs *host, struct error *err);

/* hostfs_is_procfs() - whether a descriptor, O_PATH or not, is of a procfs */
bool hostfs_is_procfs(int fd);

/*
 * hostfs_open() - open a file or directory of the host
 * @path:  absolute, as the host calls it; links are resolved within the host's tree
 * @flags: of openat(2); O_CLOEXEC | O_NOCTTY are added
 *
 * Return: an owned descriptor or -errno.
 */
int hostfs_open(const struct hostfs *host, const char *path, int flags);

/*
 * hostfs_lacks() - whether there certainly is no such file or directory
 *
 * One question, where a runtime has many places below one directory. False where it cannot be told.
 */
bool hostfs_lacks(const struct hostfs *host, const char *path);

/*
 * hostfs_read() - read a state file whole
 * @limit:    larger files are -EFBIG
 * @ret_text: heap, NUL terminated, owned by the caller
 *
 * Believed only if it is a regular file of root or of our own uid; anything else is -EPERM. A last
 * component that is a link is -ELOOP.
 * Return: the number of bytes, or -errno.
 */
ssize_t hostfs_read(const struct hostfs *host, const char *path, size_t limit, char **ret_text);

/*
 * hostfs_read_of() - the same for the state of one user's own runtime
 * @owner: whose file it may be as well; where that is neither root nor us, no link is followed on
 *         the whole way but those in directories that nobody but root may change
 */
ssize_t hostfs_read_of(const struct hostfs *host, const char *path, uid_t owner, size_t limit,
		       char **ret_text);

/*
 * hostfs_read_dated() - the same, and when the file was last written
 * @ret_written: seconds since 1970
 */
ssize_t hostfs_read_dated(const struct hostfs *host, const char *path, uid_t owner, size_t limit,
			  char **ret_text, int64_t *ret_written);

/* hostfs_proc() - the directory of a process of the host. Return: an owned descriptor or -errno. */
int hostfs_proc(const struct hostfs *host, pid_t pid);

/*
 * hostfs_pidfd() - a pidfd for a number that was read below this host's /proc
 *
 * Return: an owned descriptor, -ENOSYS where the number means nothing here (foreign) or the kernel
 * has no pidfds, or what pidfd_of() returns.
 */
int hostfs_pidfd(const struct hostfs *host, pid_t pid);

/*
 * hostfs_can_open() - whether there is room for the descriptors that a search has open at once
 *
 * What cannot be opened counts as missing: who is short of descriptors has not seen all.
 */
bool hostfs_can_open(const struct hostfs *host);

void hostfs_done(struct hostfs *host);

#define _cleanup_hostfs_ _cleanup_(hostfs_done)
