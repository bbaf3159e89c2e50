/* SPDX-License-Identifier: MIT */
#include "find/crio.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/find.h"
#include "find/ident.h"
#include "find/kube.h"
#include "find/ocistate.h"
#include "find/pinned.h"
#include "find/procscan.h"
#include "find/state.h"
#include "find/storageplaces.h"
#include "find/vm.h"
#include "sys/jsondoc.h"
#include "util/macro.h"
#include "util/parse.h"

static const char run_root[] = "/run/containers/storage";
static const char graph_root[] = "/var/lib/containers/storage";

struct crio_query {
	struct runtime_context *ctx;
	const struct known_filter *filter;
	struct known_list *list;
	const char *root,
		*runroot; /* of the storage, where bundles are looked for by its drivers */
};

/* One container while it is read. */
struct crio_bundle {
	const struct crio_query *query;
	const char *id;
	char *dir;		  /* heap: its config.json and pidfile are there */
	char *persistent;	  /* heap: likewise state.json, or NULL where it is not known */
	const char *runtime_root; /* of runc or crun, as conmon was told it; or NULL */
	struct jsondoc doc;	  /* config.json */
};

static void crio_bundle_done(struct crio_bundle *b)
{
	free(b->dir);
	free(b->persistent);
	jsondoc_done(&b->doc);
}

static bool may_match(const struct crio_query *query, const char *id, const char *text, size_t n)
{
	const char *name = query->filter->name ? strrchr(query->filter->name, '/') : NULL;
	const char *pod = query->filter->pod, *container = query->filter->container;

	name = name ? name + 1 : query->filter->name;
	/* podman's have some of CRI-O's annotations, but not this one. */
	if (!memmem(text, n, "\"io.kubernetes.cri-o.Name\"", 26))
		return false;
	if (name && strcmp(name, id) != 0 && !memmem(text, n, name, strlen(name)))
		return false;
	return (!pod || memmem(text, n, pod, strlen(pod))) &&
	       (!container || memmem(text, n, container, strlen(container)));
}

static int read_config(struct crio_bundle *b, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = state_config(b->query->ctx, b->dir, &text);

	if (n == -ENOMEM)
		return state_no_memory(err);
	if (n < 0 || !may_match(b->query, b->id, text, (size_t)n))
		return 0;
	return state_parse(text, (size_t)n, &b->doc, err);
}

/* The name that was asked for, or else the digest. Return: 0 or -ENOMEM. */
static int fill_image(const struct crio_bundle *b, struct known *known)
{
	int r = state_string(&b->doc, "annotations/io.kubernetes.cri-o.ImageName", &known->image);

	if (r == 0 && !known->image)
		r = state_string(&b->doc, "annotations/io.kubernetes.cri-o.Image", &known->image);
	return r;
}

/* Return: 1 where it is CRI-O's, 0 where not, or -ENOMEM. */
static int fill_names(const struct crio_bundle *b, struct known *known)
{
	const char *manager = jsondoc_string(&b->doc, "annotations/io.container.manager");
	const char *name = jsondoc_string(&b->doc, "annotations/io.kubernetes.cri-o.Name");
	const char *handler =
		jsondoc_string(&b->doc, "annotations/io.kubernetes.cri-o.RuntimeHandler");
	const char *cgroup = jsondoc_string(&b->doc, "linux/cgroupsPath");
	int r;

	if (!name || (manager && strcmp(manager, "cri-o") != 0))
		return 0;
	r = kube_parse_name(name, known);
	if (r <= 0)
		return r;
	if (handler)
		known->refuse = vm_of_runtime(handler);
	r = cgroup ? ocistate_cgroup(cgroup, &known->cgroup) : 0;
	if (r >= 0)
		r = fill_image(b, known);
	if (r >= 0 && b->query->filter->pod)
		r = pinned_fill(&b->doc, known);
	return r < 0 ? r : 1;
}

/* The runtime's own state goes away with the container. Return: as ocistate_read(). */
static int fill_from_runtime(const struct crio_bundle *b, struct known *known, struct error *err)
{
	const char *const roots[] = { b->runtime_root, "/run/runc", "/run/crun" };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(roots) && r == 0; i++) {
		_cleanup_free_ char *dir = NULL;

		if (!roots[i])
			continue;
		if (asprintf(&dir, "%s/%s", roots[i], b->id) < 0) {
			dir = NULL;
			return state_no_memory(err);
		}
		r = ocistate_read(b->query->ctx, dir, known, err);
	}
	return r;
}

static void take_state(const struct jsondoc *doc, struct known *known)
{
	const char *status = jsondoc_string(doc, "status");
	const char *start = jsondoc_string(doc, "initStartTime");
	uint64_t start_time;
	int64_t pid;

	if (status && strcmp(status, "stopped") == 0)
		known->stopped = true;
	if (jsondoc_int(doc, "initPid", &pid) < 0 || pid <= 0 || pid > INT_MAX || !start ||
	    parse_uint64(start, UINT64_MAX, &start_time) < 0)
		return;
	known->pid = (pid_t)pid;
	known->start_time = start_time;
}

/* CRI-O's own, which outlives the container and the machine. Return: 1, 0, or as state_json(). */
static int fill_from_state(const struct crio_bundle *b, struct known *known, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_free_ char *path = NULL;
	int r;

	if (!b->persistent)
		return 0;
	if (asprintf(&path, "%s/state.json", b->persistent) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	r = state_json(b->query->ctx, path, &doc, err);
	if (r > 0)
		take_state(&doc, known);
	return r;
}

static int fill_from_pidfile(const struct crio_bundle *b, struct known *known, struct error *err)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/pidfile", b->dir) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	state_pidfile(b->query->ctx, path, known);
	return 0;
}

static int fill_pid(const struct crio_bundle *b, struct known *known, struct error *err)
{
	int r = fill_from_runtime(b, known, err);

	if (r == 0)
		r = fill_from_state(b, known, err);
	if (r == 0)
		r = fill_from_pidfile(b, known, err);
	return r < 0 ? r : 0;
}

static int add(struct crio_bundle *b, struct error *err)
{
	_cleanup_known_ struct known known = { .runtime = &runtime_crio };
	int r = read_config(b, err);

	if (r <= 0)
		return r;
	r = fill_names(b, &known);
	if (r <= 0)
		return r < 0 ? state_no_memory(err) : 0;
	known.id = strdup(b->id);
	known.state_root = strdup(b->dir);
	if (!known.id || !known.state_root)
		return state_no_memory(err);
	r = fill_pid(b, &known, err);
	if (r == 0 && known_list_add_consume(b->query->list, &known) < 0)
		r = state_no_memory(err);
	return r;
}

static bool is_wanted(const struct crio_query *query, const char *id)
{
	return find_is_id(id) && known_filter_takes_id(query->filter, id);
}

static int add_usual(const struct crio_query *query, const char *driver, const char *id,
		     struct error *err)
{
	_cleanup_(crio_bundle_done) struct crio_bundle b = { .query = query, .id = id };

	if (asprintf(&b.dir, "%s/%s-containers/%s/userdata", query->runroot, driver, id) < 0) {
		b.dir = NULL;
		return state_no_memory(err);
	}
	if (asprintf(&b.persistent, "%s/%s-containers/%s/userdata", query->root, driver, id) < 0) {
		b.persistent = NULL;
		return state_no_memory(err);
	}
	return add(&b, err);
}

static int list_driver(const struct crio_query *query, const char *driver, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	_cleanup_free_ char *path = NULL;
	const char *id;
	int r = 0;

	if (asprintf(&path, "%s/%s-containers", query->runroot, driver) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_dir_open(query->ctx, path, &dir) < 0)
		return 0;
	while (r == 0 && (id = state_dir_next(&dir)))
		if (is_wanted(query, id))
			r = add_usual(query, driver, id, err);
	return r;
}

static int list_storage(const struct crio_query *query, struct error *err)
{
	int r = 0;

	if (hostfs_lacks(query->ctx->host, query->runroot))
		return 0;
	for (size_t i = 0; i < storage_driver_count && r == 0; i++)
		r = list_driver(query, storage_drivers[i], err);
	return r;
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	struct crio_query query = { ctx, filter, list, graph_root, run_root };
	_cleanup_storage_places_ struct storage_places told = { .runroot = NULL };
	int r = storageconf_places(ctx, 0, &told);

	if (r < 0)
		return state_no_memory(err);
	if (told.root.n > 0)
		query.root = told.root.item[0];
	r = list_storage(&query, err);
	/* What runs is listed by the run directory: another one has other containers. */
	if (r < 0 || !told.runroot || strcmp(told.runroot, run_root) == 0)
		return r;
	query.runroot = told.runroot;
	return list_storage(&query, err);
}

/* "--runtime-arg --root=/run/runc": where runc or crun was told to keep its state. */
static const char *runtime_root_of(const struct procscan_item *conmon)
{
	static const char option[] = "--root=";
	const char *arg = procscan_option(conmon, "--runtime-arg");

	return arg && strncmp(arg, option, strlen(option)) == 0 ? arg + strlen(option) : NULL;
}

static int add_monitored(const struct crio_query *query, const struct procscan_item *conmon,
			 struct error *err)
{
	const char *dir = procscan_option(conmon, "-b");
	_cleanup_(crio_bundle_done) struct crio_bundle b = {
		.query = query,
		.id = procscan_option(conmon, "-c"),
		.runtime_root = runtime_root_of(conmon),
	};

	/* Another user's conmon can say what it likes; the usual places have been looked at. */
	if ((conmon->uid != 0 && conmon->uid != geteuid()) || !dir || dir[0] != '/' || !b.id ||
	    !is_wanted(query, b.id) || ident_is_within(dir, run_root))
		return 0;
	b.dir = strdup(dir);
	return b.dir ? add(&b, err) : state_no_memory(err);
}

static int list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	const struct crio_query query = { .ctx = ctx, .filter = filter, .list = list };
	int r = procscan_run(ctx->scan, ctx->host, err);

	for (size_t i = 0; r == 0 && i < ctx->scan->n; i++)
		if (ctx->scan->item[i].kind == PROCSCAN_CONMON)
			r = add_monitored(&query, &ctx->scan->item[i], err);
	return r;
}

static const char *const schemes[] = { "cri", "cri-o", NULL };

const struct runtime runtime_crio = {
	.name = "crio",
	.schemes = schemes,
	.cgname = CGNAME_CRIO,
	.list = list,
	.list_scanned = list_scanned,
};
