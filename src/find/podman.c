/* SPDX-License-Identifier: MIT */
#include "find/podman.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/children.h"
#include "find/conmon.h"
#include "find/find.h"
#include "find/ocistate.h"
#include "find/podmanlive.h"
#include "find/podmanpod.h"
#include "find/procscan.h"
#include "find/state.h"
#include "find/storageplaces.h"
#include "find/userdir.h"
#include "util/macro.h"

/* The storage library's lists. Those of --rm are volatile. */
static const char *const lists[] = { "containers.json", "volatile-containers.json" };

/* One list of containers, and where it is from. */
struct source {
	struct runtime_context *ctx;
	const struct podman_place *place;
	const char *driver;
	struct podmanpod *pods; /* or NULL where one container is meant, not its pod or its image */
	struct jsondoc doc;
};

static const char *item_text(const struct source *s, size_t i, const char *key)
{
	char path[64]; /* fits: a number, and keys of ours */

	(void)snprintf(path, sizeof(path), "%zu/%s", i, key);
	return jsondoc_string(&s->doc, path);
}

static bool has_name(const struct source *s, size_t i, const char *name)
{
	char path[64]; /* fits: two numbers */
	size_t n;

	(void)snprintf(path, sizeof(path), "%zu/names", i);
	n = jsondoc_count(&s->doc, path);
	for (size_t k = 0; k < n; k++) {
		const char *one;

		(void)snprintf(path, sizeof(path), "%zu/names/%zu", i, k);
		one = jsondoc_string(&s->doc, path);
		if (one && strcmp(one, name) == 0)
			return true;
	}
	return false;
}

static bool is_wanted(const struct source *s, size_t i, const char *id,
		      const struct known_filter *filter)
{
	const char *metadata = item_text(s, i, "metadata");

	if (!find_is_id(id))
		return false;
	if (metadata && strstr(metadata, "\"pod-id\"")) /* CRI-O's, which shares the storage */
		return false;
	return known_filter_takes_id(filter, id) && (!filter->name || has_name(s, i, filter->name));
}

static int read_pidfile(const struct source *s, struct known *known, struct error *err)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s-containers/%s/userdata/pidfile", s->place->runroot, s->driver,
		     known->id) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	state_pidfile(s->ctx, path, known);
	return 0;
}

/* runc's or crun's state, which goes away with the container. Return: 0 or a negative errno. */
static int read_oci(const struct source *s, struct known *known, struct error *err)
{
	uid_t owner = s->place->owner;
	int r = 0;

	/* Another user's could be anything; his user namespace is asked instead. */
	if (owner != 0 && owner != geteuid())
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ocistate_runtimes) && r == 0; i++) {
		_cleanup_free_ char *root = ocistate_root(owner, ocistate_runtimes[i]);
		_cleanup_free_ char *dir = NULL;

		if (!root || asprintf(&dir, "%s/%s", root, known->id) < 0) {
			dir = NULL;
			return state_no_memory(err);
		}
		r = ocistate_read(s->ctx, dir, known, err);
	}
	return r < 0 ? r : 0;
}

/* The library's own note of a container is JSON within a string. */
static int fill_image(const struct source *s, size_t i, struct known *known, struct error *err)
{
	const char *metadata = item_text(s, i, "metadata");
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	int r = metadata ? state_parse(metadata, strlen(metadata), &doc, err) : 0;

	if (r > 0 && state_string(&doc, "image-name", &known->image) < 0)
		r = state_no_memory(err);
	return r < 0 ? r : 0;
}

static int add(const struct source *s, size_t i, const char *id, struct known_list *list,
	       struct error *err)
{
	const char *name = item_text(s, i, "names/0");
	struct known known = {
		.runtime = &runtime_podman,
		.id = strdup(id),
		.name = strdup(name ? name : id),
		.state_root = strdup(s->place->root),
		.owner = s->place->owner,
	};
	int r;

	if (!known.id || !known.name || !known.state_root) {
		known_done(&known);
		return state_no_memory(err);
	}
	r = read_pidfile(s, &known, err);
	if (r == 0)
		r = read_oci(s, &known, err);
	known.stopped = known.pid == 0;
	if (r == 0 && s->pods)
		r = podmanpod_fill(s->pods, &known, err);
	if (r == 0 && s->pods)
		r = fill_image(s, i, &known, err);
	if (r < 0)
		known_done(&known);
	else if (known_list_add_consume(list, &known) < 0)
		r = state_no_memory(err);
	return r;
}

static int list_items(const struct source *s, const struct known_filter *filter,
		      struct known_list *list, struct error *err)
{
	size_t n = MIN(jsondoc_count(&s->doc, ""), (size_t)STATE_DIR_MAX);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const char *id = item_text(s, i, "id");

		if (id && is_wanted(s, i, id, filter))
			r = add(s, i, id, list, err);
	}
	return r;
}

static int list_file(struct source *s, const char *file, const struct known_filter *filter,
		     struct known_list *list, struct error *err)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	ssize_t n;
	int r;

	if (asprintf(&path, "%s/%s-containers/%s", s->place->root, s->driver, file) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	n = hostfs_read_of(s->ctx->host, path, s->place->owner, STATE_FILE_MAX, &text);
	if (n == -EACCES)
		s->ctx->unreadable++;
	if (n < 0 || (filter->name && !state_mentions(text, (size_t)n, filter->name)))
		return 0;
	r = state_parse(text, (size_t)n, &s->doc, err);
	if (r > 0)
		r = list_items(s, filter, list, err);
	jsondoc_done(&s->doc);
	return r < 0 ? r : 0;
}

int podman_list_place(struct runtime_context *ctx, const struct podman_place *place,
		      const struct known_filter *filter, struct known_list *list, struct error *err)
{
	struct podmanpod pods = { .ctx = ctx, .place = place, .left = PODMANPOD_BUDGET };
	int r = 0;

	/* Another user's home is not looked into but through hostfs_read_of(). */
	if (place->owner == 0 && hostfs_lacks(ctx->host, place->root))
		return 0;
	for (size_t d = 0; d < storage_driver_count; d++) {
		struct source s = { .ctx = ctx, .place = place, .driver = storage_drivers[d] };

		pods.driver = storage_drivers[d];
		/* One that is named is meant by that alone. */
		if (!filter->name && !filter->prefix)
			s.pods = &pods;
		for (size_t i = 0; i < ARRAY_SIZE(lists) && r == 0; i++)
			r = list_file(&s, lists[i], filter, list, err);
	}
	return r;
}

static const struct podman_place usual = {
	.root = "/var/lib/containers/storage",
	.runroot = "/run/containers/storage",
};

/* Where storage.conf says, and at the usual place: containers may be older than the file. */
static int read_places(struct runtime_context *ctx, uid_t owner, const char *usual_root,
		       struct storage_places *ret_places, struct error *err)
{
	if (storageconf_places(ctx, owner, ret_places) < 0 ||
	    strv_add_new(&ret_places->root, usual_root) < 0)
		return state_no_memory(err);
	return 0;
}

static int list_places(struct runtime_context *ctx, const struct podman_place *own,
		       const struct known_filter *filter, struct known_list *list,
		       struct error *err)
{
	_cleanup_storage_places_ struct storage_places told = { .runroot = NULL };
	int r = read_places(ctx, own->owner, own->root, &told, err);

	for (size_t i = 0; i < told.root.n && r == 0; i++) {
		struct podman_place place = *own;

		place.root = told.root.item[i];
		if (told.runroot)
			place.runroot = told.runroot;
		r = podman_list_place(ctx, &place, filter, list, err);
	}
	return r;
}

static int list_user(struct runtime_context *ctx, uid_t uid, const struct known_filter *filter,
		     struct known_list *list, struct error *err)
{
	_cleanup_free_ char *root = userdir_data(ctx->host, uid, "containers/storage");
	_cleanup_free_ char *runroot = userdir_run(uid, "containers");
	const struct podman_place place = { root, runroot, uid };

	return root && runroot ? list_places(ctx, &place, filter, list, err) : 0;
}

static int podman_list(struct runtime_context *ctx, const struct known_filter *filter,
		       struct known_list *list, struct error *err)
{
	int r;

	if (filter->owner && *filter->owner != 0)
		return list_user(ctx, *filter->owner, filter, list, err);
	r = list_places(ctx, &usual, filter, list, err);
	if (r == 0 && geteuid() != 0 && !filter->owner)
		r = list_user(ctx, geteuid(), filter, list, err);
	return r;
}

/* A container of another user's: his monitor tells of it, none of his files is opened. */
static int add_users(struct runtime_context *ctx, const struct procscan_item *item,
		     const struct conmon *conmon, struct known_list *list, struct error *err)
{
	struct known known = {
		.runtime = &runtime_podman,
		.id = strdup(conmon->id),
		.name = strdup(conmon->name ? conmon->name : conmon->id),
		.owner = item->uid,
	};

	if (!known.id || !known.name) {
		known_done(&known);
		return state_no_memory(err);
	}
	if (children_payload(ctx->host, item->pid, &known.pid, &known.start_time) < 0)
		known.stopped = true;
	return known_list_add_consume(list, &known) < 0 ? state_no_memory(err) : 0;
}

static bool fits(const struct conmon *conmon, const struct known_filter *filter)
{
	if (filter->pod) /* of which it tells nothing */
		return false;
	return (!filter->name || (conmon->name && strcmp(conmon->name, filter->name) == 0)) &&
	       known_filter_takes_id(filter, conmon->id);
}

static bool is_listed(const struct known_list *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].runtime == &runtime_podman && strcmp(list->item[i].id, id) == 0)
			return true;
	return false;
}

/* Each of a storage's monitors tells of it: it is read once. Return: 1, 0, or -ENOMEM. */
static int is_new(struct strv *seen, const struct podman_place *place)
{
	_cleanup_free_ char *key = NULL;
	size_t n = seen->n;

	if (asprintf(&key, "%s\n%s", place->root, place->runroot) < 0) {
		key = NULL;
		return -ENOMEM;
	}
	return strv_add_new(seen, key) < 0 ? -ENOMEM : seen->n > n;
}

static int add_scanned(struct runtime_context *ctx, const struct procscan_item *item,
		       const struct known_filter *filter, struct strv *seen,
		       struct known_list *list, struct error *err)
{
	struct podman_place place = { .owner = item->uid };
	struct conmon conmon;
	int r;

	if (!conmon_read(item, &conmon) || (filter->owner && *filter->owner != item->uid) ||
	    is_listed(list, conmon.id))
		return 0;
	if (item->uid != 0 && item->uid != geteuid())
		return fits(&conmon, filter) ? add_users(ctx, item, &conmon, list, err) : 0;
	/* The name on the command line is not the one that a rename has given. */
	place.root = conmon.root;
	place.runroot = conmon.runroot;
	if (!place.root || !place.runroot ||
	    (place.owner == 0 && strcmp(place.root, usual.root) == 0))
		return 0;
	r = is_new(seen, &place);
	if (r < 0)
		return state_no_memory(err);
	return r > 0 ? podman_list_place(ctx, &place, filter, list, err) : 0;
}

static int podman_list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			       struct known_list *list, struct error *err)
{
	_cleanup_strv_ struct strv seen = { 0 };
	int r = procscan_run(ctx->scan, ctx->host, err);

	for (size_t i = 0; r == 0 && i < ctx->scan->n; i++)
		r = add_scanned(ctx, &ctx->scan->item[i], filter, &seen, list, err);
	return r;
}

static int has_strangers_of(struct runtime_context *ctx, uid_t owner, const char *usual_root,
			    struct error *err)
{
	_cleanup_storage_places_ struct storage_places told = { .runroot = NULL };
	int r = read_places(ctx, owner, usual_root, &told, err);

	return r < 0 ? r : podmanlive_has_strangers(ctx, owner, &told.root, err);
}

static int podman_has_strangers(struct runtime_context *ctx, struct error *err)
{
	uid_t us = geteuid();
	_cleanup_free_ char *own =
		us == 0 ? NULL : userdir_data(ctx->host, us, "containers/storage");
	int r = has_strangers_of(ctx, 0, usual.root, err);

	return r == 0 && own ? has_strangers_of(ctx, us, own, err) : r;
}

const struct runtime runtime_podman = {
	.name = "podman",
	.cgname = CGNAME_PODMAN,
	.list = podman_list,
	.list_scanned = podman_list_scanned,
	.has_strangers = podman_has_strangers,
};
