/* SPDX-License-Identifier: MIT */
#include "find/outside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "find/cgname.h"
#include "find/ident.h"
#include "sys/cgroupfs.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	DEPTH_MAX = 64
};

struct walk {
	dev_t dev;
	struct pids *pids;
};

/* One directory that is walked. */
struct place {
	const char *path; /* "" is the root */
	bool listed;	  /* its processes are in the list */
};

/*
 * What is read here and what /proc/PID/cgroup says of a process are the same only where both begin at
 * the same root; and inside a container others are meant than those which none holds.
 */
static bool sees_whole_host(const struct hostfs *host, const struct stat *root)
{
	_cleanup_fd_ int self = -EBADF;
	struct cgname ours;

	if (*host->dir || host->foreign || root->st_ino != CGROUPFS_ROOT_INODE)
		return false;
	self = openat(host->proc_fd, "self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return self >= 0 && proc_is_first_cgroupns(self, "ns/cgroup") &&
	       ident_read(self, &ours) == 0;
}

/*
 * The processes of one cgroup, unless it is a container's. Those of a threaded one are in the list
 * already, by the domain above it; unless that is a container's and this one does not look so.
 * Return: whether they are all known.
 */
static bool list_one(struct walk *walk, int dir_fd, const char *name, bool above,
		     struct place *place)
{
	char procs[NAME_MAX + sizeof("/cgroup.procs")];
	int r;

	if (cgname_is_container(place->path))
		return true;
	(void)snprintf(procs, sizeof(procs), "%s/cgroup.procs", name); /* fits: a name */
	r = pids_read(dir_fd, procs, walk->pids);
	place->listed = r == 0 || (r == -EOPNOTSUPP && above);
	return place->listed && !walk->pids->unseen;
}

static bool walk_dir(struct walk *walk, int dir_fd_consume, const struct place *here, int depth);

/* Return: whether all that live in it or below are known. */
static bool walk_child(struct walk *walk, int dir_fd, const char *name, const struct place *above,
		       int depth)
{
	_cleanup_free_ char *path = NULL;
	struct place here = { .listed = false };
	struct stat st;
	int fd;

	/* Something else may be mounted over it, and hide who lives there. */
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != walk->dev)
		return false;
	if (asprintf(&path, "%s/%s", above->path, name) < 0) {
		path = NULL;
		return false;
	}
	here.path = path;
	if (!list_one(walk, dir_fd, name, above->listed, &here))
		return false;
	/* kernfs counts subdirectories: 2 links are the directory's own. */
	if (st.st_nlink == 2)
		return true;
	fd = depth >= DEPTH_MAX
		     ? -EBADF
		     : openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && walk_dir(walk, fd, &here, depth + 1);
}

static bool walk_dir(struct walk *walk, int dir_fd_consume, const struct place *here, int depth)
{
	DIR *dir = fdopendir(dir_fd_consume);
	struct dirent *entry;
	bool all = true;

	if (!dir) {
		(void)fd_close(dir_fd_consume);
		return false;
	}
	while (all && (errno = 0, entry = readdir(dir)))
		/* A cgroup may be called ".x": all but the two that are not below it are looked at. */
		all = entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 ||
		      strcmp(entry->d_name, "..") == 0 ||
		      walk_child(walk, dirfd(dir), entry->d_name, here, depth);
	all = all && errno == 0;
	(void)closedir(dir); /* it was only read */
	return all;
}

bool outside_list(struct cgtree *tree, struct pids *ret_pids)
{
	_cleanup_pids_ struct pids pids = { 0 };
	struct walk walk = { .pids = &pids };
	const struct place top = { .path = "", .listed = true };
	int root = cgtree_root_v2(tree), fd;
	struct stat st;

	if (root < 0 || fstat(root, &st) < 0 || !sees_whole_host(tree->host, &st))
		return false;
	walk.dev = st.st_dev;
	if (pids_read(root, "cgroup.procs", &pids) < 0 || pids.unseen)
		return false;
	fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !walk_dir(&walk, fd, &top, 0))
		return false;
	pids_sort(&pids);
	*ret_pids = pids;
	pids = (struct pids){ 0 };
	return true;
}
