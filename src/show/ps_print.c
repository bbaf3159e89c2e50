/* SPDX-License-Identifier: MIT */
#include "show/ps_print.h"

#include <inttypes.h>
#include <string.h>

#include "show/tree.h"
#include "util/json.h"

/* What cannot be entered, and rootless containers, are seen at a glance; NOTE and USER say it. */
static enum color color_of(const struct column *column, const struct subject *s)
{
	return s->listed->refuse ? COLOR_DIM : column->color;
}

void ps_print_table(const struct ps_list *list, const struct viewer *viewer,
		    const struct choice *choice, const struct table_style *style, struct text *out)
{
	struct table_column column[CHOICE_MAX];
	_cleanup_table_ struct table table = { .column = column, .columns = choice->n };

	for (size_t i = 0; i < choice->n; i++)
		column[i] =
			(struct table_column){ choice->column[i]->name, choice->column[i]->right,
					       choice->column[i]->whole };
	for (size_t i = 0; i < list->n * choice->n; i++) {
		const struct column *c = choice->column[i % choice->n];
		const struct column_source from = { &list->s[i / choice->n], viewer, c->type };
		_cleanup_text_ struct text cell = { 0 };

		c->put(&cell, &from);
		table.failed |= cell.failed;
		table_add(&table, cell.buf ? cell.buf : "", color_of(c, from.s));
	}
	table_print(&table, style, out);
}

/* ---- the tree */

struct tree_print {
	struct table table;
	const struct tree_node *node;
	const struct viewer *viewer;
};

/* "mnt 4026532133  net 4026532201": what is not the parent's. Others than these are rarely asked for. */
static void put_inodes(struct text *out, const struct subject *s, const struct subject *parent)
{
	static const enum ns_type types[] = { NS_MNT, NS_NET, NS_PID };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		enum ns_type t = types[i];

		if (!ns_has(s->seen & s->differs, t) ||
		    (parent && ns_has(parent->seen, t) && parent->ino[t] == s->ino[t]))
			continue;
		text_add(out, "%s%s %" PRIu64, out->used ? "  " : "", ns_table[t].name, s->ino[t]);
	}
}

static void add_cells(struct tree_print *p, const char *prefix, const char *target,
		      const char *name, const struct text rest[2])
{
	_cleanup_text_ struct text first = { 0 };

	text_add(&first, "%s", prefix);
	text_add_escaped(&first, target);
	p->table.failed |= first.failed || rest[0].failed || rest[1].failed;
	table_add_clean(&p->table, first.buf ? first.buf : "", COLOR_BOLD);
	table_add(&p->table, name ? name : "", COLOR_GREEN);
	table_add(&p->table, rest[0].buf ? rest[0].buf : "", COLOR_NONE);
	table_add(&p->table, rest[1].buf ? rest[1].buf : "", COLOR_NONE);
}

static void add_user_node(struct tree_print *p, const struct tree_node *node, const char *prefix)
{
	_cleanup_free_ char *user = viewer_user(p->viewer, node->user_owner);
	_cleanup_text_ struct text name = { 0 };
	const struct text nothing[2] = { 0 };

	text_add(&name, "user %" PRIu64, node->user_top);
	if (user)
		text_add(&name, " (%s)", user);
	else if (node->user_owner != UINT32_MAX)
		text_add(&name, " (uid %" PRIu32 ")", node->user_owner);
	add_cells(p, prefix, name.buf ? name.buf : "", NULL, nothing);
	p->table.failed |= name.failed;
}

static void add_node(void *ctx, const struct tree_node *node, const char *prefix)
{
	struct tree_print *p = ctx;
	_cleanup_text_ struct text name = { 0 };
	struct text rest[2] = { 0 };
	const struct subject *parent = node->parent >= 0 ? p->node[node->parent].s : NULL;

	if (!node->s) {
		add_user_node(p, node, prefix);
		return;
	}
	text_add(&name, "%s", node->s->listed->name ? node->s->listed->name : "");
	if (node->s->listed->sandbox)
		text_add(&name, "%s(pod)", name.used ? " " : "");
	put_inodes(&rest[0], node->s, parent);
	column_command(&rest[1], node->s);
	add_cells(p, prefix, node->s->listed->target, name.buf, rest);
	text_done(&rest[0]);
	text_done(&rest[1]);
}

static void add_host(struct tree_print *p)
{
	struct subject host = { .seen = p->viewer->own_seen, .differs = p->viewer->own_seen };
	struct text rest[2] = { 0 };

	memcpy(host.ino, p->viewer->own, sizeof(host.ino));
	put_inodes(&rest[0], &host, NULL);
	add_cells(p, "", "here", NULL, rest);
	text_done(&rest[0]);
}

void ps_print_tree(const struct ps_list *list, const struct viewer *viewer, bool utf8,
		   const struct table_style *style, struct text *out)
{
	static const struct table_column column[] = {
		{ "TARGET", false, true },
		{ "NAME", false, false },
		{ "NAMESPACES", false, true },
		{ "COMMAND", false, false },
	};
	_cleanup_free_ struct tree_node *node = NULL;
	struct tree_print p = { .table = { .column = column, .columns = ARRAY_SIZE(column) },
				.viewer = viewer };
	int n = tree_arrange(list->s, list->n, &node);

	if (n < 0) {
		out->failed = true;
		return;
	}
	p.node = node;
	add_host(&p);
	tree_walk(node, (size_t)n, utf8, add_node, &p);
	table_print(&p.table, style, out);
	table_done(&p.table);
}

/* ---- JSON */

static void json_namespaces(struct json *j, const struct subject *s)
{
	json_object(j, "namespaces");
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		json_object(j, ns_table[t].name);
		json_uint_or_null(j, "ino", ns_has(s->seen, t), s->ino[t]);
		if (ns_has(s->same | s->differs, t))
			json_bool(j, "same", ns_has(s->same, t));
		else
			json_null(j, "same");
		json_object_end(j);
	}
	json_object_end(j);
}

static void json_pod(struct json *j, const struct listed *listed)
{
	if (!listed->pod) {
		json_null(j, "pod");
		return;
	}
	json_object(j, "pod");
	json_string(j, "namespace", listed->pod_namespace);
	json_string(j, "name", listed->pod);
	json_string(j, "uid", listed->pod_uid);
	json_string(j, "container", listed->container);
	json_object_end(j);
}

static void json_subject(struct json *j, const struct subject *s)
{
	size_t at = 0;
	const char *word;

	json_object(j, NULL);
	json_string(j, "target", s->listed->target);
	json_string(j, "runtime", s->listed->runtime);
	json_string(j, "id", s->listed->id);
	json_string(j, "name", s->listed->name);
	json_string(j, "image", s->listed->image);
	json_bool(j, "sandbox", s->listed->sandbox);
	json_pod(j, s->listed);
	json_uint(j, "pid", (uint64_t)s->listed->found.pid);
	json_uint_or_null(j, "starttime", s->has_stat, s->stat.start_time);
	json_uint_or_null(j, "uid", s->has_uid, s->uid);
	json_string(j, "user", s->user);
	json_string(j, "cgroup", s->listed->cgroup);
	json_namespaces(j, s);
	json_string(j, "comm", s->has_stat ? s->stat.comm : NULL);
	json_array(j, "command");
	while ((word = subject_next_word(s, &at)))
		json_string(j, NULL, word);
	json_array_end(j);
	json_string(j, "refused", s->listed->refuse);
	json_object_end(j);
}

void ps_print_json(const struct ps_list *list, struct text *out)
{
	_cleanup_json_ struct json j = { 0 };

	json_object(&j, NULL);
	json_uint(&j, "schema", 1);
	json_array(&j, "targets");
	for (size_t i = 0; i < list->n; i++)
		json_subject(&j, &list->s[i]);
	json_array_end(&j);
	json_uint(&j, "skipped", list->unreadable);
	json_object_end(&j);
	json_end_line(&j);
	if (j.failed)
		out->failed = true;
	else
		text_add(out, "%s", j.text);
}

/* ---- the summary */

static void put_count(struct text *out, size_t n, const char *what, const char *end)
{
	if (n)
		text_add(out, "%s%zu %s%s", out->used ? ", " : "", n, what, n == 1 ? "" : end);
}

void ps_print_summary(const struct ps_list *list, struct text *out)
{
	_cleanup_text_ struct text counts = { 0 };
	size_t services = 0, processes = 0;

	for (size_t i = 0; i < list->n; i++) {
		services += strcmp(list->s[i].listed->runtime, "unit") == 0;
		processes += strcmp(list->s[i].listed->runtime, "process") == 0;
	}
	put_count(&counts, list->n - services - processes, "container", "s");
	put_count(&counts, services, "service", "s");
	put_count(&counts, processes, "other process", "es");
	out->failed |= counts.failed;
	if (counts.used)
		text_add(out,
			 "%s.  Letters: as nsjoin's options; - = shared with you, ? = not known.\n",
			 counts.buf);
	else
		text_add(out, "No container runs here that can be seen.\n");
}
