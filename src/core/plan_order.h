/* SPDX-License-Identifier: MIT */
/*
 * In which order the namespaces are joined: a pure function of facts.
 *
 * setns(2) asks for CAP_SYS_ADMIN both in the user namespace that owns what is joined and in the
 * caller's own. Joining a user namespace takes the capabilities over everything outside of it away
 * and gives those over everything inside. Hence: what the target's user namespace does not own
 * comes first if we hold CAP_SYS_ADMIN here, then the user namespace, then the rest. One call with
 * a pidfd (Linux 5.8) needs no order: the kernel decides once, with the credentials we started with.
 */
#pragma once

#include "core/plan.h"

/* plan_order() - add the joining steps and their verification. Return: 0 or -errno with @err. */
int plan_order(const struct facts *facts, struct plan *plan, struct error *err);

/*
 * plan_order_check() - whether the kernel will let us join, as far as the owners are known
 * @letters: what the command line names by its letter, and can leave out
 *
 * plan_order() does this, too: a cause that lies here is to be told before anything that follows
 * from it, as that a cgroup is not ours to join.
 * Return: 0, or -EPERM with @err.
 */
int plan_order_check(const struct facts *facts, ns_set letters, struct error *err);

/* plan_add() - append a step. PLAN_MAX has room for one of each. Return: the step, to be filled. */
struct step *plan_add(struct plan *plan, enum step_kind kind, const char *why);

/* plan_note() - say something; see struct plan_note */
void plan_note(struct plan *plan, bool loud, const char *fmt, ...) _printf_(3, 4);
