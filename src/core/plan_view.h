/* SPDX-License-Identifier: MIT */
/* -H: whose files the program sees, and where the others are. */
#pragma once

#include "core/plan.h"

/* plan_view_check() - what does not go together. Return: 0, or -errno with @err. */
int plan_view_check(const struct request *req, const struct facts *facts, struct error *err);

/* plan_view_take() - before joining: take hold of the trees that the other side is shown */
void plan_view_take(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_view_target() - after joining: the root directory. Return: whether there is one to be made. */
bool plan_view_target(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_view_cwd() - where the target is, by its path in the view */
void plan_view_cwd(const struct request *req, const struct facts *facts, struct plan *plan);

/*
 * plan_view_host() - in the mount namespace of the program's own: what was ours is read-only, and
 * the target's tree is at a directory of it
 */
void plan_view_host(const struct request *req, const struct facts *facts, struct plan *plan);
