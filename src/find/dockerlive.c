/* SPDX-License-Identifier: MIT */
#include "find/dockerlive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "find/dockerroot.h"
#include "find/find.h"
#include "find/state.h"
#include "util/fd.h"
#include "util/macro.h"

const struct cgmatches *dockerlive_list(struct runtime_context *ctx)
{
	/* Without memory some are missing: they are found with the others. */
	if (ctx->tree && !ctx->seen.docker_listed)
		(void)cgtree_list_docker(ctx->tree, &ctx->seen.docker_running);
	ctx->seen.docker_listed = true;
	return &ctx->seen.docker_running;
}

/* Take out of @unknown what a root knows. Return: 0, or a negative errno with @err filled. */
static int strike_known(const struct hostfs *host, const char *root,
			const struct cgmatches *running, bool *unknown, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (asprintf(&path, "%s/containers", root) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	fd = hostfs_open(host, path, O_PATH | O_DIRECTORY);
	for (size_t i = 0; fd >= 0 && i < running->n; i++)
		if (unknown[i] &&
		    fstatat(fd, running->item[i].name.id, &st, AT_SYMLINK_NOFOLLOW) == 0)
			unknown[i] = false;
	return 0;
}

int dockerlive_has_strangers(struct runtime_context *ctx, struct error *err)
{
	const struct cgmatches *running = dockerlive_list(ctx);
	_cleanup_free_ bool *unknown = NULL;
	const struct strv *roots;
	int r;

	if (running->n == 0)
		return 0;
	unknown = calloc(running->n, sizeof(*unknown));
	if (!unknown)
		return state_no_memory(err);
	for (size_t i = 0; i < running->n; i++)
		unknown[i] = find_is_id(running->item[i].name.id);
	r = dockerroot_usual(ctx, &roots, err);
	for (size_t i = 0; r == 0 && i < roots->n; i++)
		r = strike_known(ctx->host, roots->item[i], running, unknown, err);
	for (size_t i = 0; r == 0 && i < running->n; i++)
		if (unknown[i] && !cgtree_is_empty(ctx->tree, &running->item[i]))
			r = 1;
	return r;
}
