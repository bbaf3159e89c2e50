/* SPDX-License-Identifier: MIT */
#include "find/dockeruser.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "find/docker.h"
#include "find/dockerroot.h"
#include "find/procscan.h"
#include "find/state.h"

/*
 * A link of his can lead to directories that root owns and somebody else fills: nothing but what is
 * his own is taken, so that no name of root's is made here.
 */
static int take_own(struct known_list *found, uid_t uid, struct known_list *list, struct error *err)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->item[i].owner == uid &&
		    known_list_add_consume(list, &found->item[i]) < 0)
			return state_no_memory(err);
	return 0;
}

static int list_user(struct runtime_context *ctx, uid_t uid, const struct known_filter *filter,
		     struct known_list *list, struct error *err)
{
	struct known_filter of_user = *filter;
	_cleanup_known_list_ struct known_list found = { 0 };
	_cleanup_strv_ struct strv roots = { 0 };
	int r = dockerroot_user(ctx, uid, &roots, err);

	of_user.owner = &uid;
	for (size_t i = 0; i < roots.n && r >= 0; i++) {
		r = docker_list_root(ctx->host, roots.item[i], &of_user, &found, err);
		if (r == -EACCES)
			ctx->unreadable++;
		if (r == -EACCES || r == -ENOENT)
			r = 0;
	}
	return r < 0 ? r : take_own(&found, uid, list, err);
}

/* A user may run several. */
static bool is_first(const struct procscan *scan, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (scan->item[i].kind == PROCSCAN_DOCKERD &&
		    scan->item[i].uid == scan->item[n].uid)
			return false;
	return true;
}

int docker_list_users(struct runtime_context *ctx, const struct known_filter *filter,
		      struct known_list *list, struct error *err)
{
	const struct procscan *scan = ctx->scan;
	int r = 0;

	for (size_t i = 0; i < scan->n && r >= 0; i++) {
		const struct procscan_item *item = &scan->item[i];

		/* His own were among the usual places. */
		if (item->kind == PROCSCAN_DOCKERD && item->uid != 0 && item->uid != geteuid() &&
		    is_first(scan, i))
			r = list_user(ctx, item->uid, filter, list, err);
	}
	return r;
}
