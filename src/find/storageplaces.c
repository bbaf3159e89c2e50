/* SPDX-License-Identifier: MIT */
#include "find/storageplaces.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "find/storageconf.h"
#include "find/userdir.h"
#include "util/text.h"

enum {
	CONF_MAX = 1 << 16 /* the file that distributions ship, mostly comments, has 10 KiB */
};

const char *const storage_drivers[] = { "overlay", "vfs", "btrfs", "zfs" };
const size_t storage_driver_count = ARRAY_SIZE(storage_drivers);

/* Over "$UID" or "${UID}". Return: whether it is one that is known. */
static bool put_variable(struct text *out, const char **at, const struct storage_user *user)
{
	bool braces = (*at)[1] == '{';
	const char *name = *at + (braces ? 2 : 1);
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789_");

	if (braces && name[n] != '}')
		return false;
	if (n == 3 && strncmp(name, "UID", n) == 0)
		text_add(out, "%u", user->uid);
	else if (n == 4 && strncmp(name, "HOME", n) == 0 && user->home)
		text_add(out, "%s", user->home);
	else if (n == 4 && strncmp(name, "USER", n) == 0 && user->name)
		text_add(out, "%s", user->name);
	else
		return false;
	*at = name + n + (braces ? 1 : 0);
	return true;
}

char *storageconf_expand(const char *path, const struct storage_user *user)
{
	_cleanup_text_ struct text out = { 0 };

	while (*path) {
		size_t n = strcspn(path, "$");

		text_add(&out, "%.*s", (int)n, path);
		path += n;
		if (*path && !put_variable(&out, &path, user))
			return NULL;
	}
	if (out.failed || !out.buf || out.buf[0] != '/')
		return NULL;
	return steal_pointer(&out.buf);
}

/* Return: 1, 0 where there is none that can be believed, or -ENOMEM. */
static int read_file(struct runtime_context *ctx, const char *path, uid_t owner,
		     struct storageconf *ret_conf)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = hostfs_read_of(ctx->host, path, owner, CONF_MAX, &text);
	int r = n < 0 ? (int)n : 0;

	if (r == 0)
		r = strlen(text) == (size_t)n ? storageconf_parse(text, ret_conf) : -EBADMSG;
	if (r == -ENOENT || r == -ENOMEM)
		return r;
	return r < 0 ? 0 : 1;
}

static int read_host(struct runtime_context *ctx, struct storageconf *ret_conf)
{
	int r = read_file(ctx, "/etc/containers/storage.conf", 0, ret_conf);

	if (r == -ENOENT)
		r = read_file(ctx, "/usr/share/containers/storage.conf", 0, ret_conf);
	return r == -ENOENT ? 0 : r;
}

static int read_user(struct runtime_context *ctx, uid_t uid, struct storageconf *ret_conf)
{
	_cleanup_free_ char *path = userdir_config(ctx->host, uid, "containers/storage.conf");
	int r = path ? read_file(ctx, path, uid, ret_conf) : 0;

	return r == -ENOENT ? 0 : r;
}

static int add_root(struct storage_places *places, const char *path,
		    const struct storage_user *user)
{
	_cleanup_free_ char *full = path ? storageconf_expand(path, user) : NULL;

	return full ? strv_add_new(&places->root, full) : 0;
}

static int places_of_root(const struct storageconf *host, struct storage_places *places)
{
	const struct storage_user root = { "/root", "root", 0 };

	if (host->runroot)
		places->runroot = storageconf_expand(host->runroot, &root);
	return add_root(places, host->graphroot, &root);
}

static int places_of_user(struct runtime_context *ctx, const struct storageconf *host, uid_t uid,
			  struct storage_places *places)
{
	_cleanup_storageconf_ struct storageconf own = { .graphroot = NULL };
	_cleanup_free_ char *home = userdir_home(ctx->host, uid);
	_cleanup_free_ char *name = userdir_name(ctx->host, uid);
	const struct storage_user user = { home, name, uid };
	int r = read_user(ctx, uid, &own);

	if (r >= 0 && own.runroot)
		places->runroot = storageconf_expand(own.runroot, &user);
	if (r >= 0)
		r = add_root(places, own.graphroot, &user);
	if (r >= 0)
		r = add_root(places, own.rootless, &user);
	if (r >= 0)
		r = add_root(places, host->rootless, &user);
	return r;
}

static int read_places(struct runtime_context *ctx, uid_t uid, struct storage_places *ret_places)
{
	_cleanup_storage_places_ struct storage_places places = { .runroot = NULL };
	_cleanup_storageconf_ struct storageconf host = { .graphroot = NULL };
	int r = read_host(ctx, &host);

	if (r >= 0)
		r = uid == 0 ? places_of_root(&host, &places)
			     : places_of_user(ctx, &host, uid, &places);
	if (r < 0)
		return r;
	*ret_places = places;
	places = (struct storage_places){ .runroot = NULL };
	return 0;
}

/* podman and CRI-O both ask for root's: the files are read once. */
static int copy_seen(const struct runtime_seen *seen, struct storage_places *ret_places)
{
	_cleanup_storage_places_ struct storage_places places = { .runroot = NULL };
	int r = 0;

	for (size_t i = 0; i < seen->storage_roots.n && r == 0; i++)
		r = strv_add(&places.root, seen->storage_roots.item[i]);
	if (r == 0 && seen->storage_runroot) {
		places.runroot = strdup(seen->storage_runroot);
		r = places.runroot ? 0 : -ENOMEM;
	}
	if (r < 0)
		return r;
	*ret_places = places;
	places = (struct storage_places){ .runroot = NULL };
	return 0;
}

int storageconf_places(struct runtime_context *ctx, uid_t uid, struct storage_places *ret_places)
{
	struct storage_places places = { .runroot = NULL };
	int r;

	if (uid != 0)
		return read_places(ctx, uid, ret_places);
	if (!ctx->seen.storage_read) {
		r = read_places(ctx, uid, &places);
		if (r < 0)
			return r;
		ctx->seen.storage_read = true;
		ctx->seen.storage_roots = places.root;
		ctx->seen.storage_runroot = places.runroot;
	}
	return copy_seen(&ctx->seen, ret_places);
}

void storage_places_done(struct storage_places *places)
{
	strv_done(&places->root);
	free(places->runroot);
	*places = (struct storage_places){ .runroot = NULL };
}
