/* SPDX-License-Identifier: MIT */
#include "find/cgtree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/cgroot.h"
#include "find/member.h"
#include "sys/beneath.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	DEPTH_MAX = 64,
	CGTREE_V2 = 0 /* index of cgroup2 among the hierarchies */
};

/*
 * Where containers show. On hybrid hosts v2 and systemd's own tree differ; the two controllers are
 * for hosts with v1 and without systemd.
 */
static const char *const hierarchies[CGTREE_HIERARCHIES] = {
	[CGTREE_V2] = "", "name=systemd", "pids", "memory"
};

/* Where the runtimes put a container unless they are told otherwise. */
static const char *const places[] = {
	"docker/%s",
	"system.slice/docker-%s.scope",
	"machine.slice/libpod-%s.scope",
	"libpod_parent/libpod-%s",
	"system.slice/nerdctl-%s.scope",
};

static int hierarchy_root(struct cgtree *tree, int i)
{
	if (tree->root[i] == -EBADF)
		tree->root[i] = cgroot_open(tree->host, hierarchies[i]);
	return tree->root[i];
}

int cgtree_root_v2(struct cgtree *tree)
{
	return hierarchy_root(tree, CGTREE_V2);
}

enum {
	PLACE_MAX = 128 /* fits the longest of the places and 64 digits */
};

static void write_place(const char *place, const char *id, char path[static PLACE_MAX])
{
	/* The places are ours and the id was checked to be 64 digits: no truncation. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(path, PLACE_MAX, place, id);
#pragma GCC diagnostic pop
}

static int probe_place(struct cgtree *tree, int hierarchy, const char *place,
		       const struct ident_claim *claim, struct found *ret_found,
		       struct cgname *ret_name)
{
	char path[PLACE_MAX];
	_cleanup_fd_ int fd = -EBADF;
	struct cgname name;
	struct stat st;
	int r;

	write_place(place, claim->id, path);
	fd = openat(tree->root[hierarchy], path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* Root made the parent as well; anybody else's directory is left for the walk to judge. */
	if (st.st_uid != 0 || !cgname_parse(path, &name))
		return -ENOENT;
	r = member_find_init(tree->host, fd, claim, ret_found);
	if (r < 0)
		return r;
	*ret_name = name;
	if (hierarchy == CGTREE_V2)
		ret_found->cgroup = st.st_ino;
	return 0;
}

int cgtree_probe(struct cgtree *tree, const char *id, bool verified, struct found *ret_found,
		 struct cgname *ret_name)
{
	const struct ident_claim claim = { .id = id, .is_verified = verified };

	for (int i = 0; i < CGTREE_HIERARCHIES; i++) {
		int root = hierarchy_root(tree, i);

		for (size_t k = 0; root >= 0 && k < ARRAY_SIZE(places); k++)
			if (probe_place(tree, i, places[k], &claim, ret_found, ret_name) == 0)
				return 0;
	}
	return -ESRCH;
}

int cgtree_find_place(struct cgtree *tree, const char *id, char **ret_path)
{
	char path[1 + PLACE_MAX] = "/";

	for (int i = 0; i < CGTREE_HIERARCHIES; i++) {
		int root = hierarchy_root(tree, i);

		for (size_t k = 0; root >= 0 && k < ARRAY_SIZE(places); k++) {
			write_place(places[k], id, path + 1);
			if (faccessat(root, path + 1, F_OK, 0) < 0)
				continue;
			*ret_path = strdup(path);
			return *ret_path ? 1 : -ENOMEM;
		}
	}
	return 0;
}

struct walk {
	const char *prefix;
	int hierarchy;
	struct cgmatches *matches;
};

static int add_match(struct walk *walk, const char *path, const struct cgname *name, uid_t owner)
{
	struct cgmatches *m = walk->matches;

	if (m->n == m->size) {
		size_t size = m->size ? m->size * 2 : 8;
		struct cgmatch *more = reallocarray(m->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		m->item = more;
		m->size = size;
	}
	m->item[m->n] = (struct cgmatch){
		.name = *name,
		.hierarchy = walk->hierarchy,
		.path = strdup(path),
		.owner = owner,
	};
	if (!m->item[m->n].path)
		return -ENOMEM;
	m->n++;
	return 0;
}

/* Only the directory that bears the id counts, not those that the container made below it. */
static bool bears(const char *path, const char *base, const struct cgname *name)
{
	_cleanup_free_ char *above = strndup(path, strlen(path) - strlen(base));
	struct cgname outer;

	return above && (!cgname_parse(above, &outer) || strcmp(outer.id, name->id) != 0);
}

static int judge(struct walk *walk, const char *path, const char *base, const struct stat *st)
{
	struct cgname name;

	if (!strstr(base, walk->prefix) || !cgname_parse(path, &name) ||
	    strncmp(name.id, walk->prefix, strlen(walk->prefix)) != 0 || !bears(path, base, &name))
		return 0;
	return add_match(walk, path, &name, st->st_uid);
}

static int walk_dir(struct walk *walk, int dir_fd_consume, const char *path, int depth)
{
	DIR *dir = fdopendir(dir_fd_consume);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		(void)fd_close(dir_fd_consume);
		return r;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		_cleanup_free_ char *child = NULL;
		struct stat st = { 0 };
		int fd;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (asprintf(&child, "%s/%s", path, entry->d_name) < 0) {
			child = NULL;
			r = -ENOMEM;
			break;
		}
		r = judge(walk, child, entry->d_name, &st);
		/* kernfs counts subdirectories: 2 links are the directory's own. 1: not counted. */
		if (r < 0 || st.st_nlink == 2 || depth >= DEPTH_MAX)
			continue;
		fd = openat(dirfd(dir), entry->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0) /* else it has just been removed */
			r = walk_dir(walk, fd, child, depth + 1);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

int cgtree_walk(struct cgtree *tree, const char *prefix, struct cgmatches *matches)
{
	bool any_v1 = false, any = false;

	for (int i = 0; i < CGTREE_HIERARCHIES; i++) {
		struct walk walk = { .prefix = prefix, .hierarchy = i, .matches = matches };
		int root = hierarchy_root(tree, i);
		int fd, r;

		/* The trees of v1 are alike as far as containers go: one of them is enough. */
		if (root < 0 || (i > 0 && any_v1))
			continue;
		fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		any = true;
		any_v1 = any_v1 || i > 0;
		r = walk_dir(&walk, fd, "", 0);
		if (r < 0)
			return r;
	}
	return any ? 0 : -ENOENT;
}

static int list_parent(struct walk *walk, int root, const char *parent)
{
	int fd = openat(root, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char path[sizeof("/system.slice/") + NAME_MAX];
	struct dirent *entry;
	struct cgname name;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		/* All of systemd's services may be there as well: an id is longer than most. */
		if (entry->d_type != DT_DIR || strlen(entry->d_name) < FIND_ID_MAX)
			continue;
		(void)snprintf(path, sizeof(path), "/%s/%s", parent, entry->d_name); /* fits */
		if (cgname_parse(path, &name) && name.runtime == CGNAME_DOCKER)
			r = add_match(walk, path, &name, 0);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

int cgtree_list_docker(struct cgtree *tree, struct cgmatches *matches)
{
	static const char *const parents[] = { "docker", "system.slice" };

	for (int i = 0; i < CGTREE_HIERARCHIES; i++) {
		struct walk walk = { .prefix = "", .hierarchy = i, .matches = matches };
		int root = hierarchy_root(tree, i);
		int r = 0;

		/* A Docker is in all hierarchies or, where v2 is not its own, in those of v1. */
		if (root < 0)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(parents) && r == 0; k++)
			r = list_parent(&walk, root, parents[k]);
		if (r < 0 || matches->n > 0)
			return r;
	}
	return 0;
}

int cgtree_owner(struct cgtree *tree, const char *controllers, const char *path, uid_t *ret_owner,
		 uint64_t *ret_inode)
{
	for (int i = 0; i < CGTREE_HIERARCHIES; i++) {
		struct stat st;
		int root;

		if (strcmp(controllers, hierarchies[i]) != 0)
			continue;
		root = hierarchy_root(tree, i);
		if (root < 0 || strncmp(path, "/..", 3) == 0 ||
		    fstatat(root, path + 1, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return -ENOENT;
		*ret_owner = st.st_uid;
		*ret_inode = i == CGTREE_V2 ? st.st_ino : 0;
		return 0;
	}
	return -ENOENT;
}

int cgtree_open_path(struct cgtree *tree, int index, const char *path)
{
	int root = hierarchy_root(tree, index);

	if (root < 0 || path[0] != '/' || !path[1] || strncmp(path, "/..", 3) == 0)
		return -ENOENT;
	return beneath_open(root, path + 1, O_RDONLY | O_DIRECTORY,
			    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int cgtree_open(const struct cgtree *tree, const struct cgmatch *match)
{
	int fd = openat(tree->root[match->hierarchy], match->path + 1,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Whether nobody lives in a cgroup of one hierarchy or below. What cannot be told is no. */
static bool is_empty(struct cgtree *tree, int index, const char *path)
{
	_cleanup_fd_ int dir_fd = cgtree_open_path(tree, index, path);
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;
	char byte;

	if (dir_fd == -ENOENT)
		return true;
	/* kernfs counts subdirectories: 2 links are the directory's own. */
	if (dir_fd < 0 || fstat(dir_fd, &st) < 0 || st.st_nlink != 2)
		return false;
	fd = openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &byte, 1) == 0;
}

bool cgtree_is_empty(struct cgtree *tree, const struct cgmatch *match)
{
	bool empty = is_empty(tree, match->hierarchy, match->path);

	for (int i = 0; i < CGTREE_HIERARCHIES && empty; i++)
		empty = i == match->hierarchy || is_empty(tree, i, match->path);
	return empty;
}

void cgtree_done(struct cgtree *tree)
{
	for (int i = 0; i < CGTREE_HIERARCHIES; i++)
		tree->root[i] = fd_close(tree->root[i]);
}

void cgmatches_done(struct cgmatches *matches)
{
	for (size_t i = 0; i < matches->n; i++)
		free(matches->item[i].path);
	free(matches->item);
	*matches = (struct cgmatches){ 0 };
}
