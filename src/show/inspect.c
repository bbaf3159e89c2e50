/* SPDX-License-Identifier: MIT */
#include "show/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "show/holder.h"
#include "show/inspect_field.h"
#include "show/inspect_look.h"
#include "show/inspect_print.h"
#include "show/terminal.h"
#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/output.h"

enum {
	STATUS_NO_VALUE = 1
};

static int no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "inspect the target");
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* A process that is no container, or that the listing does not have. */
static int describe_found(struct found *found, struct listed *ret_listed)
{
	struct listed l = { .runtime = strdup(found->runtime ? found->runtime : "process"),
			    .id = copy(found->id),
			    .name = copy(found->name),
			    .found = *found };
	int r = found->runtime && found->id
			? asprintf(&l.target, "%s:%s", found->runtime, found->id)
			: asprintf(&l.target, "%d", found->pid);

	if (r < 0)
		l.target = NULL;
	*found = FOUND_NONE;
	*ret_listed = l;
	return l.target && l.runtime ? 0 : -ENOMEM;
}

static void set_holder(const struct listed *holder, struct inspection *in)
{
	free(in->part_of);
	free(in->part_of_name);
	in->part_of = strdup(holder->target);
	in->part_of_name = copy(holder->name);
}

/* What has it as one of its processes. Whatever fails is a line less. */
static void look_for_holder(const struct listing *listing, struct inspection *in)
{
	_cleanup_free_ char *cgroups = NULL;
	const struct listed *holder;

	if (fd_read_alloc(in->listed.found.proc_fd, "cgroup", CGROUP_TEXT_MAX, &cgroups) < 0)
		return;
	holder = holder_find(listing, cgroups);
	if (holder)
		set_holder(holder, in);
}

/* Return: whether the listing has it, which knows how to spell it and what it belongs to. */
static bool take_listed(const struct hostfs *host, bool processes, struct inspection *in)
{
	_cleanup_listing_ struct listing listing = { 0 };
	struct listed *listed = &in->listed;

	if (find_list(host, processes, &listing, NULL) < 0)
		return false;
	for (size_t i = 0; i < listing.n; i++) {
		struct listed *item = &listing.item[i];

		if (item->found.pid != listed->found.pid)
			continue;
		set_holder(item, in); /* a container is its first process, wherever that is */
		if (!item->name)
			item->name = steal_pointer(&listed->name);
		found_done(&item->found);
		item->found = listed->found;
		listed->found = FOUND_NONE;
		listed_done(listed);
		*listed = *item;
		*item = (struct listed){ .found = FOUND_NONE };
		return true;
	}
	look_for_holder(&listing, in);
	return false;
}

/* A container that no listing has is one that only its runtime's processes tell of. */
static void take_from_listing(const struct hostfs *host, struct inspection *in)
{
	if (!take_listed(host, false, in) && in->listed.id)
		(void)take_listed(host, true, in); /* what was found is told of anyhow */
}

static int find_it(const struct hostfs *host, const char *typed, struct inspection *in,
		   struct error *err)
{
	const struct find_query query = { .text = typed,
					  .host_root = *host->dir ? host->dir : NULL };
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = find_query(&query, &found, err);

	if (r < 0)
		return r;
	in->host_root = query.host_root;
	in->typed = strdup(typed);
	if (!in->typed || describe_found(&found, &in->listed) < 0)
		return no_memory(err);
	take_from_listing(host, in);
	return 0;
}

/* The first line of an error is all that there is room for. */
static void ask_for_shell(inspect_shell *find_shell, const char *host_root, struct inspection *in)
{
	_cleanup_error_ struct error err = { 0 };

	if (ns_has(in->s.same, NS_MNT)) {
		in->shell_note = strdup("yours: it has your files");
		return;
	}
	if (find_shell(in->listed.target, host_root, &in->shell, &err) >= 0)
		return;
	if (err.id == ERROR_NO_SHELL)
		in->shell_note = strdup("none");
	else
		in->shell_note = strdup(err.text ? err.text : "cannot be looked for");
}

static int print_field(const struct inspect_field *field, const struct inspection *in,
		       struct error *err)
{
	_cleanup_text_ struct text value = { 0 }, out = { 0 };

	field->put(&value, in, field->type);
	if (value.failed)
		return no_memory(err);
	if (!value.used)
		return STATUS_NO_VALUE;
	text_add_escaped(&out, value.buf);
	text_add(&out, "\n");
	return output_take(&out, err);
}

static int print_all(const struct request *req, const struct inspection *in, struct error *err)
{
	_cleanup_text_ struct text out = { 0 };
	struct terminal terminal;

	terminal_look(req->show.color, &terminal);
	if (req->json)
		inspect_print_json(in, &out);
	else
		inspect_print_text(in, terminal.color, &out);
	return output_take(&out, err);
}

static int choose_field(const char *name, const struct inspect_field **ret_field, struct error *err)
{
	_cleanup_text_ struct text list = { 0 };
	int r;

	*ret_field = name ? inspect_field_find(name) : NULL;
	if (!name || *ret_field)
		return 0;
	r = error_set(err, ERROR_USAGE, 0, "-o: no field \"%s\"", name);
	for (size_t i = 0; i < inspect_field_count; i++)
		text_add(&list, "%s%s", i ? " " : "", inspect_field_table[i].name);
	if (!list.failed)
		error_hint(err, "fields are %s", list.buf);
	return r;
}

int inspect_run(const struct request *req, inspect_shell *find_shell, struct error *err)
{
	_cleanup_inspection_ struct inspection in = { .listed.found = FOUND_NONE };
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_viewer_ struct viewer viewer = { 0 };
	const struct inspect_field *field;
	int r = choose_field(req->show.columns, &field, err);

	if (r == 0)
		r = hostfs_init(req->host_root, &host, err);
	if (r == 0)
		r = find_it(&host, req->show.words[0], &in, err);
	if (r < 0)
		return r;
	viewer_init(&host, &viewer);
	inspect_look(&viewer, &in);
	if (!in.listed.refuse && (!field || strcmp(field->name, "shell") == 0))
		ask_for_shell(find_shell, req->host_root, &in);
	/* All of it has to be of one process. */
	r = find_verify(&in.listed.found, err);
	if (r < 0)
		return r;
	return field ? print_field(field, &in, err) : print_all(req, &in, err);
}
