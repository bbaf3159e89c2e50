/* SPDX-License-Identifier: MIT */
/*
 * storage.conf: where the library that podman and CRI-O share keeps images and containers. Of the
 * file's language (TOML) as much as finds three keys and passes over all the others. Pure.
 */
#pragma once

#include "util/macro.h"

/* As the file says: heap, not expanded, or NULL. */
struct storageconf {
	char *graphroot, *runroot;
	char *rootless; /* rootless_storage_path: graphroot for ordinary users */
};

/*
 * storageconf_parse() - the keys of one file
 *
 * Return: 0, to be released by storageconf_done(); -EBADMSG where the file is damaged: the library
 * does not take it either; or -ENOMEM.
 */
int storageconf_parse(const char *text, struct storageconf *ret_conf);
void storageconf_done(struct storageconf *conf);

#define _cleanup_storageconf_ _cleanup_(storageconf_done)
