/* SPDX-License-Identifier: MIT */
#include "find/bundle.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/find.h"
#include "find/kube.h"
#include "find/ocistate.h"
#include "find/pinned.h"
#include "find/state.h"
#include "find/vm.h"
#include "sys/jsondoc.h"
#include "util/macro.h"

struct bundle {
	const struct containerd_query *query;
	const char *state, *ns, *id;
	char *dir;	    /* heap */
	struct jsondoc doc; /* config.json */
};

static void bundle_done(struct bundle *b)
{
	free(b->dir);
	jsondoc_done(&b->doc);
}

static const char *annotation(const struct bundle *b, const char *path)
{
	const char *text = jsondoc_string(&b->doc, path);

	return text && text[0] ? text : NULL;
}

/* Whether it is worth parsing: names are in the text, or are what the directories are called. */
static bool may_match(const struct bundle *b, const char *text, size_t n)
{
	const struct known_filter *filter = b->query->filter;
	const char *name = filter->name ? strrchr(filter->name, '/') : NULL;

	name = name ? name + 1 : filter->name;
	if (b->query->kind == CONTAINERD_NERDCTL && !memmem(text, n, "\"nerdctl/", 9))
		return false;
	if (name && strcmp(name, b->id) != 0 && !state_mentions(text, n, name))
		return false;
	if (filter->pod && !state_mentions(text, n, filter->pod))
		return false;
	return !filter->container || state_mentions(text, n, filter->container);
}

/* Return: 1 where the document was read, 0 where there is none of interest, or a negative errno. */
static int read_config(struct bundle *b, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = state_config(b->query->ctx, b->dir, &text);

	if (n == -ENOMEM)
		return state_no_memory(err);
	if (n < 0 || !may_match(b, text, (size_t)n))
		return 0;
	return state_parse(text, (size_t)n, &b->doc, err);
}

static int fill_pod(const struct bundle *b, struct known *known)
{
	const char *type = annotation(b, "annotations/io.kubernetes.cri.container-type");
	struct kube_labels labels = {
		.pod = annotation(b, "annotations/io.kubernetes.cri.sandbox-name"),
		.pod_namespace = annotation(b, "annotations/io.kubernetes.cri.sandbox-namespace"),
		.pod_uid = annotation(b, "annotations/io.kubernetes.cri.sandbox-uid"),
		.container = annotation(b, "annotations/io.kubernetes.cri.container-name"),
	};

	if (!type)
		return 0;
	labels.sandbox = strcmp(type, "sandbox") == 0;
	if (b->query->filter->pod && pinned_fill(&b->doc, known) < 0)
		return -ENOMEM;
	return kube_fill(&labels, known);
}

/* Return: 1 where it is of the kind that is asked for, 0 where not, or -ENOMEM. */
static int fill_names(const struct bundle *b, struct known *known)
{
	const char *nerdctl = annotation(b, "annotations/nerdctl~1name");
	enum containerd_kind kind = b->query->kind;
	bool made_by_nerdctl = nerdctl || annotation(b, "annotations/nerdctl~1namespace");
	int r = kind == CONTAINERD_CRI ? fill_pod(b, known) : 0;

	if (r != 0)
		return r;
	/* Whoever fills Kubernetes' namespace, the row that has it lists all of it. */
	if (kind != CONTAINERD_CRI && made_by_nerdctl != (kind == CONTAINERD_NERDCTL))
		return 0;
	if (nerdctl && state_is_name(nerdctl))
		known->name = strdup(nerdctl);
	else if (asprintf(&known->name, "%s/%s", b->ns, b->id) < 0)
		known->name = NULL;
	return known->name ? 1 : -ENOMEM;
}

static int fill_cgroup(const struct bundle *b, struct known *known)
{
	const char *path = jsondoc_string(&b->doc, "linux/cgroupsPath");
	int r = path ? ocistate_cgroup(path, &known->cgroup) : 0;

	return r < 0 ? r : 0;
}

static int fill_refusal(const struct bundle *b, struct known *known, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *shim = NULL;

	if (asprintf(&path, "%s/shim-binary-path", b->dir) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_text(b->query->ctx, path, &shim) > 0) {
		shim[strcspn(shim, "\n")] = '\0';
		known->refuse = vm_of_runtime(shim);
	}
	return 0;
}

static int fill_pid(const struct bundle *b, struct known *known, struct error *err)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/init.pid", b->dir) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	state_pidfile(b->query->ctx, path, known);
	return 0;
}

/* Where the shim was told to let the OCI runtime keep its state. Return: owned by the caller. */
static char *configured_root(const struct bundle *b)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_free_ char *path = NULL;
	const char *root;

	if (asprintf(&path, "%s/options.json", b->dir) < 0) {
		path = NULL;
		return NULL;
	}
	if (state_json(b->query->ctx, path, &doc, NULL) <= 0)
		return NULL;
	root = jsondoc_string(&doc, "root");
	return root && root[0] == '/' ? strdup(root) : NULL;
}

/* The start time, which tells the process from a later one of the same number. */
static int fill_start(const struct bundle *b, struct known *known, struct error *err)
{
	_cleanup_free_ char *root = configured_root(b);
	const char *const roots[] = { root, "/run/containerd/runc" };

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_free_ char *dir = NULL;
		int r;

		if (!roots[i])
			continue;
		if (asprintf(&dir, "%s/%s/%s", roots[i], b->ns, b->id) < 0) {
			dir = NULL;
			return state_no_memory(err);
		}
		r = ocistate_read(b->query->ctx, dir, known, err);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return 0;
}

/*
 * In a listing of all, a cgroup that bears the whole id is proof enough of the process: the state of
 * the OCI runtime is 30 KB of JSON for each container.
 */
static bool is_proved_by_cgroup(const struct bundle *b, const struct known *known)
{
	const struct known_filter *filter = b->query->filter;

	return !filter->name && !filter->prefix && !filter->pod && known->pid > 0 &&
	       find_is_id(known->id) && known->cgroup && strstr(known->cgroup, known->id);
}

static int fill(const struct bundle *b, struct known *known, struct error *err)
{
	int r = fill_refusal(b, known, err);

	if (r == 0)
		r = fill_pid(b, known, err);
	/* Of a container on another kernel this is the monitor, not its first process. */
	if (r < 0 || known->refuse || is_proved_by_cgroup(b, known))
		return r;
	return fill_start(b, known, err);
}

static int add(const struct bundle *b, struct error *err)
{
	_cleanup_known_ struct known known = {
		.runtime = b->query->runtime,
		.id = strdup(b->id),
		.state_root = strdup(b->state),
	};
	int r;

	if (!known.id || !known.state_root || fill_cgroup(b, &known) < 0 ||
	    state_string(&b->doc, "annotations/io.kubernetes.cri.image-name", &known.image) < 0)
		return state_no_memory(err);
	r = fill_names(b, &known);
	if (r <= 0)
		return r < 0 ? state_no_memory(err) : 0;
	r = fill(b, &known, err);
	if (r == 0 && known_list_add_consume(b->query->list, &known) < 0)
		r = state_no_memory(err);
	return r;
}

int bundle_add(const struct containerd_query *query, const char *state, const char *ns,
	       const char *id, struct error *err)
{
	_cleanup_(bundle_done) struct bundle b = {
		.query = query,
		.state = state,
		.ns = ns,
		.id = id,
	};
	int r;

	if (!state_is_name(id) || !known_filter_takes_id(query->filter, id))
		return 0;
	if (asprintf(&b.dir, "%s/io.containerd.runtime.v2.task/%s/%s", state, ns, id) < 0) {
		b.dir = NULL;
		return state_no_memory(err);
	}
	r = read_config(&b, err);
	return r > 0 ? add(&b, err) : r;
}
