/* SPDX-License-Identifier: MIT */
/*
 * comm:NAME: a process by its name, which any process can choose for itself: taken only where nothing
 * else can be meant.
 */
#pragma once

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

/*
 * comm_find() - the first process of that name
 * @word: what follows "comm:": NAME or USER/NAME; the kernel keeps 15 bytes of a name
 *
 * Those of that name have to share one pid and one mount namespace. For root, the processes of other
 * users have to be spelled with their user.
 * Return: 0 with *ret_found filled (no runtime, no id), or a negative errno with @err filled.
 */
int comm_find(const struct hostfs *host, const char *word, struct found *ret_found,
	      struct error *err);
