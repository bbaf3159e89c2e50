/* SPDX-License-Identifier: MIT */
/* Which container a process belongs to, by all lines of its /proc/PID/cgroup. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "find/cgname.h"

/*
 * ident_read() - the container of a process
 * @proc_fd: /proc/PID
 *
 * All hierarchies that name a container must name the same one: where they differ, somebody made a
 * directory to be mistaken for another.
 * Return: 1 with *ret_name filled, 0 where no line names a container, -EBADMSG where two lines
 * differ, -ESRCH where the process is gone, or another -errno.
 */
int ident_read(int proc_fd, struct cgname *ret_name);

/* ident_is() - whether the process belongs to the container with this full id */
bool ident_is(int proc_fd, const char *id);

/* ident_is_ours() - whether we ourselves live in this container: what it holds is not nested for us */
bool ident_is_ours(const char *id);

/* What the cgroups of a container's processes have in common. */
struct ident_claim {
	const char *id;		     /* full id, that the path names */
	enum cgname_runtime runtime; /* which reads the id out of it; CGNAME_NONE: any */
	const char *cgroup;	     /* or the path itself, for one that names nothing; or NULL */
	/*
	 * find_verify() is going to look at the process's cgroup: who is listed in the container's need
	 * not be asked for it now as well. It takes the kernel a while where there are many hierarchies.
	 */
	bool is_verified;
};

/* ident_fits() - whether the process is where the claim says, or further down */
bool ident_fits(int proc_fd, const struct ident_claim *claim);

enum {
	IDENT_USUAL = 4096
}; /* bytes that hold /proc/PID/cgroup on nearly all hosts */

/*
 * ident_text() - /proc/PID/cgroup
 * @buf:      used where the text fits
 * @ret_heap: to be freed; NULL where @buf was used
 * @ret_text: either of the two
 *
 * Return: 0 or a negative errno.
 */
int ident_text(int proc_fd, char *buf, size_t size, char **ret_heap, char **ret_text);

/* The line that told; points into the text that was parsed. */
struct ident_line {
	const char *controllers, *path;
};

/*
 * ident_parse() - the same as ident_read() from text, which is cut up in place
 * @ret_line: where the name was read, or NULL if not wanted
 */
int ident_parse(char *text, struct cgname *ret_name, struct ident_line *ret_line);

/* ident_is_within() - whether a path is @above, or further down */
bool ident_is_within(const char *path, const char *above);

/*
 * ident_find_path() - the line whose path is @path or below it, in text that is cut up in place
 * Return: whether there is one; *ret_line is written then.
 */
bool ident_find_path(char *text, const char *path, struct ident_line *ret_line);
