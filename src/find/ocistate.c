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
#include "util/jsonpeek.h"
#include "util/macro.h"
#include "util/parse.h"
#include "util/text.h"

const char *const ocistate_runtimes[2] = { "runc", "crun" };

char *ocistate_root(uid_t owner, const char *runtime)
{
	char *root;

	if (owner != 0)
		return userdir_run(owner, runtime);
	return asprintf(&root, "/run/%s", runtime) < 0 ? NULL : root;
}

enum value {
	ID,
	PID,
	START,
	CGROUP,
	PARENT, /* runc keeps the parts of a scope apart */
	PREFIX,
	NAME,
	VALUES
};

/* Where each of the two writes the same facts. */
struct layout {
	const char *file;
	const char *path[VALUES];
};

static const struct layout layouts[] = {
	{ "state.json",
	  { "id", "init_process_pid", "init_process_start", "config/cgroups/path",
	    "config/cgroups/parent", "config/cgroups/scope_prefix", "config/cgroups/name" } },
	/* crun; no id inside */
	{ "status", { [PID] = "pid", [START] = "process-start-time", [CGROUP] = "cgroup-path" } },
};

/* What one of them says: NULL and 0 where it does not. */
struct facts {
	const char *text[VALUES];
	int64_t pid, start;
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

static int cgroup_of_parts(const struct facts *f, struct known *known)
{
	const char *parent = f->text[PARENT], *prefix = f->text[PREFIX], *name = f->text[NAME];
	_cleanup_free_ char *path = NULL;

	if (!name || !name[0])
		return 0;
	if (asprintf(&path, "%s:%s:%s", parent ? parent : "", prefix ? prefix : "", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return ocistate_cgroup(path, &known->cgroup);
}

static int fill_cgroup(const struct facts *f, struct known *known)
{
	const char *path = f->text[CGROUP];
	int r;

	free(known->cgroup);
	known->cgroup = NULL;
	if (!path || path[0] != '/')
		r = cgroup_of_parts(f, known);
	else
		r = ocistate_cgroup(path, &known->cgroup);
	return r < 0 ? r : 0;
}

static int fill(const struct layout *layout, const struct facts *f, struct known *known)
{
	const char *id = layout->path[ID] ? f->text[ID] : known->id;
	int r;

	if (!id || strcmp(id, known->id) != 0 || f->pid <= 0 || f->pid > INT_MAX || f->start <= 0)
		return 0;
	if (known->pid != 0 && known->pid != f->pid)
		return 0; /* of an earlier container with this id */
	r = fill_cgroup(f, known);
	if (r < 0)
		return r;
	known->pid = (pid_t)f->pid;
	known->start_time = (uint64_t)f->start;
	return 1;
}

static int64_t number_of(const char *digits)
{
	uint64_t value;

	return digits && parse_uint64(digits, INT64_MAX, &value) == 0 ? (int64_t)value : 0;
}

/* A text, most of which is system call filters. Return: whether it is plain; else it is as it was. */
static bool peek(const struct layout *layout, char *text, size_t n, struct facts *f)
{
	struct jsonpeek want[VALUES];
	const char *number[VALUES] = { NULL };
	enum value of[VALUES];
	size_t count = 0;

	for (enum value i = ID; i < VALUES; i++)
		if (layout->path[i]) {
			want[count] = (struct jsonpeek){ .path = layout->path[i] };
			of[count++] = i;
		}
	if (!jsonpeek_read(text, n, want, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		char *at = want[i].at ? text + (want[i].at - text) : NULL;

		if (at && want[i].kind == JSONPEEK_STRING)
			f->text[of[i]] = at;
		else if (at && want[i].kind == JSONPEEK_NUMBER)
			number[of[i]] = at;
		if (at)
			at[want[i].n] = '\0'; /* over the mark that ends it */
	}
	f->pid = number_of(number[PID]);
	f->start = number_of(number[START]);
	return true;
}

/* The same by the parser, which keeps what they point to. */
static void look_up(const struct layout *layout, const struct jsondoc *doc, struct facts *f)
{
	for (enum value i = ID; i < VALUES; i++)
		if (layout->path[i])
			f->text[i] = jsondoc_string(doc, layout->path[i]);
	(void)jsondoc_int(doc, layout->path[PID], &f->pid); /* 0 where it is missing */
	(void)jsondoc_int(doc, layout->path[START], &f->start);
}

/* Return: as ocistate_read(). */
static int read_file(struct runtime_context *ctx, const char *path, const struct layout *layout,
		     struct known *known, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_free_ char *text = NULL;
	ssize_t n = state_text(ctx, path, &text);
	struct facts f = { .pid = 0 };
	int r;

	if (n < 0)
		return n == -ENOMEM ? state_no_memory(err) : 0;
	if (!peek(layout, text, (size_t)n, &f)) {
		r = state_parse(text, (size_t)n, &doc, err);
		if (r <= 0)
			return r;
		look_up(layout, &doc, &f);
	}
	r = fill(layout, &f, known);
	return r < 0 ? state_no_memory(err) : r;
}

int ocistate_read(struct runtime_context *ctx, const char *dir, struct known *known,
		  struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		_cleanup_free_ char *path = NULL;
		int r;

		if (asprintf(&path, "%s/%s", dir, layouts[i].file) < 0) {
			path = NULL;
			return state_no_memory(err);
		}
		r = read_file(ctx, path, &layouts[i], known, err);
		if (r != 0)
			return r;
	}
	return 0;
}
