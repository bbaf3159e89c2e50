/* SPDX-License-Identifier: MIT */
/*
 * The steps that make the program no more than the target is: what is taken before joining, since
 * it needs rights that end there; what needs rights over the user namespace that was joined; and
 * what comes last, when the ids are changed.
 */
#pragma once

#include "core/plan.h"

/*
 * plan_takes() - whether this part of the target is taken on
 *
 * The host's own label, cgroup and limits never are: whoever enters it keeps his.
 */
bool plan_takes(const struct request *req, const struct facts *facts, enum as_part part);

/* rlimit_name() - "nofile" for RLIMIT_NOFILE, up to RLIMIT_KINDS */
const char *rlimit_name(int kind);

/*
 * plan_limits_copy() - what is taken from the target while it is stopped, before anything else
 * Return: 0, or a negative errno with @err filled where a part cannot be taken.
 */
int plan_limits_copy(const struct request *req, const struct facts *facts, struct plan *plan,
		     struct error *err);

/*
 * plan_is_exposed() - whether processes of the target can have CAP_SYS_PTRACE
 *
 * Then they can seize the program as soon as it is in their pid namespace, before it has executed
 * anything: what confines it has to be there when it is made.
 */
bool plan_is_exposed(const struct facts *facts);

/* plan_cgroup_note() - what the program's cgroups are, where that is not what was to be expected */
void plan_cgroup_note(const struct facts *facts, struct plan *plan);

/* plan_limits_oom() - whether plan_limits_early() will set oom_score_adj */
bool plan_limits_oom(const struct request *req, const struct facts *facts);

/* plan_limits_early() - what comes before joining, in the process that joins */
void plan_limits_early(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_limits_joined() - what comes after joining and before the ids. Return: likewise. */
int plan_limits_joined(const struct request *req, const struct facts *facts, struct plan *plan,
		       struct error *err);

/* plan_limits_hold_caps() - whether capabilities are needed after the change of user */
bool plan_limits_hold_caps(const struct request *req, const struct facts *facts);

/* plan_limits_late() - what comes after the ids */
void plan_limits_late(const struct request *req, const struct facts *facts, struct plan *plan);

/* plan_limits_last() - what comes right before the program */
void plan_limits_last(const struct request *req, const struct facts *facts, struct plan *plan);
