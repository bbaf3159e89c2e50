/* SPDX-License-Identifier: MIT */
#include "find/home.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "find/cgtree.h"
#include "find/hostfs.h"
#include "find/ident.h"
#include "util/macro.h"

static bool bears(const char *path, const char *id)
{
	struct cgname name;

	return cgname_parse(path, &name) && strcmp(name.id, id) == 0;
}

/* What a container has made below its cgroup is cut off. */
static void cut_to_home(char *path, const char *id)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (bears(path, id))
			return;
		*slash = '/';
	}
}

static int by_lines(const char *lines, const char *id, char **ret_path)
{
	_cleanup_free_ char *text = strdup(lines), *path = NULL;
	struct ident_line line;
	struct cgname name;

	if (!text)
		return -ENOMEM;
	if (ident_parse(text, &name, &line) <= 0 || strcmp(name.id, id) != 0)
		return 0;
	path = strdup(line.path);
	if (!path)
		return -ENOMEM;
	cut_to_home(path, id);
	*ret_path = steal_pointer(&path);
	return 1;
}

/* Who has left it in every hierarchy has left it behind. */
static int by_place(const char *host_root, const char *id, char **ret_path)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	struct cgtree tree;
	int r;

	if (!find_is_id(id) || hostfs_init(host_root, &host, NULL) < 0)
		return 0;
	tree = CGTREE_OF(&host);
	r = cgtree_find_place(&tree, id, ret_path);
	cgtree_done(&tree);
	return r;
}

int home_find(const struct found *found, const char *host_root, const char *lines, char **ret_path)
{
	int r;

	if (found->cgroup_path) {
		*ret_path = strdup(found->cgroup_path);
		return *ret_path ? 1 : -ENOMEM;
	}
	r = by_lines(lines, found->id, ret_path);
	return r != 0 ? r : by_place(host_root, found->id, ret_path);
}
