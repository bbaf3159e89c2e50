/* SPDX-License-Identifier: MIT */
#include "find/nerdctl.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/containerd.h"
#include "find/find.h"
#include "find/state.h"
#include "util/macro.h"

/* Below it a directory for each containerd, called after a hash of its address. */
static const char data_root[] = "/var/lib/nerdctl";

/* The search for names, after that for bundles. */
struct names {
	const struct containerd_query *query;
	size_t bundles; /* how many of the list they are */
};

static bool has_bundle(const struct names *n, const char *id)
{
	for (size_t i = 0; i < n->bundles; i++)
		if (strcmp(n->query->list->item[i].id, id) == 0)
			return true;
	return false;
}

/* The id in a names file: the name stays there as long as the container exists, running or not. */
static int add_name(const struct names *n, const char *dir, const char *name, struct error *err)
{
	_cleanup_known_ struct known known = { .runtime = n->query->runtime };
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_text(n->query->ctx, path, &known.id) < 0)
		return 0;
	known.id[strcspn(known.id, "\n")] = '\0';
	if (!find_is_id(known.id) || !known_filter_takes_id(n->query->filter, known.id) ||
	    has_bundle(n, known.id))
		return 0;
	known.name = strdup(name);
	known.state_root = strdup(data_root);
	if (!known.name || !known.state_root || known_list_add_consume(n->query->list, &known) < 0)
		return state_no_memory(err);
	return 0;
}

static int list_names(const struct names *n, const char *dir, struct error *err)
{
	_cleanup_state_dir_ struct state_dir names = STATE_DIR_NONE;
	const char *wanted = n->query->filter->name;
	const char *name;
	int r = 0;

	if (wanted && state_is_name(wanted))
		return add_name(n, dir, wanted, err);
	if (state_dir_open(n->query->ctx, dir, &names) < 0)
		return 0;
	while (r == 0 && (name = state_dir_next(&names)))
		if (state_is_name(name))
			r = add_name(n, dir, name, err);
	return r;
}

/* The namespaces of one containerd. */
static int list_namespaces(const struct names *n, const char *hash, struct error *err)
{
	_cleanup_state_dir_ struct state_dir namespaces = STATE_DIR_NONE;
	_cleanup_free_ char *path = NULL;
	const char *ns;
	int r = 0;

	if (asprintf(&path, "%s/%s/names", data_root, hash) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_dir_open(n->query->ctx, path, &namespaces) < 0)
		return 0;
	while (r == 0 && (ns = state_dir_next(&namespaces))) {
		_cleanup_free_ char *dir = NULL;

		if (asprintf(&dir, "%s/%s", path, ns) < 0) {
			dir = NULL;
			return state_no_memory(err);
		}
		r = list_names(n, dir, err);
	}
	return r;
}

static int list_all_names(const struct names *n, struct error *err)
{
	_cleanup_state_dir_ struct state_dir hashes = STATE_DIR_NONE;
	const char *hash;
	int r = 0;

	if (state_dir_open(n->query->ctx, data_root, &hashes) < 0)
		return 0;
	while (r == 0 && (hash = state_dir_next(&hashes)))
		r = list_namespaces(n, hash, err);
	return r;
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_nerdctl, CONTAINERD_NERDCTL, filter,
						list };
	struct names names = { .query = &query };
	int r = containerd_list(&query, err);

	names.bundles = list->n;
	/* It knows nothing of pods. */
	return r < 0 || filter->pod ? r : list_all_names(&names, err);
}

static int list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_nerdctl, CONTAINERD_NERDCTL, filter,
						list };

	return containerd_list_scanned(&query, err);
}

static const char *const schemes[] = { "containerd", NULL };

const struct runtime runtime_nerdctl = {
	.name = "nerdctl",
	.schemes = schemes,
	.cgname = CGNAME_NERDCTL,
	.list = list,
	.list_scanned = list_scanned,
};
