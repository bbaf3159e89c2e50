/* SPDX-License-Identifier: MIT */
#include "find/podmanlive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "find/find.h"
#include "find/ocistate.h"
#include "find/state.h"
#include "find/storageplaces.h"
#include "util/fd.h"
#include "util/macro.h"

static int list_dir(struct runtime_context *ctx, const char *path, struct strv *ids)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *id;
	int r = 0;

	if (state_dir_open(ctx, path, &dir) < 0)
		return 0;
	while (r == 0 && (id = state_dir_next(&dir)))
		if (find_is_id(id))
			r = strv_add(ids, id);
	return r;
}

static int list_running(struct runtime_context *ctx, uid_t owner, struct strv *ids)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ocistate_runtimes) && r == 0; i++) {
		_cleanup_free_ char *path = ocistate_root(owner, ocistate_runtimes[i]);

		r = path ? list_dir(ctx, path, ids) : -ENOMEM;
	}
	return r;
}

/* Take out of @unknown what a storage has a directory for: CRI-O's as well, where it shares one. */
static int strike_known(const struct hostfs *host, const char *root, const char *driver,
			const struct strv *ids, bool *unknown)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (asprintf(&path, "%s/%s-containers", root, driver) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = hostfs_open(host, path, O_PATH | O_DIRECTORY);
	for (size_t i = 0; fd >= 0 && i < ids->n; i++)
		if (unknown[i] && fstatat(fd, ids->item[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			unknown[i] = false;
	return 0;
}

static int strike_all(const struct hostfs *host, const struct strv *roots, const struct strv *ids,
		      bool *unknown)
{
	int r = 0;

	for (size_t i = 0; i < roots->n; i++)
		for (size_t d = 0; d < storage_driver_count && r == 0; d++)
			r = strike_known(host, roots->item[i], storage_drivers[d], ids, unknown);
	return r;
}

int podmanlive_has_strangers(struct runtime_context *ctx, uid_t owner, const struct strv *roots,
			     struct error *err)
{
	_cleanup_strv_ struct strv ids = { 0 };
	_cleanup_free_ bool *unknown = NULL;
	int r = list_running(ctx, owner, &ids);

	if (r == 0 && ids.n == 0)
		return 0;
	unknown = r < 0 ? NULL : malloc(ids.n * sizeof(*unknown));
	if (!unknown)
		return state_no_memory(err);
	for (size_t i = 0; i < ids.n; i++)
		unknown[i] = true;
	if (strike_all(ctx->host, roots, &ids, unknown) < 0)
		return state_no_memory(err);
	for (size_t i = 0; i < ids.n && r == 0; i++)
		r = unknown[i] ? 1 : 0;
	return r;
}
