/* SPDX-License-Identifier: MIT */
#include "show/ps.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "find/confined.h"
#include "show/pattern.h"
#include "show/ps_print.h"
#include "show/terminal.h"
#include "util/log.h"
#include "util/output.h"
#include "util/patient.h"

enum {
	STATUS_NOTHING = 1
};

static bool is_wanted(const struct listed *listed, char *const *patterns)
{
	if (!patterns[0])
		return true;
	for (size_t i = 0; patterns[i]; i++)
		if (pattern_fits(listed, patterns[i]))
			return true;
	return false;
}

static void ps_list_done(struct ps_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		subject_done(&list->s[i]);
	free(list->s);
	*list = (struct ps_list){ 0 };
}

struct looking {
	const struct request *req;
	const struct viewer *viewer;
	const struct listing *listing;
	unsigned int needs;
	struct ps_list *list;
	size_t next; /* to be looked at */
};

static void look_at_next(struct looking *looking, unsigned int needs)
{
	const struct listed *listed = &looking->listing->item[looking->next];
	struct ps_list *list = looking->list;

	if (is_wanted(listed, looking->req->show.words) &&
	    subject_look(looking->viewer, listed, needs, &list->s[list->n]))
		list->n++;
	looking->next++;
}

static int look_on(void *ctx)
{
	struct looking *looking = ctx;

	while (looking->next < looking->listing->n)
		look_at_next(looking, looking->needs);
	return 0;
}

static int look(const struct request *req, const struct viewer *viewer,
		const struct listing *listing, unsigned int needs, struct ps_list *list,
		struct error *err)
{
	struct looking looking = { req, viewer, listing, needs, list, 0 };

	list->s = calloc(listing->n + 1, sizeof(*list->s));
	list->unreadable = listing->unreadable;
	if (!list->s)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "list targets");
	/* Who was given up and does not even end leaves nothing to be tried any more. */
	while (looking.next < listing->n &&
	       patient_do(look_on, &looking, &looking.next) == -ETIMEDOUT) {
		look_at_next(&looking, subject_needs_apart(needs));
		list->unreadable++;
	}
	return 0;
}

static void print_targets(const struct ps_list *list, struct text *out)
{
	for (size_t i = 0; i < list->n; i++) {
		text_add_escaped(out, list->s[i].listed->target);
		text_add(out, "\n");
	}
}

static void print(const struct request *req, const struct choice *choice,
		  const struct viewer *viewer, const struct ps_list *list, struct text *out)
{
	const struct show_request *show = &req->show;
	struct terminal terminal;
	struct table_style style;

	terminal_look(show->color, &terminal);
	style = (struct table_style){ !show->no_headings, terminal.color, terminal.width };
	if (req->json) {
		ps_print_json(list, out);
		return;
	}
	if (show->targets_only) {
		print_targets(list, out);
		return;
	}
	if (show->tree) {
		style.headings = false;
		ps_print_tree(list, viewer, terminal.utf8, &style, out);
		return;
	}
	if (list->n > 0 || !show->words[0])
		ps_print_table(list, viewer, choice, &style, out);
	if (terminal.is_terminal && style.headings)
		ps_print_summary(list, out);
}

static unsigned int needs_of(const struct request *req, const struct choice *choice)
{
	if (req->json)
		return NEED_ALL;
	if (req->show.targets_only)
		return 0;
	return req->show.tree ? NEED_ALL | NEED_TREE : choice->needs;
}

static void note_unreadable(const struct hostfs *host, size_t n)
{
	_cleanup_lsm_label_ struct lsm_label own = { 0 };

	if (confined_by(host, &own))
		log_note("your own label, \"%s\", forbids to look into processes with another one: "
			 "they are not listed",
			 own.label);
	else if (n > 0 && geteuid() != 0)
		log_note("%zu of the processes and files could not be read; run as root for all",
			 n);
	else if (n > 0)
		log_note("%zu of the processes and files could not be read", n);
}

int ps_run(const struct request *req, struct error *err)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_listing_ struct listing listing = { 0 };
	_cleanup_viewer_ struct viewer viewer = { 0 };
	_cleanup_(ps_list_done) struct ps_list list = { 0 };
	_cleanup_text_ struct text out = { 0 };
	struct choice choice;
	int r = choice_parse(req->show.columns, &choice, err);

	if (r == 0)
		r = hostfs_init(req->host_root, &host, err);
	if (r == 0)
		r = hostfs_check_proc(&host, err);
	if (r == 0)
		r = find_list(&host, req->show.processes, &listing, err);
	if (r < 0)
		return r;
	viewer_init(&host, &viewer);
	r = look(req, &viewer, &listing, needs_of(req, &choice), &list, err);
	if (r < 0)
		return r;
	print(req, &choice, &viewer, &list, &out);
	r = output_take(&out, err);
	note_unreadable(&host, list.unreadable);
	if (r < 0)
		return r;
	if (!req->show.words[0] || list.n > 0)
		return 0;
	if (!req->json && !req->show.targets_only)
		log_note("nothing that can be joined fits");
	return STATUS_NOTHING;
}
