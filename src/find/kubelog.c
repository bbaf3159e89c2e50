/* SPDX-License-Identifier: MIT */
#include "find/kubelog.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "find/cgtree.h"
#include "find/crio.h"
#include "find/find.h"
#include "find/kube.h"
#include "find/state.h"
#include "util/macro.h"

static const char log_dir[] = "/var/log/containers";

static bool is_prefix(const char *prefix, const char *text)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A name of more than 255 bytes has lost the end of its id, and perhaps much of it. */
enum {
	ID_MIN = 8,
	LISTED_FEW = 64 /* so many are compared with each name; past it the cgroups come first */
};

static bool is_listed(const struct known_list *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_prefix(id, list->item[i].id))
			return true;
	return false;
}

static bool may_match(const struct known_filter *filter, const struct known *known)
{
	const char *name = filter->name ? strrchr(filter->name, '/') : NULL;

	name = name ? name + 1 : filter->name;
	if (name && strcmp(known->pod, name) != 0 && strcmp(known->container, name) != 0)
		return false;
	/* Either of the two can be the longer one. */
	if (filter->prefix && !is_prefix(filter->prefix, known->id) &&
	    !is_prefix(known->id, filter->prefix))
		return false;
	return (!filter->pod || strcmp(known->pod, filter->pod) == 0) &&
	       (!filter->container || strcmp(known->container, filter->container) == 0);
}

/* Those that nothing else has told of. */
static int collect(struct runtime_context *ctx, const struct known_filter *filter,
		   const struct known_list *list, struct known_list *found)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *name;

	if (state_dir_open(ctx, log_dir, &dir) < 0)
		return 0;
	while ((name = state_dir_next(&dir))) {
		_cleanup_known_ struct known known = { 0 };
		int r = kube_parse_log(name, &known);

		if (r < 0)
			return r;
		if (r == 0 || strlen(known.id) < ID_MIN || strlen(known.id) > FIND_ID_MAX ||
		    !may_match(filter, &known) ||
		    (list->n <= LISTED_FEW && is_listed(list, known.id)))
			continue;
		if (known_list_add_consume(found, &known) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct cgmatch *)a)->name.id, ((const struct cgmatch *)b)->name.id);
}

/* The one cgroup that it can be the beginning of; NULL where there is none, or several. */
static const struct cgname *whole(const struct cgmatches *sorted, const char *id)
{
	const struct cgname *found;
	size_t low = 0, high = sorted->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sorted->item[middle].name.id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == sorted->n || !is_prefix(id, sorted->item[low].name.id))
		return NULL;
	found = &sorted->item[low].name;
	/* The same in several hierarchies is one. */
	for (; low < sorted->n && is_prefix(id, sorted->item[low].name.id); low++)
		if (strcmp(sorted->item[low].name.id, found->id) != 0)
			return NULL;
	return found;
}

static int add_running(const struct cgmatches *sorted, const struct runtime *runtime,
		       struct known_list *found, struct known_list *list)
{
	for (size_t i = 0; i < found->n; i++) {
		struct known *known = &found->item[i];
		const struct cgname *name = whole(sorted, known->id);
		char *id;

		if (!name || is_listed(list, name->id))
			continue;
		id = strdup(name->id);
		if (!id)
			return -ENOMEM;
		free(known->id);
		known->id = id;
		known->runtime = name->runtime == CGNAME_CRIO ? &runtime_crio : runtime;
		if (known_list_add_consume(list, known) < 0)
			return -ENOMEM;
	}
	return 0;
}

int kubelog_list(struct runtime_context *ctx, const struct runtime *runtime,
		 const struct known_filter *filter, struct known_list *list, struct error *err)
{
	_cleanup_known_list_ struct known_list found = { 0 };
	_cleanup_cgmatches_ struct cgmatches running = { 0 };
	struct cgtree tree = CGTREE_OF(ctx->host);
	int r = collect(ctx, filter, list, &found);

	if (r == 0 && found.n > 0) {
		r = cgtree_walk(&tree, "", &running);
		r = r == -ENOENT ? 0 : r; /* not mounted: nothing is seen to run */
		if (running.n > 0)
			qsort(running.item, running.n, sizeof(*running.item), compare_ids);
	}
	cgtree_done(&tree);
	if (r == 0)
		r = add_running(&running, runtime, &found, list);
	return r == -ENOMEM ? state_no_memory(err) : 0;
}
