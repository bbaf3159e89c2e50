/* SPDX-License-Identifier: MIT */
#include "find/pinned.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/nsfd.h"
#include "util/fd.h"
#include "util/macro.h"

/* What the containers of a pod share, as the configuration calls it. */
static const struct {
	const char *word;
	enum ns_type type;
} types[] = {
	{ "network", NS_NET },
	{ "ipc", NS_IPC },
	{ "uts", NS_UTS },
};

enum {
	ENTRIES_MAX = 32 /* there are eight types */
};

/* Where runtimes mount them. */
static bool is_believed(const char *path)
{
	static const char *const dirs[] = { "/run/", "/var/run/" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (strncmp(path, dirs[i], strlen(dirs[i])) == 0)
			return !strstr(path, "/../");
	return false;
}

static int take(const char *type, const char *path, struct known *known)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		char **file = &known->pinned[types[i].type];

		if (strcmp(type, types[i].word) != 0 || *file)
			continue;
		*file = strdup(path);
		return *file ? 0 : -ENOMEM;
	}
	return 0;
}

int pinned_fill(const struct jsondoc *config, struct known *known)
{
	size_t n = MIN(jsondoc_count(config, "linux/namespaces"), (size_t)ENTRIES_MAX);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		char key[64]; /* fits: a number of two digits */
		const char *type, *path;

		(void)snprintf(key, sizeof(key), "linux/namespaces/%zu/type", i);
		type = jsondoc_string(config, key);
		(void)snprintf(key, sizeof(key), "linux/namespaces/%zu/path", i);
		path = jsondoc_string(config, key);
		if (type && path && is_believed(path))
			r = take(type, path, known);
	}
	return r;
}

/* A mount that was undone leaves an empty file behind. */
static int open_one(const struct hostfs *host, const char *path, enum ns_type wanted)
{
	_cleanup_fd_ int look = hostfs_open(host, path, O_PATH);
	_cleanup_fd_ int fd = -EBADF;
	enum ns_type type;

	/* Opening anything else than a namespace could have effects. */
	if (look < 0 || !nsfd_is_nsfs(look))
		return -EBADF;
	fd = hostfs_open(host, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || nsfd_type(fd, &type) < 0 || type != wanted)
		return -EBADF;
	return fd_steal(&fd);
}

int pinned_open(const struct hostfs *host, const struct known *known, ns_set wanted, int **ret_fd)
{
	int *fd = malloc(NS_COUNT * sizeof(*fd));
	bool all = true;

	if (!fd)
		return -ENOMEM;
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		fd[t] = -EBADF;
		if (!ns_has(wanted, t) || !all)
			continue;
		if (known->pinned[t])
			fd[t] = open_one(host, known->pinned[t], t);
		all = fd[t] >= 0;
	}
	if (!all) {
		pinned_free(fd);
		return 0;
	}
	*ret_fd = fd;
	return 1;
}

void pinned_free(int *fd)
{
	for (enum ns_type t = 0; fd && t < NS_COUNT; t++)
		(void)fd_close(fd[t]); /* always -EBADF */
	free(fd);
}
