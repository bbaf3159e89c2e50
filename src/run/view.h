/* SPDX-License-Identifier: MIT */
/* -H --view=target: a root directory of the program's own, made of the target's and of the host's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/request.h"
#include "core/viewtree.h"
#include "util/error.h"

/* The loader's stand-in as it was built in; the two are the beginning and the end of one object. */
extern const char shim_image[], shim_image_end[];

enum {
	VIEW_ENTRIES = 256, /* of a target's root directory are bound, */
	VIEW_LINKS = 65536, /* so many more are links, and the others are in VIEW_ROOT alone */
	VIEW_DEVICES = 6,
};

enum view_entry_kind {
	ENTRY_NONE,
	ENTRY_DIR,
	ENTRY_FILE, /* or a device, a socket: what is mounted on a file */
	ENTRY_LINK,
};

/* What is in a root directory, held: a copy of the mounts, or a link's text. */
struct view_entry {
	enum view_entry_kind kind;
	char *link; /* heap */
	int tree;   /* or -EBADF */
};

/* What a view is made of, until it is. */
struct view {
	struct view_entry host[VIEW_TREES]; /* of the host's, by view_trees */
	struct view_entry extra[REQUEST_TOOLS];
	struct view_entry alternatives; /* of the host's /etc this, */
	struct view_entry manual;	/* what man(1) cannot do without, and no more */
	int device[VIEW_DEVICES];	/* by view_devices; or -EBADF */
	bool mixed; /* some directory is the target's: what is there can be found instead of the host's */
	int proc; /* a fresh /proc, where the target has none; or -EBADF */
};

extern const char *const view_devices[VIEW_DEVICES];

/*
 * view_take_entry() - hold one entry of a directory
 * @at, @name: the directory, and a name in it
 * @type: readdir(3)'s, for what cannot be asked; or DT_UNKNOWN
 * Return: 0 (ENTRY_NONE where there is none), or -errno.
 */
int view_take_entry(int at, const char *name, unsigned char type, struct view_entry *ret_entry);

/* view_entry_done() - let go of it */
void view_entry_done(struct view_entry *entry);

struct view *view_new(void);
void view_free(struct view *view);
