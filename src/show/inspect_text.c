/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "show/color.h"
#include "show/columns.h"
#include "show/inspect_field.h"
#include "show/inspect_print.h"

enum {
	LABEL_WIDTH = 14,
};

static const char unreadable[] = "cannot be read by you";

/* A page that is being written. */
struct page {
	struct text *out;
	bool color;
};

/* @label: "" goes on with the line above */
static void begin(const struct page *page, const char *label)
{
	enum color color = page->color && *label ? COLOR_DIM : COLOR_NONE;

	text_add(page->out, "  %s%s%s%*s", color_on(color), label, color_off(color),
		 LABEL_WIDTH - (int)strlen(label), "");
}

static void end(const struct page *page)
{
	text_add(page->out, "\n");
}

static void line(const struct page *page, const char *label, const char *value)
{
	begin(page, label);
	text_add_escaped(page->out, value);
	end(page);
}

static void add_title(const struct page *page, const struct inspection *in)
{
	enum color color = page->color ? COLOR_BOLD : COLOR_NONE;
	const struct listed *l = &in->listed;
	const char *name = l->name ? l->name : in->typed;

	text_add(page->out, "%s", color_on(color));
	text_add_escaped(page->out, name);
	text_add(page->out, "%s", color_off(color));
	if (l->id) {
		text_add(page->out, "  (%s ", l->runtime);
		text_add_escaped(page->out, l->id);
		if (l->image) {
			text_add(page->out, ", image ");
			text_add_escaped(page->out, l->image);
		}
		text_add(page->out, "%s)", l->sandbox ? ", holds a pod's namespaces" : "");
	}
	end(page);
	if (l->refuse)
		line(page, "note", l->refuse);
}

static void add_process(const struct page *page, const struct inspection *in)
{
	_cleanup_text_ struct text command = { 0 };

	begin(page, "process");
	text_add(page->out, "%d", in->listed.found.pid);
	if (in->s.has_stat) {
		text_add(page->out, " ");
		text_add_escaped(page->out, in->s.stat.comm);
	}
	if (in->started) {
		text_add(page->out, ", started ");
		inspect_put_started(page->out, in, 0);
	}
	if (in->pid_inside > 0 && in->pid_inside != in->listed.found.pid)
		text_add(page->out, ", pid %d inside", in->pid_inside);
	end(page);
	column_command(&command, &in->s);
	if (command.used)
		line(page, "command", command.buf);
}

/* Of a process that is not what holds it. */
static void add_part_of(const struct page *page, const struct inspection *in)
{
	if (!in->part_of || strcmp(in->part_of, in->listed.target) == 0)
		return;
	begin(page, "part of");
	text_add_escaped(page->out, in->part_of);
	if (in->part_of_name) {
		text_add(page->out, " (");
		text_add_escaped(page->out, in->part_of_name);
		text_add(page->out, ")");
	}
	end(page);
}

static const char *relation(const struct inspection *in, enum ns_type t)
{
	if (ns_has(in->s.differs, t))
		return "its own";
	return ns_has(in->s.same, t) ? "yours" : unreadable;
}

static void add_namespaces(const struct page *page, const struct inspection *in)
{
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		const struct inspect_owner *owner = &in->owner[t];

		begin(page, t == 0 ? "namespaces" : "");
		text_add(page->out, "%-7s %s", ns_table[t].name, relation(in, t));
		if (ns_has(in->s.seen, t))
			text_add(page->out, ", %" PRIu64, in->s.ino[t]);
		if (owner->known && t == NS_USER)
			text_add(page->out, ", below %" PRIu64, owner->ino);
		else if (owner->known)
			text_add(page->out, ", of user namespace %" PRIu64, owner->ino);
		if (owner->known && owner->uid != 0)
			text_add(page->out, " (uid %" PRIu32 ")", owner->uid);
		end(page);
	}
}

static void add_root(const struct page *page, const struct inspection *in)
{
	begin(page, "root");
	if (!in->root.type) {
		text_add(page->out, "%s\n", unreadable);
		return;
	}
	text_add(page->out, "/proc/%d/root, ", in->listed.found.pid);
	text_add_escaped(page->out, in->root.type);
	if (in->root.source && strcmp(in->root.source, in->root.type) != 0) {
		text_add(page->out, " of ");
		text_add_escaped(page->out, in->root.source);
	}
	end(page);
	if (in->root.upper)
		line(page, "changes in", in->root.upper);
	if (in->cwd)
		line(page, "directory", in->cwd);
}

static void add_shell(const struct page *page, const struct inspection *in)
{
	if (in->shell)
		line(page, "shell", in->shell);
	else if (in->shell_note)
		line(page, "shell", in->shell_note);
}

static void add_ids(const struct page *page, const struct inspection *in)
{
	begin(page, "user");
	if (!in->has_status) {
		text_add(page->out, "%s\n", unreadable);
		return;
	}
	text_add(page->out, "uid %" PRIu32, in->status.uid[1]);
	if (in->s.user) {
		text_add(page->out, " (");
		text_add_escaped(page->out, in->s.user);
		text_add(page->out, ")");
	}
	text_add(page->out, ", gid %" PRIu32, in->status.gid[1]);
	if (in->has_inside &&
	    (in->uid_inside != in->status.uid[1] || in->gid_inside != in->status.gid[1]))
		text_add(page->out, "; inside %" PRIu32 " and %" PRIu32, in->uid_inside,
			 in->gid_inside);
	text_add(page->out, in->status.n_groups ? ", groups " : ", no groups");
	inspect_put_groups(page->out, in, 0);
	end(page);
}

static void add_capabilities(const struct page *page, const struct inspection *in)
{
	begin(page, "capabilities");
	if (!in->has_caps) {
		text_add(page->out, "%s\n", unreadable);
		return;
	}
	inspect_put_cap_count(page->out, in);
	if (in->caps.effective && ns_has(in->s.differs, NS_USER))
		text_add(page->out, ", in its user namespace only");
	end(page);
	if (in->caps.effective) {
		begin(page, "");
		inspect_put_caps(page->out, in, 0);
		end(page);
	}
}

static void add_confinement(const struct page *page, const struct inspection *in)
{
	static const char *const seccomp[] = {
		[SECCOMP_UNKNOWN] = "seccomp unknown",
		[SECCOMP_OFF] = "no seccomp filter",
		[SECCOMP_STRICT] = "seccomp strict",
		[SECCOMP_FILTER] = "seccomp filter",
	};
	static const char *const nnp[] = {
		[ANSWER_UNKNOWN] = "no_new_privs unknown",
		[ANSWER_NO] = "no_new_privs off",
		[ANSWER_YES] = "no_new_privs on",
	};

	begin(page, "confined");
	text_add(page->out, "%s, %s, ", seccomp[in->seccomp], nnp[in->no_new_privs]);
	if (in->label) {
		text_add(page->out, "label ");
		text_add_escaped(page->out, in->label);
	} else {
		text_add(page->out, in->labelled == ANSWER_NO ? "no label" : "label unknown");
	}
	end(page);
}

static void add_modes(const struct page *page, const struct inspection *in)
{
	_cleanup_text_ struct text modes = { 0 };

	inspect_put_modes(&modes, in);
	if (modes.used)
		line(page, "runs with", modes.buf);
}

/* Hierarchies where it is in one place are told together. */
static void add_cgroups(const struct page *page, const struct inspection *in)
{
	struct text *out = page->out;

	for (size_t i = 0; i < in->cgroup.n; i++) {
		const char *path = strchr(in->cgroup.item[i], ':') + 1;
		size_t first = 0;

		while (strcmp(strchr(in->cgroup.item[first], ':') + 1, path) != 0)
			first++;
		if (first == i)
			line(page, i == 0 ? "cgroup" : "", path);
	}
	if (in->cgroup.n == 0)
		line(page, "cgroup", unreadable);
	begin(page, "limits");
	inspect_put_limits(out, in);
	end(page);
}

/* Those that limit something: a process has 16. */
static void add_rlimits(const struct page *page, const struct inspection *in)
{
	_cleanup_text_ struct text all = { 0 }, set = { 0 };

	inspect_put_rlimits(&all, in, false);
	inspect_put_rlimits(&set, in, true);
	page->out->failed |= all.failed || set.failed;
	line(page, "rlimits", set.used ? set.buf : all.used ? "all unlimited" : unreadable);
}

static void add_shared(const struct page *page, const struct inspection *in)
{
	_cleanup_strv_ struct strv lines = { 0 };

	if (inspect_shared(in, &lines) < 0)
		page->out->failed = true;
	for (size_t i = 0; i < lines.n; i++)
		line(page, i == 0 ? "not isolated" : "", lines.item[i]);
}

void inspect_print_text(const struct inspection *in, bool color, struct text *out)
{
	struct page page = { out, color };

	add_title(&page, in);
	add_process(&page, in);
	if (in->paused)
		line(&page, "state", "paused: its cgroup is frozen, and nothing in it runs");
	add_part_of(&page, in);
	add_namespaces(&page, in);
	add_root(&page, in);
	add_shell(&page, in);
	add_ids(&page, in);
	add_capabilities(&page, in);
	add_confinement(&page, in);
	add_modes(&page, in);
	add_cgroups(&page, in);
	add_rlimits(&page, in);
	add_shared(&page, in);
	if (in->listed.refuse)
		return;
	begin(&page, "to enter");
	text_add(out, "nsjoin ");
	if (in->host_root) {
		text_add(out, "--host-root=");
		text_add_escaped(out, in->host_root);
		text_add(out, " ");
	}
	text_add(out, "-t ");
	text_add_escaped(out, in->listed.target);
	end(&page);
}
