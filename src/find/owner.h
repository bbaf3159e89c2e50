/* SPDX-License-Identifier: MIT */
/* USER/NAME: what belongs to another user than root has to be spelled so. */
#pragma once

#include <sys/types.h>

#include "find/hostfs.h"

/*
 * owner_split() - the user before the first slash of a word
 * @ret_uid:  the user's
 * @ret_rest: what follows the slash, inside @word
 *
 * A user is a number or a name of the host's passwd file, which is read as text.
 * Return: 1, 0 where the word has no such user before a slash, or -ENOMEM.
 */
int owner_split(const struct hostfs *host, const char *word, uid_t *ret_uid, const char **ret_rest);
