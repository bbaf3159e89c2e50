/* SPDX-License-Identifier: MIT */
/* Cgroups that were found in the tree, and the candidates that they belong to: many meet many. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "find/candidate.h"
#include "util/macro.h"

static int order_matches(const void *a, const void *b)
{
	const struct cgmatch *const *left = a, *const *right = b;

	return strcmp((*left)->name.id, (*right)->name.id);
}

struct place {
	const char *id; /* of the candidate, while the list does not grow */
	size_t index;
};

static int order_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	return strcmp(left->id, right->id);
}

/* The candidates by id, for what was there before the first match was added. */
struct order {
	struct place *place; /* heap */
	size_t n;
};

static int order_init(struct candidates *list, struct order *ret_order)
{
	*ret_order = (struct order){ calloc(list->n + 1, sizeof(struct place)), list->n };
	if (!ret_order->place)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++)
		ret_order->place[i] = (struct place){ list->item[i].known.id, i };
	qsort(ret_order->place, list->n, sizeof(struct place), order_places);
	return 0;
}

/* The place of the first one with this id, or where it would be. */
static size_t order_find(const struct order *order, const struct candidates *list, const char *id)
{
	size_t low = 0, high = order->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->item[order->place[middle].index].known.id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The directories of one id, one in each hierarchy. */
static int add_group(struct candidates *list, const struct candidate_scope *scope,
		     const struct order *order, const struct cgmatch *const *match, size_t n,
		     bool only_known)
{
	const char *id = match[0]->name.id;
	size_t first = order_find(order, list, id), at;
	struct candidate *added = NULL;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		bool taken = false;

		for (at = first; at < order->n && r == 0; at++) {
			struct candidate *c = &list->item[order->place[at].index];

			if (strcmp(c->known.id, id) != 0)
				break;
			if (!candidate_is_match(c, &match[i]->name))
				continue;
			r = candidate_take_match(c, scope, match[i]);
			taken = true;
		}
		if (taken || only_known || r < 0)
			continue;
		if (!added)
			added = candidates_append(list, id);
		r = added ? candidate_take_match(added, scope, match[i]) : -ENOMEM;
	}
	return r;
}

int candidates_add_cgroups(struct candidates *list, const struct candidate_scope *scope,
			   const struct cgmatches *matches, bool only_known)
{
	_cleanup_free_ const struct cgmatch **match = calloc(matches->n + 1, sizeof(*match));
	struct order order = { 0 };
	size_t next;
	int r = match ? order_init(list, &order) : -ENOMEM;

	for (size_t i = 0; match && i < matches->n; i++)
		match[i] = &matches->item[i];
	if (r == 0)
		qsort(match, matches->n, sizeof(*match), order_matches);
	for (size_t i = 0; i < matches->n && r == 0; i = next) {
		next = i + 1;
		while (next < matches->n && strcmp(match[i]->name.id, match[next]->name.id) == 0)
			next++;
		r = add_group(list, scope, &order, &match[i], next - i, only_known);
	}
	free(order.place);
	return r;
}
