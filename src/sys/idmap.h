/* SPDX-License-Identifier: MIT */
/*
 * The id maps of a user namespace: /proc/PID/uid_map and gid_map. "Inside" is the namespace of that
 * process; "outside" is ours, or its parent where it is ours.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/* UID_GID_MAP_MAX_EXTENTS, since Linux 4.15; 5 before. */
enum {
	IDMAP_RANGES_MAX = 340
};

/* No id: also the kernel's mark for a range that is not mapped on our side. */
#define IDMAP_NO_ID UINT32_MAX

struct idmap_range {
	uint32_t inside, outside; /* first ids; outside may be IDMAP_NO_ID */
	uint32_t count;		  /* at least 1; neither side wraps around */
};

struct idmap {
	struct idmap_range *range; /* heap, in the file's order */
	size_t n;		   /* 0: no map was written, every id is unmapped */
};

/*
 * idmap_parse() - the lines "inside outside count" of a map
 * @ret_map: released by idmap_done(); written on success only
 *
 * Return: 0, -EBADMSG where the text is not a map, -ENOMEM.
 */
int idmap_parse(const char *text, struct idmap *ret_map);

/*
 * idmap_read() - the same from /proc/PID
 * @proc_fd: of proc_open()
 * @name:    "uid_map" or "gid_map"
 *
 * Return: as idmap_parse(), -ENOENT where the kernel has no user namespaces, or another -errno.
 */
int idmap_read(int proc_fd, const char *name, struct idmap *ret_map);

void idmap_done(struct idmap *map);

/* idmap_to_inside() - translate an id of ours. Return: whether it is mapped; else nothing is set.
 */
bool idmap_to_inside(const struct idmap *map, uint32_t outside, uint32_t *ret_inside);

/*
 * idmap_to_outside() - translate an id of the namespace
 *
 * Return: whether it can be told on our side. An id that exists inside cannot where its range is
 * not mapped in our namespace: ask idmap_has() for its existence.
 */
bool idmap_to_outside(const struct idmap *map, uint32_t inside, uint32_t *ret_outside);

/* idmap_has() - whether an id exists inside, so that setuid(2) and setgid(2) can take it */
bool idmap_has(const struct idmap *map, uint32_t inside);

/*
 * idmap_describe() - the ids that exist inside, for messages: "0-65535", "0, 1000-1999", "none"
 * @buf: at least IDMAP_TEXT_MAX bytes; ranges that do not fit become ", ..."
 * Return: @buf.
 */
enum {
	IDMAP_TEXT_MAX = 96
};
const char *idmap_describe(const struct idmap *map, char *buf);

/*
 * setgroups_denied() - whether setgroups(2) is forbidden in the user namespace of a process
 * @proc_fd: of proc_open()
 *
 * /proc/PID/setgroups, since Linux 3.19; earlier kernels never forbid it. The file says nothing
 * about a namespace without a gid map, where the call fails as well.
 * Return: 0, -EBADMSG where the text is neither "allow" nor "deny", or another -errno.
 */
int setgroups_denied(int proc_fd, bool *ret_denied);

#define _cleanup_idmap_ _cleanup_(idmap_done)
