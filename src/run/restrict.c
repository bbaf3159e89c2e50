/* SPDX-License-Identifier: MIT */
#include "run/restrict.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "run/calls.h"
#include "run/mountcall.h"
#include "run/mountinfo.h"
#include "util/macro.h"

/* Since Linux 5.10; the C library's headers may be older. */
#define SEEN_NOSYMFOLLOW 0x2000 /* as statfs(2) has it */
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

/* What a mount has already and must not lose: in a user namespace the kernel refuses that. */
static unsigned long flags_of(const struct statfs *fs)
{
	static const struct {
		unsigned long st, ms;
	} flags[] = {
		{ ST_RDONLY, MS_RDONLY },     { ST_NOSUID, MS_NOSUID },
		{ ST_NODEV, MS_NODEV },	      { ST_NOEXEC, MS_NOEXEC },
		{ ST_NOATIME, MS_NOATIME },   { ST_NODIRATIME, MS_NODIRATIME },
		{ ST_RELATIME, MS_RELATIME }, { SEEN_NOSYMFOLLOW, MS_NOSYMFOLLOW },
	};
	unsigned long ms = 0;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if ((unsigned long)fs->f_flags & flags[i].st)
			ms |= flags[i].ms;
	return ms;
}

static unsigned long wanted_flags(uint64_t set)
{
	return (set & ATTR_RDONLY ? MS_RDONLY : 0) | (set & ATTR_NOSUID ? MS_NOSUID : 0) |
	       (set & ATTR_NODEV ? MS_NODEV : 0);
}

static int remount(const char *path, uint64_t set)
{
	struct statfs fs;

	/* What is covered by another mount is out of reach, and the other one is in the list, too. */
	if (statfs(path, &fs) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	if (call_mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags_of(&fs) | wanted_flags(set),
		       NULL) < 0)
		return errno == EINVAL ? 0 : -errno;
	return 0;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

struct restriction {
	const char *dir;
	uint64_t set;
};

static int remount_below(const char *path, void *ctx)
{
	const struct restriction *restriction = ctx;

	return is_below(path, restriction->dir) ? remount(path, restriction->set) : 0;
}

int restrict_mounts(const char *path, uint64_t set)
{
	struct restriction restriction = { path, set };

	if (tree_restrict(AT_FDCWD, path, set, MS_PRIVATE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return -errno;
	if (call_mount(NULL, path, NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	return mountinfo_each(AT_FDCWD, remount_below, &restriction);
}

int restrict_but_proc(uint64_t set)
{
	struct statfs before;
	bool known = statfs("/proc", &before) == 0;
	int r = restrict_mounts("/", set);

	/* EINVAL: nothing is mounted there. */
	if (r == 0 && known &&
	    call_mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | flags_of(&before), NULL) < 0 &&
	    errno != EINVAL)
		r = -errno;
	return r;
}
