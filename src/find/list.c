/* SPDX-License-Identifier: MIT */
#include "find/list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/candidate.h"
#include "find/listproc.h"
#include "find/procscan.h"
#include "find/runtime.h"
#include "find/state.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

/* What is gathered before it is a list. */
struct gather {
	const struct hostfs *host;
	struct cgtree tree;
	struct candidate_scope scope;
	struct procscan scan;
	struct runtime_context ctx;
	struct candidates candidates;
	struct listing *listing; /* borrowed */
	bool processes;		 /* all of them are looked at */
};

enum {
	STRANGERS_ASKED = 8 /* containers without state whose parent is looked at */
};

static int no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "list what can be joined");
}

static int take_known(struct gather *g, struct known_list *known)
{
	for (size_t i = 0; i < known->n; i++)
		if (known->item[i].id &&
		    candidates_add_known_consume(&g->candidates, &known->item[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* One runtime whose state cannot be read does not hide the others. */
static int add_state(struct gather *g, bool scanned, struct error *err)
{
	const struct known_filter all = { 0 };

	for (size_t i = 0; i < runtime_count; i++) {
		_cleanup_known_list_ struct known_list known = { 0 };
		const struct runtime *runtime = runtime_table[i];
		int r = 0;

		if (scanned && runtime->list_scanned)
			r = runtime->list_scanned(&g->ctx, &all, &known, NULL);
		else if (!scanned)
			r = runtime->list(&g->ctx, &all, &known, NULL);
		if (r < 0)
			g->ctx.unreadable++;
		if (take_known(g, &known) < 0)
			return no_memory(err);
	}
	return 0;
}

/* Whether a user who is logged in has used a runtime of his own. */
static bool has_user_state(struct gather *g)
{
	static const char *const marks[] = { "containers", "docker.pid" };
	_cleanup_state_dir_ struct state_dir users = STATE_DIR_NONE;
	const char *user;

	if (state_dir_open(&g->ctx, "/run/user", &users) < 0)
		return false;
	while ((user = state_dir_next(&users)))
		for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
			_cleanup_free_ char *path = NULL;
			_cleanup_fd_ int fd = -EBADF;

			if (asprintf(&path, "/run/user/%s/%s", user, marks[i]) < 0) {
				path = NULL;
				return false;
			}
			fd = hostfs_open(g->host, path, O_PATH | O_NOFOLLOW);
			if (fd >= 0)
				return true;
		}
	return false;
}

/* A user's containers: his runtime keeps its state where only its monitors tell. */
static bool has_users_containers(struct gather *g)
{
	for (size_t i = 0; i < g->candidates.n; i++) {
		const struct candidate *c = &g->candidates.item[i];

		if (!c->known.runtime &&
		    (c->distrust == DISTRUST_OWNER || c->distrust == DISTRUST_USER_SLICE))
			return true;
	}
	return has_user_state(g);
}

/* Whether a process was started by a runtime's shim or monitor. */
static bool is_runtimes_child(const struct hostfs *host, const struct found *init)
{
	_cleanup_procscan_item_ struct procscan_item parent = { 0 };
	struct proc_stat stat;

	return proc_stat_read(init->proc_fd, &stat) == 0 && stat.ppid > 0 &&
	       procscan_one(host, stat.ppid, &parent) > 0;
}

/* runc's or crun's state has no names: who they work for, as the cgroup says, has another one. */
static bool has_state(const struct candidate *c)
{
	const struct runtime *runtime = c->known.runtime;

	return runtime && (runtime->cgname != CGNAME_OCI || c->cgroup.runtime <= CGNAME_OCI);
}

/*
 * Whether a runtime keeps its state at a place that only its processes tell of: a container runs
 * that no state was found for. A few are asked, since cgroups alone make no runtime.
 */
static bool has_unknown_state(struct gather *g)
{
	size_t asked = 0;

	for (size_t i = 0; i < g->candidates.n && asked < STRANGERS_ASKED; i++) {
		const struct candidate *c = &g->candidates.item[i];

		if (has_state(c) || c->distrust != DISTRUST_NONE || !candidate_runs(c))
			continue;
		if (is_runtimes_child(g->host, &c->init))
			return true;
		asked++;
	}
	return false;
}

static void settle(struct gather *g)
{
	for (size_t i = 0; i < g->candidates.n; i++)
		if (g->candidates.item[i].known.runtime)
			candidate_settle(&g->candidates.item[i], &g->scope);
	candidates_merge(&g->candidates);
}

static int gather(struct gather *g, struct error *err)
{
	_cleanup_cgmatches_ struct cgmatches running = { 0 };
	int r = add_state(g, false, err);

	if (r < 0)
		return r;
	if (cgtree_walk(&g->tree, "", &running) == -ENOMEM ||
	    candidates_add_cgroups(&g->candidates, &g->scope, &running, false) < 0)
		return no_memory(err);
	settle(g);
	if (!g->processes && !has_users_containers(g) && !has_unknown_state(g))
		return 0;
	r = add_state(g, true, err);
	settle(g);
	return r;
}

struct listed *listing_append(struct listing *list)
{
	if (list->n == list->size) {
		size_t size = MAX(list->size * 2, (size_t)16);
		struct listed *more = reallocarray(list->item, size, sizeof(*more));

		if (!more)
			return NULL;
		list->item = more;
		list->size = size;
	}
	list->item[list->n] = (struct listed){ .found = FOUND_NONE };
	return &list->item[list->n++];
}

static char *copy(const char *text, bool *failed)
{
	char *result = text ? strdup(text) : NULL;

	if (text && !result)
		*failed = true;
	return result;
}

static int describe(struct gather *g, const struct candidate *c)
{
	struct listed *l = listing_append(g->listing);
	bool failed = false;

	if (!l)
		return -ENOMEM;
	l->runtime = copy(candidate_runtime(c), &failed);
	l->id = copy(c->known.id, &failed);
	l->name = copy(c->known.name, &failed);
	l->pod = copy(c->known.pod, &failed);
	l->pod_namespace = copy(c->known.pod_namespace, &failed);
	l->pod_uid = copy(c->known.pod_uid[0] ? c->known.pod_uid : NULL, &failed);
	l->container = copy(c->known.container, &failed);
	l->image = copy(c->known.image, &failed);
	l->cgroup = copy(c->path ? c->path : c->known.cgroup, &failed);
	l->target = candidate_target(g->host, &g->candidates, c);
	l->sandbox = c->known.sandbox;
	l->user_owned = c->known.owner != 0;
	l->refuse = c->known.refuse;
	return failed || !l->target ? -ENOMEM : 0;
}

/* What is taken has no name any more: all are described before, as each is told from the others. */
static int add_candidates(struct gather *g, struct error *err)
{
	size_t n = g->listing->n;

	for (size_t i = 0; i < g->candidates.n; i++)
		if (candidate_runs(&g->candidates.item[i]) &&
		    describe(g, &g->candidates.item[i]) < 0)
			return no_memory(err);
	for (size_t i = 0; i < g->candidates.n; i++)
		if (candidate_runs(&g->candidates.item[i]) &&
		    candidate_take(&g->candidates.item[i], &g->listing->item[n++].found) < 0)
			return no_memory(err);
	return 0;
}

enum {
	TARGET_DIGITS = 8 /* of an id are shown, if no other one begins so */
};

static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/* Whether an id that is cut there means something else: a name goes before it. */
static bool is_name(const struct listing *list, const char *id, size_t n)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *name = list->item[i].name;

		if (name && strlen(name) == n && strncmp(name, id, n) == 0)
			return true;
	}
	return false;
}

static int order_ids(const void *a, const void *b)
{
	const struct listed *const *left = a, *const *right = b;

	return strcmp((*left)->id, (*right)->id);
}

/* As many digits of the ids as tell them apart. Return: 0 or -ENOMEM. */
static int shorten(struct listing *list)
{
	_cleanup_free_ struct listed **hex = calloc(list->n + 1, sizeof(*hex));
	size_t n = 0;

	if (!hex)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].id && find_is_id(list->item[i].id))
			hex[n++] = &list->item[i];
	qsort(hex, n, sizeof(*hex), order_ids);
	for (size_t i = 0; i < n; i++) {
		size_t digits = TARGET_DIGITS;
		char *end = strstr(hex[i]->target, hex[i]->id);

		if (i > 0)
			digits = MAX(digits, common(hex[i]->id, hex[i - 1]->id) + 1);
		if (i + 1 < n)
			digits = MAX(digits, common(hex[i]->id, hex[i + 1]->id) + 1);
		while (digits < FIND_ID_MAX && is_name(list, hex[i]->id, digits))
			digits++;
		if (end && digits < FIND_ID_MAX)
			end[digits] = '\0';
	}
	return 0;
}

static int compare(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int order_listed(const void *a, const void *b)
{
	const struct listed *left = a, *right = b;
	int r = compare(left->runtime, right->runtime);

	if (r == 0)
		r = compare(left->name, right->name);
	return r != 0 ? r : compare(left->target, right->target);
}

/* Each that is listed holds two descriptors: who runs out of them has missed the rest. */
static int check_room(const struct hostfs *host, struct error *err)
{
	int r;

	if (hostfs_can_open(host))
		return 0;
	r = error_set(err, ERROR_SYSTEM, EMFILE, "list what can be joined");
	error_hint(err, "raise the hard limit of open files (ulimit -Hn): each target takes two");
	return r;
}

int find_list(const struct hostfs *host, bool processes, struct listing *ret_list,
	      struct error *err)
{
	_cleanup_listing_ struct listing list = { 0 };
	struct gather g = {
		.host = host, .tree = CGTREE_OF(host), .listing = &list, .processes = processes
	};
	int r;

	g.scope.tree = &g.tree;
	g.scan.tree = &g.tree;
	g.ctx = (struct runtime_context){ .host = host, .scan = &g.scan };
	r = gather(&g, err);
	if (r >= 0)
		r = add_candidates(&g, err);
	if (r >= 0 && shorten(&list) < 0)
		r = no_memory(err);
	if (r >= 0 && (listproc_add_units(host, &list) < 0 ||
		       (processes && listproc_add_others(host, &list) < 0)))
		r = no_memory(err);
	if (r >= 0)
		r = check_room(host, err);
	list.unreadable += g.ctx.unreadable;
	candidates_done(&g.candidates);
	procscan_done(&g.scan);
	runtime_context_done(&g.ctx);
	cgtree_done(&g.tree);
	if (r < 0)
		return r;
	if (list.n > 0)
		qsort(list.item, list.n, sizeof(*list.item), order_listed);
	*ret_list = list;
	list = (struct listing){ 0 };
	return 0;
}

void listed_done(struct listed *listed)
{
	free(listed->target);
	free(listed->runtime);
	free(listed->id);
	free(listed->name);
	free(listed->pod);
	free(listed->pod_namespace);
	free(listed->pod_uid);
	free(listed->container);
	free(listed->image);
	free(listed->cgroup);
	found_done(&listed->found);
	*listed = (struct listed){ .found = FOUND_NONE };
}

void listing_done(struct listing *list)
{
	for (size_t i = 0; i < list->n; i++)
		listed_done(&list->item[i]);
	free(list->item);
	*list = (struct listing){ 0 };
}
