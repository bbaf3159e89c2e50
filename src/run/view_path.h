/* SPDX-License-Identifier: MIT */
/* The target view: paths in the new root directory, which is ours and can be written to until the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Room for a path of one of view_trees. The stack is new: each page of it that is touched has a price. */
enum {
	VIEW_PATH = 64
};

/* view_tree_path() - where one of view_trees is: @buf */
const char *view_tree_path(const char *name, char buf[VIEW_PATH]);

/*
 * view_kind() - what there is at a path, without a question to whom a file system is served by, who
 * may be dead
 * @flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
 * Return: an enum view_entry_kind, or -errno.
 */
int view_kind(int at, const char *path, int flags);

/* view_has_directory() - whether there is one, and no link to one */
bool view_has_directory(const char *path);

/* view_leads_to_directory() - whether there is one, by whatever links, or may be one */
bool view_leads_to_directory(const char *path);

/*
 * view_take_away() - whatever is at a path, in a directory that is ours, with what is mounted there
 * Return: 0 (also where there was nothing) or -errno.
 */
int view_take_away(const char *path);

/* view_write_file() - a new file with this in it. Return: 0 or -errno. */
int view_write_file(const char *path, const char *data, size_t size, mode_t mode);
