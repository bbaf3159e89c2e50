/* SPDX-License-Identifier: MIT */
#include "show/tree.h"

#include <errno.h>
#include <string.h>

#include "util/text.h"

/* The innermost pid namespace around that of @s which somebody's own is. */
static int parent_by_pid(const struct subject *all, size_t n, const struct subject *s)
{
	for (size_t level = 0; level < s->n_pid_above; level++)
		for (size_t i = 0; i < n; i++)
			if (&all[i] != s && ns_has(all[i].seen & all[i].differs, NS_PID) &&
			    all[i].ino[NS_PID] == s->pid_above[level])
				return (int)i;
	return TREE_HOST;
}

static int parent_by_pod(const struct subject *all, size_t n, const struct subject *s)
{
	if (s->listed->sandbox || !ns_has(s->seen & s->differs, NS_NET))
		return TREE_HOST;
	for (size_t i = 0; i < n; i++)
		if (all[i].listed->sandbox && ns_has(all[i].seen, NS_NET) &&
		    all[i].ino[NS_NET] == s->ino[NS_NET])
			return (int)i;
	return TREE_HOST;
}

/* The node of a user namespace; made where there is none yet. @n: all nodes */
static int parent_by_user(struct tree_node *node, size_t subjects, size_t *n,
			  const struct subject *s)
{
	size_t i = subjects;

	if (!s->user_top)
		return TREE_HOST;
	while (i < *n && node[i].user_top != s->user_top)
		i++;
	if (i == *n)
		node[(*n)++] = (struct tree_node){ .user_top = s->user_top,
						   .user_owner = s->user_owner,
						   .parent = TREE_HOST };
	return (int)i;
}

int tree_arrange(const struct subject *s, size_t n, struct tree_node **ret_node)
{
	/* Each can bring a user namespace. */
	struct tree_node *node = calloc(n * 2 + 1, sizeof(*node));
	size_t all = n;

	if (!node)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		node[i].s = &s[i];
		node[i].parent = parent_by_pid(s, n, &s[i]);
		if (node[i].parent == TREE_HOST)
			node[i].parent = parent_by_pod(s, n, &s[i]);
		if (node[i].parent == TREE_HOST)
			node[i].parent = parent_by_user(node, n, &all, &s[i]);
	}
	*ret_node = node;
	return (int)all;
}

struct walk {
	const struct tree_node *node;
	size_t n;
	bool utf8;
	tree_visitor *visit;
	void *ctx;
};

static int next_child(const struct walk *w, int parent, int after)
{
	for (size_t i = (size_t)(after + 1); i < w->n; i++)
		if (w->node[i].parent == parent)
			return (int)i;
	return -1;
}

/* Deeper than pid namespaces nest it cannot get, whatever the kernel was seen to say. */
static void walk_below(const struct walk *w, int parent, const char *indent, int depth)
{
	int i = next_child(w, parent, -1);

	while (i >= 0 && depth < PID_LEVELS + 2) {
		int next = next_child(w, parent, i);
		const char *branch = w->utf8 ? "├─ " : "|- ", *bar = w->utf8 ? "│  " : "|  ";
		_cleanup_text_ struct text prefix = { 0 }, below = { 0 };

		if (next < 0) {
			branch = w->utf8 ? "└─ " : "`- ";
			bar = "   ";
		}
		text_add(&prefix, "%s%s", indent, branch);
		text_add(&below, "%s%s", indent, bar);
		if (prefix.failed || below.failed)
			return;
		w->visit(w->ctx, &w->node[i], prefix.buf);
		walk_below(w, i, below.buf, depth + 1);
		i = next;
	}
}

void tree_walk(const struct tree_node *node, size_t n, bool utf8, tree_visitor *visit, void *ctx)
{
	struct walk w = { node, n, utf8, visit, ctx };

	walk_below(&w, TREE_HOST, "", 0);
}
