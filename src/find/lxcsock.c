/* SPDX-License-Identifier: MIT */
#include "find/lxcsock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/fd.h"

enum {
	TEXT_LIMIT = 64 << 20 /* half a million sockets */
};

/*
 * "LXCPATH/NAME" out of "…: … @LXCPATH/NAME/command", cut up in place, or NULL. A name can hold
 * blanks, and so can not be the last word; but it is the first to begin with "@".
 */
static char *path_of(char *line)
{
	static const char suffix[] = "/command";
	char *at = strstr(line, " @");
	size_t n, cut = sizeof(suffix) - 1;

	if (!at)
		return NULL;
	at += 2;
	n = strlen(at);
	/* A name that fills the socket's address is not followed by the NULs shown as "@". */
	if (n <= cut || strcmp(at + n - cut, suffix) != 0)
		return NULL;
	at[n - cut] = '\0';
	return at;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int lxcsock_parse_consume(char *text, struct lxcsock *ret_sockets)
{
	struct lxcsock sockets = { .text = text };
	size_t size = 0;

	for (char *line = text, *next; line; line = next) {
		char *path;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		path = path_of(line);
		if (!path)
			continue;
		if (sockets.n == size) {
			size_t larger = MAX(size * 2, (size_t)64);
			char **more = reallocarray(sockets.path, larger, sizeof(*more));

			if (!more) {
				lxcsock_done(&sockets);
				return -ENOMEM;
			}
			sockets.path = more;
			size = larger;
		}
		sockets.path[sockets.n++] = path;
	}
	if (sockets.n > 0)
		qsort(sockets.path, sockets.n, sizeof(*sockets.path), compare);
	*ret_sockets = sockets;
	return 0;
}

int lxcsock_read(const struct hostfs *host, struct lxcsock *ret_sockets)
{
	/* Process 1 is in the host's network namespace, we may be in another one. */
	static const char *const files[] = { "1/net/unix", "net/unix" };
	char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		ssize_t n = fd_read_alloc(host->proc_fd, files[i], TEXT_LIMIT, &text);

		if (n >= 0)
			return lxcsock_parse_consume(text, ret_sockets);
		if (n == -ENOMEM)
			return -ENOMEM;
	}
	*ret_sockets = (struct lxcsock){ 0 };
	return 0;
}

static bool has(const struct lxcsock *sockets, const char *path)
{
	return sockets->n > 0 &&
	       bsearch(&path, sockets->path, sockets->n, sizeof(*sockets->path), compare);
}

/* FNV-1a of 64 bits, as LXC names sockets whose path would not fit into an address. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

bool lxcsock_has(const struct lxcsock *sockets, const char *lxcpath, const char *name)
{
	char hashed[sizeof("lxc/0123456789abcdef")];
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", lxcpath, name) < 0) {
		path = NULL;
		return false;
	}
	if (has(sockets, path))
		return true;
	(void)snprintf(hashed, sizeof(hashed), "lxc/%016" PRIx64, hash(path)); /* fits exactly */
	return has(sockets, hashed);
}

void lxcsock_done(struct lxcsock *sockets)
{
	free(sockets->path);
	free(sockets->text);
	*sockets = (struct lxcsock){ 0 };
}
