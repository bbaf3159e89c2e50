/* SPDX-License-Identifier: MIT */
/* Users of the host and where they keep things: from its passwd file as text, never through NSS. */
#pragma once

#include <sys/types.h>

#include "find/hostfs.h"

/*
 * userdir_uid() - the uid behind USER in podman:USER/NAME
 * @user: a name or digits
 *
 * Return: 0, -ENOENT where there is no such user, or another -errno.
 */
int userdir_uid(const struct hostfs *host, const char *user, uid_t *ret_uid);

/*
 * userdir_name() - what a uid is called
 * Return: heap, the digits where it has no name; NULL without memory.
 */
char *userdir_name(const struct hostfs *host, uid_t uid);

/*
 * userdir_data() - where a user's programs keep their data: ~/.local/share
 * @name: what is appended: "docker"
 *
 * Our own environment is asked ($XDG_DATA_HOME, $HOME) where @uid is our own and not root.
 * Return: an absolute path, heap, or NULL.
 */
char *userdir_data(const struct hostfs *host, uid_t uid, const char *name);

/* userdir_config() - the same for what they are told: $XDG_CONFIG_HOME, ~/.config */
char *userdir_config(const struct hostfs *host, uid_t uid, const char *name);

/* userdir_home() - the home directory, by the same rules. Return: an absolute path, heap, or NULL. */
char *userdir_home(const struct hostfs *host, uid_t uid);

/* userdir_run() - the same for what lasts as long as the user is logged in: /run/user/UID */
char *userdir_run(uid_t uid, const char *name);
