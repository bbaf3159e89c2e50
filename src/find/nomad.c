/* SPDX-License-Identifier: MIT */
#include "find/nomad.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/state.h"
#include "util/macro.h"

/* The agent's data_dir: of its own default, and of the packages'. */
static const char *const alloc_dirs[] = {
	"/var/lib/nomad/alloc",
	"/opt/nomad/data/alloc",
	"/opt/nomad/alloc",
};

/* The cgroup is called after both, and so is the container. */
static int add_task(const struct known_filter *filter, const char *alloc, const char *task,
		    struct known_list *list, struct error *err)
{
	_cleanup_known_ struct known known = { .runtime = &runtime_nomad };

	/* "alloc" is what the tasks of an allocation share. */
	if (!state_is_name(task) || strcmp(task, "alloc") == 0)
		return 0;
	known.name = strdup(task);
	if (asprintf(&known.id, "%s.%s", alloc, task) < 0)
		known.id = NULL;
	if (!known.name || !known.id)
		return state_no_memory(err);
	if (known_filter_takes(filter, 0, known.id, known.name) &&
	    known_list_add_consume(list, &known) < 0)
		return state_no_memory(err);
	return 0;
}

static int list_alloc(struct runtime_context *ctx, const struct known_filter *filter,
		      const char *allocs, const char *alloc, struct known_list *list,
		      struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	_cleanup_free_ char *path = NULL;
	const char *task;
	int r = 0;

	if (asprintf(&path, "%s/%s", allocs, alloc) < 0) {
		path = NULL;
		return state_no_memory(err);
	}
	if (state_dir_open(ctx, path, &dir) < 0)
		return 0;
	while (r == 0 && (task = state_dir_next(&dir)))
		r = add_task(filter, alloc, task, list, err);
	return r;
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	if (filter->pod)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(alloc_dirs); i++) {
		_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
		const char *alloc;
		int r = 0;

		if (state_dir_open(ctx, alloc_dirs[i], &dir) < 0)
			continue;
		while (r == 0 && (alloc = state_dir_next(&dir)))
			if (state_is_name(alloc))
				r = list_alloc(ctx, filter, alloc_dirs[i], alloc, list, err);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct runtime runtime_nomad = {
	.name = "nomad",
	.cgname = CGNAME_NOMAD,
	.list = list,
};
