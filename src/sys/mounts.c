/* SPDX-License-Identifier: MIT */
#include "sys/mounts.h"

#include <dlfcn.h>
#include <errno.h>
#include <libmount.h>
#include <stdbool.h>
#include <string.h>

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
	__typeof__(&mnt_fs_match_options) fs_match_options;
};

static bool load_symbol(void *lib, const char *name, void *ret_function)
{
	void *symbol = dlsym(lib, name);

	/* POSIX promises that a function's address survives the trip through void *. */
	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

/* The library stays loaded: unloading it again would cost time for nothing. */
static int load(struct libmount *m)
{
	void *lib = dlopen(NSJOIN_LIBMOUNT_SONAME, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return -ELIBACC;
	if (!load_symbol(lib, "mnt_new_table_from_file", &m->new_table_from_file) ||
	    !load_symbol(lib, "mnt_unref_table", &m->unref_table) ||
	    !load_symbol(lib, "mnt_new_iter", &m->new_iter) ||
	    !load_symbol(lib, "mnt_free_iter", &m->free_iter) ||
	    !load_symbol(lib, "mnt_table_next_fs", &m->table_next_fs) ||
	    !load_symbol(lib, "mnt_fs_get_fstype", &m->fs_get_fstype) ||
	    !load_symbol(lib, "mnt_fs_get_target", &m->fs_get_target) ||
	    !load_symbol(lib, "mnt_fs_match_options", &m->fs_match_options))
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

static int search(const struct libmount *m, struct libmnt_table *table, struct libmnt_iter *iter,
		  const char *controllers, char **ret_path)
{
	struct libmnt_fs *fs;

	while (m->table_next_fs(table, iter, &fs) == 0) {
		const char *target = m->fs_get_target(fs);
		char *path;

		if (!target || !is_wanted(m, fs, controllers))
			continue;
		path = strdup(target);
		if (!path)
			return -ENOMEM;
		*ret_path = path;
		return 0;
	}
	return -ENOENT;
}

int mounts_find_cgroup(const char *controllers, char **ret_path)
{
	struct libmount m;
	struct libmnt_table *table;
	struct libmnt_iter *iter;
	int r = load(&m);

	if (r < 0)
		return r;
	table = m.new_table_from_file("/proc/self/mountinfo");
	if (!table)
		return errno > 0 ? -errno : -ENOENT;
	iter = m.new_iter(MNT_ITER_FORWARD);
	r = iter ? search(&m, table, iter, controllers, ret_path) : -ENOMEM;
	m.free_iter(iter);
	m.unref_table(table);
	return r;
}
