/* SPDX-License-Identifier: MIT */
/*
 * containerd and what is built upon it. Its state is a directory for each container, the bundle:
 * <state>/io.containerd.runtime.v2.task/NAMESPACE/ID. Kubernetes and nerdctl use it in their own
 * ways and have rows of their own; Docker's namespace is left to Docker's row.
 */
#pragma once

#include "find/runtime.h"
#include "util/error.h"

extern const struct runtime runtime_containerd;

enum containerd_kind {
	CONTAINERD_PLAIN,   /* made by ctr and others: called NAMESPACE/ID */
	CONTAINERD_CRI,	    /* all of Kubernetes' namespace */
	CONTAINERD_NERDCTL, /* made by nerdctl: they have names */
};

/* What is looked for, and where it goes. */
struct containerd_query {
	struct runtime_context *ctx;
	const struct runtime *runtime; /* the row that asks */
	enum containerd_kind kind;
	const struct known_filter *filter;
	struct known_list *list;
};

/* containerd_list() - those of one kind at the usual places. Return: as runtime.list(). */
int containerd_list(const struct containerd_query *query, struct error *err);

/* containerd_list_scanned() - the same at the places that shims tell of */
int containerd_list_scanned(const struct containerd_query *query, struct error *err);
