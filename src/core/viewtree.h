/* SPDX-License-Identifier: MIT */
/* -H --view=target: the directories of the host's that hold programs, and what belongs to them. */
#pragma once

enum {
	VIEW_TREES = 8
};

/* Names in the root directory. */
extern const char *const view_trees[VIEW_TREES];

/* Trees of --tools-from that are no root directories, by their number. */
#define VIEW_FROM VIEW_PREFIX "/.from"

/* The configuration of man(1), without which it shows nothing. */
#define VIEW_MANUAL "etc/manpath.config"

/* Where the program finds them. */
#define VIEW_PREFIX "/.nsjoin/host"
#define VIEW_ROOT   "/.nsjoin/root"
