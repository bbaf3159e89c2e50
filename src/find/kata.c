/* SPDX-License-Identifier: MIT */
#include "find/kata.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/cgroot.h"
#include "find/find.h"
#include "find/state.h"
#include "find/vm.h"
#include "util/fd.h"
#include "util/macro.h"

/* On hosts with cgroups of version 1 any hierarchy can be the one. */
static const char *const hierarchies[] = { "", "name=systemd", "pids", "memory" };

/* Below the root: "kata_overhead/ID", or "kata_ID" of older ones. */
static const struct {
	const char *dir, *prefix;
} places[] = {
	{ "kata_overhead", "" },
	{ ".", "kata_" },
};

static bool is_listed(const struct known_list *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i].id, id) == 0)
			return true;
	return false;
}

static int add(const char *id, const struct known_filter *filter, struct known_list *list)
{
	_cleanup_known_ struct known known = { .runtime = &runtime_kata };

	if (!find_is_id(id) || !known_filter_takes_id(filter, id) || is_listed(list, id))
		return 0;
	known.id = strdup(id);
	known.refuse = vm_of_runtime("kata");
	return known.id ? known_list_add_consume(list, &known) : -ENOMEM;
}

static int list_place(int root_fd, size_t place, const struct known_filter *filter,
		      struct known_list *list)
{
	size_t skip = strlen(places[place].prefix);
	_cleanup_fd_ int fd =
		openat(root_fd, places[place].dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *name;
	int r = 0;

	if (fd < 0)
		return 0;
	dir = (struct state_dir){ .dir = fdopendir(fd), .left = STATE_DIR_MAX };
	if (!dir.dir)
		return -errno;
	(void)fd_steal(&fd); /* closedir() closes it */
	while (r == 0 && (name = state_dir_next(&dir)))
		if (strncmp(name, places[place].prefix, skip) == 0)
			r = add(name + skip, filter, list);
	return r;
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	/* It has no names here. */
	if (filter->name || filter->pod || filter->container)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		_cleanup_fd_ int root_fd = cgroot_open(ctx->host, hierarchies[i]);

		for (size_t k = 0; root_fd >= 0 && k < ARRAY_SIZE(places); k++)
			if (list_place(root_fd, k, filter, list) == -ENOMEM)
				return state_no_memory(err);
	}
	return 0;
}

const struct runtime runtime_kata = {
	.name = "kata",
	.cgname = CGNAME_NONE,
	.list = list,
};
