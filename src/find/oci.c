/* SPDX-License-Identifier: MIT */
#include "find/oci.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/find.h"
#include "find/ocistate.h"
#include "find/state.h"
#include "util/macro.h"

/* What runc and crun allow. */
static bool is_id(const char *text)
{
	return text[0] && strcmp(text, "..") != 0 && !strchr(text, '/') &&
	       strlen(text) < CGNAME_ID_MAX;
}

static int add(struct runtime_context *ctx, const char *dir, const char *id, uid_t owner,
	       struct known_list *list, struct error *err)
{
	/* 64 digits are an engine's: it has a name elsewhere. */
	bool named = !find_is_id(id);
	struct known known = {
		.runtime = &runtime_oci,
		.id = strdup(id),
		.name = named ? strdup(id) : NULL,
		.state_root = strdup(dir),
		.owner = owner,
	};
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/%s", dir, id) < 0)
		path = NULL;
	if (!known.id || (named && !known.name) || !known.state_root || !path) {
		known_done(&known);
		return state_no_memory(err);
	}
	/* One question instead of one for each file that may be in there. */
	r = hostfs_lacks(ctx->host, path) ? 0 : ocistate_read(ctx, path, &known, err);
	if (r <= 0)
		known_done(&known);
	else if (known_list_add_consume(list, &known) < 0)
		r = state_no_memory(err);
	return r < 0 ? r : 0;
}

static int list_dir(struct runtime_context *ctx, const char *path, uid_t owner,
		    const struct known_filter *filter, struct known_list *list, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *id;
	int r = 0;

	/* The id is the name: there is nothing to be looked for among the others. */
	if (filter->name)
		return is_id(filter->name) ? add(ctx, path, filter->name, owner, list, err) : 0;
	if (state_dir_open(ctx, path, &dir) < 0)
		return 0;
	while (r == 0 && (id = state_dir_next(&dir)))
		if (known_filter_takes_id(filter, id))
			r = add(ctx, path, id, owner, list, err);
	return r;
}

static int list_user(struct runtime_context *ctx, uid_t uid, const struct known_filter *filter,
		     struct known_list *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ocistate_runtimes) && r == 0; i++) {
		_cleanup_free_ char *dir = ocistate_root(uid, ocistate_runtimes[i]);

		if (!dir)
			return state_no_memory(err);
		r = list_dir(ctx, dir, uid, filter, list, err);
	}
	return r;
}

static int oci_list(struct runtime_context *ctx, const struct known_filter *filter,
		    struct known_list *list, struct error *err)
{
	static const char *const dirs[] = { "/run/runc", "/run/crun" };
	int r = 0;

	if (filter->pod || filter->container)
		return 0;
	/* Another user's state could be anything: it is left alone. */
	if (filter->owner && *filter->owner != 0 && *filter->owner != geteuid())
		return 0;
	if (filter->owner && *filter->owner != 0)
		return list_user(ctx, *filter->owner, filter, list, err);
	for (size_t i = 0; i < ARRAY_SIZE(dirs) && r == 0; i++)
		r = list_dir(ctx, dirs[i], 0, filter, list, err);
	if (r == 0 && geteuid() != 0)
		r = list_user(ctx, geteuid(), filter, list, err);
	return r;
}

static const char *const schemes[] = { "runc", "crun", NULL };

const struct runtime runtime_oci = {
	.name = "oci",
	.schemes = schemes,
	.cgname = CGNAME_OCI,
	.list = oci_list,
};
