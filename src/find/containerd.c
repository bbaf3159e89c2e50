/* SPDX-License-Identifier: MIT */
#include "find/containerd.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/bundle.h"
#include "find/procscan.h"
#include "find/state.h"
#include "util/macro.h"
#include "util/strv.h"

static const char task_dir[] = "/io.containerd.runtime.v2.task";

static const char *const usual_states[] = {
	"/run/containerd",
	"/run/k3s/containerd", /* also RKE2's */
	"/run/k0s/containerd",
	"/var/snap/microk8s/common/run/containerd",
};

static bool is_wanted(enum containerd_kind kind, const char *ns)
{
	if (!state_is_name(ns) || strcmp(ns, "moby") == 0)
		return false;
	return (kind == CONTAINERD_CRI) == (strcmp(ns, "k8s.io") == 0);
}

static int list_namespace(const struct containerd_query *query, const char *state, const char *ns,
			  struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	_cleanup_free_ char *path = NULL;
	const char *id;
	int r = 0;

	if (asprintf(&path, "%s%s/%s", state, task_dir, ns) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_dir_open(query->ctx, path, &dir) < 0)
		return 0;
	while (r == 0 && (id = state_dir_next(&dir)))
		r = bundle_add(query, state, ns, id, err);
	return r;
}

/* Return: 1, 0 where there is no such state, or a negative errno with @err filled. */
static int list_state(const struct containerd_query *query, const char *state, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	_cleanup_free_ char *path = NULL;
	const char *ns;
	int r;

	if (asprintf(&path, "%s%s", state, task_dir) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	r = state_dir_open(query->ctx, path, &dir);
	if (r < 0)
		return r != -ENOENT;
	while (r == 0 && (ns = state_dir_next(&dir)))
		if (is_wanted(query->kind, ns))
			r = list_namespace(query, state, ns, err);
	return r < 0 ? r : 1;
}

/* Three rows of the table look here: what is not there for one is not there for the others. */
int containerd_list(const struct containerd_query *query, struct error *err)
{
	unsigned int *missing = &query->ctx->seen.containerd_missing;

	for (size_t i = 0; i < ARRAY_SIZE(usual_states); i++) {
		int r = *missing & 1U << i ? 1 : list_state(query, usual_states[i], err);

		if (r < 0)
			return r;
		if (r == 0)
			*missing |= 1U << i;
	}
	return 0;
}

/*
 * A shim works in its bundle, <state>/io.containerd.runtime.v2.task/NAMESPACE/ID; the daemon is told
 * its state directory. Return: the length of that directory's name in *ret_path, or 0.
 */
static size_t state_of(const struct procscan_item *item, const char **ret_path)
{
	const char *path = NULL, *end;

	if (item->kind == PROCSCAN_SHIM) {
		path = item->cwd;
		end = path ? strstr(path, task_dir) : NULL;
		if (!end || end[strlen(task_dir)] != '/')
			return 0;
	} else if (item->kind == PROCSCAN_CONTAINERD) {
		path = procscan_option(item, "--state");
		end = path ? path + strlen(path) : NULL;
	}
	if (!path || path[0] != '/')
		return 0;
	*ret_path = path;
	return (size_t)(end - path);
}

static int collect_state(const struct procscan_item *item, struct strv *states)
{
	_cleanup_free_ char *state = NULL;
	const char *path = NULL;
	size_t n;

	/* Another user's containerd can say what it likes. */
	if (item->uid != 0 && item->uid != geteuid())
		return 0;
	n = state_of(item, &path);
	if (n == 0)
		return 0;
	state = strndup(path, n);
	if (!state)
		return -ENOMEM;
	return strv_add_new(states, state);
}

int containerd_list_scanned(const struct containerd_query *query, struct error *err)
{
	const struct procscan *scan = query->ctx->scan;
	_cleanup_strv_ struct strv states = { 0 };
	int r = procscan_run(query->ctx->scan, query->ctx->host, err);

	if (r < 0)
		return r;
	/* Those have been looked at. */
	for (size_t i = 0; i < ARRAY_SIZE(usual_states); i++)
		if (strv_add(&states, usual_states[i]) < 0)
			return state_no_memory(err);
	for (size_t i = 0; i < scan->n; i++)
		if (collect_state(&scan->item[i], &states) < 0)
			return state_no_memory(err);
	for (size_t i = ARRAY_SIZE(usual_states); r >= 0 && i < states.n; i++)
		r = list_state(query, states.item[i], err);
	return r < 0 ? r : 0;
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_containerd, CONTAINERD_PLAIN, filter,
						list };

	return containerd_list(&query, err);
}

static int list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_containerd, CONTAINERD_PLAIN, filter,
						list };

	return containerd_list_scanned(&query, err);
}

const struct runtime runtime_containerd = {
	.name = "containerd",
	.cgname = CGNAME_CONTAINERD,
	.list = list,
	.list_scanned = list_scanned,
};
