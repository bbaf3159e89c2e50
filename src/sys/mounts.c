/* SPDX-License-Identifier: MIT */
#include "sys/mounts.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/fdinfo.h"
#include "sys/library.h"
#include "util/fd.h"
#include "util/macro.h"

#ifndef NSJOIN_LIBMOUNT_SONAME
#define NSJOIN_LIBMOUNT_SONAME "libmount.so.1"
#endif

/* The functions of libmount that are used here, under its own types. */
struct libmount {
	__typeof__(&mnt_new_table_from_file) new_table_from_file;
	__typeof__(&mnt_unref_table) unref_table;
	__typeof__(&mnt_new_iter) new_iter;
	__typeof__(&mnt_free_iter) free_iter;
	__typeof__(&mnt_table_next_fs) table_next_fs;
	__typeof__(&mnt_fs_get_fstype) fs_get_fstype;
	__typeof__(&mnt_fs_get_target) fs_get_target;
	__typeof__(&mnt_fs_get_root) fs_get_root;
	__typeof__(&mnt_fs_get_id) fs_get_id;
	__typeof__(&mnt_fs_match_options) fs_match_options;
	__typeof__(&mnt_fs_get_source) fs_get_source;
	__typeof__(&mnt_fs_get_option) fs_get_option;
};

/* The library stays loaded: unloading it again would cost time for nothing. */
static int load(struct libmount *m)
{
	void *lib = dlopen(NSJOIN_LIBMOUNT_SONAME, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return -ELIBACC;
	if (!library_symbol(lib, "mnt_new_table_from_file", &m->new_table_from_file) ||
	    !library_symbol(lib, "mnt_unref_table", &m->unref_table) ||
	    !library_symbol(lib, "mnt_new_iter", &m->new_iter) ||
	    !library_symbol(lib, "mnt_free_iter", &m->free_iter) ||
	    !library_symbol(lib, "mnt_table_next_fs", &m->table_next_fs) ||
	    !library_symbol(lib, "mnt_fs_get_fstype", &m->fs_get_fstype) ||
	    !library_symbol(lib, "mnt_fs_get_target", &m->fs_get_target) ||
	    !library_symbol(lib, "mnt_fs_get_root", &m->fs_get_root) ||
	    !library_symbol(lib, "mnt_fs_get_id", &m->fs_get_id) ||
	    !library_symbol(lib, "mnt_fs_match_options", &m->fs_match_options) ||
	    !library_symbol(lib, "mnt_fs_get_source", &m->fs_get_source) ||
	    !library_symbol(lib, "mnt_fs_get_option", &m->fs_get_option))
		return -ELIBACC;
	return 0;
}

static bool is_wanted(const struct libmount *m, struct libmnt_fs *fs, const char *controllers)
{
	const char *type = m->fs_get_fstype(fs);

	if (!type)
		return false;
	if (!*controllers)
		return strcmp(type, "cgroup2") == 0;
	return strcmp(type, "cgroup") == 0 && m->fs_match_options(fs, controllers) == 1;
}

struct walk {
	struct libmount lib;
	struct libmnt_table *table;
	struct libmnt_iter *iter;
};

static void walk_done(struct walk *w)
{
	if (!w->table)
		return;
	w->lib.free_iter(w->iter);
	w->lib.unref_table(w->table);
	*w = (struct walk){ 0 };
}

static int walk_open(const char *mountinfo, struct walk *w)
{
	int r = load(&w->lib);

	if (r < 0)
		return r;
	w->table = w->lib.new_table_from_file(mountinfo);
	if (!w->table)
		return errno > 0 ? -errno : -ENOENT;
	w->iter = w->lib.new_iter(MNT_ITER_FORWARD);
	return w->iter ? 0 : -ENOMEM;
}

/* What of @path is below @root, the part of a hierarchy that is mounted, or NULL. */
static const char *below_root(const char *path, const char *root)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

	/* Nobody has asked for a certain one. */
	if (!*path)
		return path;
	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return strcmp(path + n, "/") == 0 ? "" : path + n;
}

/* Something else can be mounted over it: even another part of the same hierarchy. */
static bool is_reached(const struct libmount *m, struct libmnt_fs *fs)
{
	_cleanup_fd_ int fd = open(m->fs_get_target(fs), O_PATH | O_DIRECTORY | O_CLOEXEC);
	int id;

	return fd >= 0 && fdinfo_int(AT_FDCWD, fd, "mnt_id", &id) == 0 && id == m->fs_get_id(fs);
}

int mounts_find_cgroup(const char *controllers, const char *path, char **ret_path)
{
	_cleanup_(walk_done) struct walk w = { 0 };
	_cleanup_free_ char *found = NULL;
	bool whole = false, gone = false;
	struct libmnt_fs *fs;
	int r = walk_open("/proc/self/mountinfo", &w);

	while (r == 0 && !whole && w.lib.table_next_fs(w.table, w.iter, &fs) == 0) {
		const char *target = w.lib.fs_get_target(fs), *root = w.lib.fs_get_root(fs);
		_cleanup_free_ char *here = NULL;
		const char *below;

		if (!target || !root || !is_wanted(&w.lib, fs, controllers))
			continue;
		below = below_root(path, root);
		if (!below || (found && strcmp(root, "/") != 0))
			continue;
		if (asprintf(&here, "%s%s", target, below) < 0) {
			here = NULL;
			return -ENOMEM;
		}
		if (!is_reached(&w.lib, fs))
			continue;
		if (faccessat(AT_FDCWD, here, F_OK, 0) < 0) {
			gone = gone || errno == ENOENT;
			continue;
		}
		whole = strcmp(root, "/") == 0;
		free(found);
		found = here;
		here = NULL;
	}
	if (r < 0 || !found)
		return r < 0 ? r : gone ? -ESTALE : -ENOENT;
	*ret_path = found;
	found = NULL;
	return 0;
}

static int copy(const char *text, size_t n, char **ret_copy)
{
	if (!text)
		return 0;
	*ret_copy = strndup(text, n);
	return *ret_copy ? 0 : -ENOMEM;
}

static int describe_root(const struct libmount *lib, struct libmnt_fs *fs,
			 struct mount_root *ret_root)
{
	_cleanup_mount_root_ struct mount_root root = { 0 };
	const char *type = lib->fs_get_fstype(fs);
	char *upper = NULL;
	size_t n = 0;

	if (!type || lib->fs_get_option(fs, "upperdir", &upper, &n) != 0)
		upper = NULL;
	if (copy(type ? type : "", PATH_MAX, &root.type) < 0 ||
	    copy(lib->fs_get_source(fs), PATH_MAX, &root.source) < 0 ||
	    copy(upper, n, &root.upper) < 0)
		return -ENOMEM;
	*ret_root = root;
	root = (struct mount_root){ 0 };
	return 0;
}

int mounts_find_root(int proc_fd, struct mount_root *ret_root)
{
	_cleanup_(walk_done) struct walk w = { 0 };
	struct libmnt_fs *fs, *root = NULL;
	char path[sizeof("/proc/self/fd/2147483647/mountinfo")];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/mountinfo", proc_fd); /* fits */
	r = walk_open(path, &w);
	/* What was mounted last covers the others. */
	while (r == 0 && w.lib.table_next_fs(w.table, w.iter, &fs) == 0) {
		const char *target = w.lib.fs_get_target(fs);

		if (target && strcmp(target, "/") == 0)
			root = fs;
	}
	if (r == 0 && !root)
		r = -ENOENT;
	return r < 0 ? r : describe_root(&w.lib, root, ret_root);
}

void mount_root_done(struct mount_root *root)
{
	free(root->type);
	free(root->source);
	free(root->upper);
	*root = (struct mount_root){ 0 };
}
