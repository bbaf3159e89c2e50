/* SPDX-License-Identifier: MIT */
/* Who the program runs as: groups, then gid, then uid, since each takes away the right to the next. */
#pragma once

#include "core/plan.h"

/*
 * plan_early_groups() - drop the supplementary groups before joining a user namespace that denies it
 *
 * Such a namespace would leave root's groups with the program for ever; whoever may change them here
 * gets rid of them in time.
 */
void plan_early_groups(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_ids() - add the steps that change ids. Return: 0 or -errno with @err filled. */
int plan_ids(const struct request *req, const struct facts *facts, struct plan *plan,
	     struct error *err);
