/* SPDX-License-Identifier: MIT */
/*
 * The abstract sockets of LXC's monitors: the only trace on the host of which of its containers run.
 * Anybody can make one of the same name, so that it is a hint and nothing more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "find/hostfs.h"
#include "util/macro.h"

struct lxcsock {
	char *text; /* heap: /proc/net/unix, cut up */
	/* heap, sorted: "LXCPATH/NAME", or "lxc/HASH" where that is too long for a socket */
	char **path;
	size_t n;
};

/*
 * lxcsock_read() - the sockets of the host's network namespace
 * Return: 0 or -ENOMEM. A list that cannot be read is an empty one.
 */
int lxcsock_read(const struct hostfs *host, struct lxcsock *ret_sockets);

/* lxcsock_parse_consume() - the same from the text of /proc/net/unix, taken over also on failure */
int lxcsock_parse_consume(char *text, struct lxcsock *ret_sockets);

/* lxcsock_has() - whether there is the socket of this container's monitor */
bool lxcsock_has(const struct lxcsock *sockets, const char *lxcpath, const char *name);

void lxcsock_done(struct lxcsock *sockets);

#define _cleanup_lxcsock_ _cleanup_(lxcsock_done)
