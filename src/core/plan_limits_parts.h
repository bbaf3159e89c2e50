/* SPDX-License-Identifier: MIT */
/*
 * The parts of plan_limits.c: resource limits and scheduling, capabilities and filters. Each adds
 * its steps where it is asked for; what cannot be had is refused or noted, as plan_limits.h says.
 */
#pragma once

#include <linux/capability.h>

#include "core/plan_limits.h"
#include "core/plan_order.h"
#include "util/text.h"

#define CAP_BIT(cap) (UINT64_C(1) << (cap))

static inline bool joins_user(const struct facts *facts)
{
	return ns_has(facts->present & ~facts->same, NS_USER);
}

/* What capable() asks for in the kernel: a capability in the first user namespace. */
static inline bool capable(const struct facts *facts, int cap)
{
	return facts->init_user && (facts->ours.caps.effective & CAP_BIT(cap));
}

/* plan_rlimits_choose() - what the program gets, into plan->rlimit */
void plan_rlimits_choose(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_rlimits_left() - names of what may not be raised to the target's, separated by commas */
void plan_rlimits_left(const struct request *req, const struct facts *facts,
		       const struct plan *plan, struct text *list);

/* plan_rlimits_early() - out-of-memory score, scheduling, personality, and limits to be raised in time */
void plan_rlimits_early(const struct request *req, const struct facts *facts, struct plan *plan);
/* plan_rlimits_joined() - processors, the limits themselves, and umask */
void plan_rlimits_joined(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_filters_check() - whether the filters can be had. Return: 0, or -errno with @err filled. */
int plan_filters_check(const struct request *req, const struct facts *facts, struct error *err);

/* plan_filters_left() - whether they are gone without */
bool plan_filters_left(const struct request *req, const struct facts *facts);

/* plan_filters_copy() - add the step that reads them, where they are taken and can be had */
void plan_filters_copy(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_only_seen() - the right to look into others is one over the processes that are seen */
void plan_only_seen(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_bounding() - add the step that lowers the bounding set, where it is larger. Return: 0, or -errno with @err filled. */
int plan_bounding(const struct request *req, const struct facts *facts, struct plan *plan,
		  struct error *err);
