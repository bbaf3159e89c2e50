/* SPDX-License-Identifier: MIT */
/*
 * Who is inside of whom: containers in containers by their pid namespaces, containers of a pod below
 * its sandbox, rootless ones below the user namespace of their owner. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "show/subject.h"

enum {
	TREE_HOST = -1 /* the parent of what stands for itself */
};

struct tree_node {
	const struct subject *s; /* NULL: a user namespace, user_top and its owner below */
	uint64_t user_top;
	uint32_t user_owner;
	int parent; /* index, or TREE_HOST */
};

/*
 * tree_arrange() - find the parents
 * @ret_node: heap, to be freed by the caller: the subjects in their order, then user namespaces
 * Return: how many nodes, or -ENOMEM.
 */
int tree_arrange(const struct subject *s, size_t n, struct tree_node **ret_node);

/*
 * tree_walk() - call @visit for each node below @parent, in order, children after their parent
 * @prefix: what is drawn before the node: "│  └─ ", or the same of "|" and "`-"
 */
typedef void tree_visitor(void *ctx, const struct tree_node *node, const char *prefix);
void tree_walk(const struct tree_node *node, size_t n, bool utf8, tree_visitor *visit, void *ctx);
