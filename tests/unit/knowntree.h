/* SPDX-License-Identifier: MIT */
/* A host's tree, and what a row of the table of runtimes tells of it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/procscan.h"
#include "find/runtime.h"
#include "hosttree.h"

struct knowntree {
	struct hostfs host;
	struct procscan scan;
	struct runtime_context ctx;
};

/* @fixture: a directory below FIXTURES, or NULL for an empty tree */
static inline int knowntree_setup(void **state, const char *fixture)
{
	struct knowntree *t = calloc(1, sizeof(*t));

	if (!t || tree_make(state) < 0)
		return -1;
	if (fixture)
		tree_copy(fixture);
	else
		tree_put("proc/1/comm", "systemd\n");
	t->host = tree_host();
	t->ctx = (struct runtime_context){ .host = &t->host, .scan = &t->scan };
	*state = t;
	return 0;
}

static inline int knowntree_teardown(void **state)
{
	struct knowntree *t = *state;

	procscan_done(&t->scan);
	runtime_context_done(&t->ctx);
	hostfs_done(&t->host);
	free(t);
	return tree_remove(state);
}

/* Where something in the tree is for the test itself. */
static inline char *knowntree_path(const char *path)
{
	char *full = NULL;

	assert_true(asprintf(&full, "%s%s", tree_root, path) > 0);
	return full;
}

static inline void knowntree_list(struct knowntree *t, const struct runtime *runtime,
				  struct known_filter filter, struct known_list *list)
{
	runtime_context_done(&t->ctx); /* each question is a new one */
	assert_int_equal(runtime->list(&t->ctx, &filter, list, NULL), 0);
}

/* How many that is. */
static inline size_t knowntree_count(struct knowntree *t, const struct runtime *runtime,
				     struct known_filter filter)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(t, runtime, filter, &list);
	return list.n;
}

static inline const struct known *knowntree_find(const struct known_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].name && strcmp(list->item[i].name, name) == 0)
			return &list->item[i];
	fail_msg("\"%s\" is not listed", name);
	return NULL;
}
