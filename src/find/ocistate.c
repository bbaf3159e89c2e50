/* SPDX-License-Identifier: MIT */
#include "find/ocistate.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/state.h"
#include "find/userdir.h"
#include "sys/jsondoc.h"
#include "util/macro.h"
#include "util/text.h"

const char *const ocistate_runtimes[2] = { "runc", "crun" };

char *ocistate_root(uid_t owner, const char *runtime)
{
	char *root;

	if (owner != 0)
		return userdir_run(owner, runtime);
	return asprintf(&root, "/run/%s", runtime) < 0 ? NULL : root;
}

/* Where each of the two writes the same facts. */
struct layout {
	const char *file, *id, *pid, *start, *cgroup;
};

static const struct layout layouts[] = {
	{ "state.json", "id", "init_process_pid", "init_process_start", "config/cgroups/path" },
	{ "status", NULL, "pid", "process-start-time", "cgroup-path" }, /* crun; no id inside */
};

/* systemd's slices: each dash is a level, "a-b.slice" is within "a.slice". */
static bool add_slices(struct text *path, const char *slice, size_t n)
{
	static const char suffix[] = ".slice";
	size_t stem;

	if (n <= strlen(suffix) || n > NAME_MAX)
		return false;
	stem = n - strlen(suffix);
	if (memcmp(slice + stem, suffix, strlen(suffix)) != 0)
		return false;
	if (stem == 1 && slice[0] == '-') /* "-.slice" is the root */
		return true;
	for (size_t i = 1; i <= stem; i++)
		if (i == stem || slice[i] == '-')
			text_add(path, "/%.*s.slice", (int)i, slice);
	return true;
}

int ocistate_cgroup(const char *path, char **ret_path)
{
	_cleanup_text_ struct text result = { 0 };
	const char *prefix = strchr(path, ':');
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;

	if (path[0] == '/') {
		text_add(&result, "%s", path);
	} else if (name && name[1] && !strchr(path, '/')) {
		size_t length = strlen(name + 1);
		size_t scope = strlen(".scope");

		if (prefix == path)
			text_add(&result, "/system.slice"); /* what runc takes for root */
		else if (!add_slices(&result, path, (size_t)(prefix - path)))
			return 0;
		if (length > scope && strcmp(name + 1 + length - scope, ".scope") == 0)
			text_add(&result, "/%s", name + 1);
		else
			text_add(&result, "/%.*s%s%s.scope", (int)(name - prefix - 1), prefix + 1,
				 name - prefix > 1 ? "-" : "", name + 1);
	} else {
		return 0;
	}
	*ret_path = text_take(&result);
	return *ret_path ? 1 : -ENOMEM;
}

/* runc keeps the parts of a scope apart. */
static int cgroup_of_parts(const struct jsondoc *doc, struct known *known)
{
	const char *parent = jsondoc_string(doc, "config/cgroups/parent");
	const char *prefix = jsondoc_string(doc, "config/cgroups/scope_prefix");
	const char *name = jsondoc_string(doc, "config/cgroups/name");
	_cleanup_free_ char *path = NULL;

	if (!name || !name[0])
		return 0;
	if (asprintf(&path, "%s:%s:%s", parent ? parent : "", prefix ? prefix : "", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return ocistate_cgroup(path, &known->cgroup);
}

static int fill_cgroup(const struct jsondoc *doc, const char *key, struct known *known)
{
	const char *path = jsondoc_string(doc, key);
	int r;

	free(known->cgroup);
	known->cgroup = NULL;
	if (!path || path[0] != '/')
		r = cgroup_of_parts(doc, known);
	else
		r = ocistate_cgroup(path, &known->cgroup);
	return r < 0 ? r : 0;
}

static int fill(const struct layout *layout, const struct jsondoc *doc, struct known *known)
{
	const char *id = layout->id ? jsondoc_string(doc, layout->id) : known->id;
	int64_t pid, start;
	int r;

	if (!id || strcmp(id, known->id) != 0 || jsondoc_int(doc, layout->pid, &pid) < 0 ||
	    jsondoc_int(doc, layout->start, &start) < 0 || pid <= 0 || pid > INT_MAX || start <= 0)
		return 0;
	if (known->pid != 0 && known->pid != pid)
		return 0; /* of an earlier container with this id */
	r = fill_cgroup(doc, layout->cgroup, known);
	if (r < 0)
		return r;
	known->pid = (pid_t)pid;
	known->start_time = (uint64_t)start;
	return 1;
}

int ocistate_read(struct runtime_context *ctx, const char *dir, struct known *known,
		  struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		_cleanup_jsondoc_ struct jsondoc doc = { NULL };
		_cleanup_free_ char *path = NULL;
		int r;

		if (asprintf(&path, "%s/%s", dir, layouts[i].file) < 0) {
			path = NULL;
			return state_no_memory(err);
		}
		r = state_json(ctx, path, &doc, err);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		r = fill(&layouts[i], &doc, known);
		if (r < 0)
			return state_no_memory(err);
		if (r > 0)
			return r;
	}
	return 0;
}
