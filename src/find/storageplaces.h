/* SPDX-License-Identifier: MIT */
/* Where the storage of podman and CRI-O was told to be, if it is not at the usual place. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "find/runtime.h"
#include "util/macro.h"
#include "util/strv.h"

/* The drivers of the storage library: each keeps its containers in a directory of its own. */
extern const char *const storage_drivers[];
extern const size_t storage_driver_count;

/* What a path may have a user's values for. */
struct storage_user {
	const char *home, *name;
	uid_t uid;
};

/*
 * storageconf_expand() - a path with $HOME, $UID and $USER replaced
 *
 * Return: an absolute path, heap, or NULL: without memory, or where the path has another variable or
 * is not absolute.
 */
char *storageconf_expand(const char *path, const struct storage_user *user);

/* Where one user's storage was told to be. */
struct storage_places {
	struct strv root; /* none: at the usual place */
	char *runroot;	  /* heap; NULL: the usual one */
};

/*
 * storageconf_places() - what the files say for a user
 *
 * The host's is /etc/containers/storage.conf or, where that is missing, the one below
 * /usr/share/containers. A user's own, ~/.config/containers/storage.conf, is read for his storage
 * alone, and only if nobody else can have written it. Damaged files say nothing.
 * Return: 0, to be released by storage_places_done(), or -ENOMEM.
 */
int storageconf_places(struct runtime_context *ctx, uid_t uid, struct storage_places *ret_places);
void storage_places_done(struct storage_places *places);

#define _cleanup_storage_places_ _cleanup_(storage_places_done)
