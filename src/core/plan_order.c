/* SPDX-License-Identifier: MIT */
#include "core/plan_order.h"

#include <errno.h>
#include <inttypes.h>

static const char why_early[] = "not owned by the user namespace that comes next";
static const char why_user[] = "the user namespace gives the capabilities over what it owns";
static const char why_late[] = "owned by what we are in by now";
static const char why_once[] = "one call: the kernel decides once, and all or nothing";

static void add_each(ns_set set, const char *why, struct plan *plan)
{
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (ns_has(set, t))
			plan_add(plan, STEP_JOIN_NS, why)->type = t;
}

static void add_target(ns_set set, const char *why, struct plan *plan)
{
	if (set)
		plan_add(plan, STEP_JOIN_TARGET, why)->set = set;
}

/* Of @set, what has to be joined while we still have the capabilities that we started with. */
static ns_set early_part(const struct facts *facts, ns_set set)
{
	ns_set early = 0;

	if (!facts->caller_admin)
		return 0;
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (t != NS_USER && ns_has(set, t) && facts->owner[t] != OWNER_TARGET)
			early |= NS_BIT(t);
	return early;
}

/* @letters: who has not typed a letter cannot leave it out */
static int refuse(enum error_id id, enum ns_type type, ns_set letters, const char *owner,
		  const char *way, struct error *err)
{
	error_set(err, id, 0, "cannot join %s: %s", ns_table[type].name, owner);
	if (ns_has(letters, type))
		error_hint(err, "%s, or leave out -%c", way, ns_table[type].letter);
	else
		error_hint(err, "%s", way);
	return -EPERM;
}

/* Whether the kernel will let us, as far as owners are known. Return: 0, or -EPERM with @err. */
static int check_owner(const struct facts *facts, enum ns_type type, ns_set letters,
		       struct error *err)
{
	ns_set join = facts->present & ~facts->same;
	bool with_user = ns_has(join, NS_USER);

	switch (facts->owner[type]) {
	case OWNER_UNKNOWN:
		return 0;
	case OWNER_ABOVE:
		return refuse(ERROR_USERNS_NEEDED, type, letters,
			      "it belongs to a user namespace outside of yours", "run there", err);
	case OWNER_OURS:
		if (facts->caller_admin)
			return 0;
		return refuse(ERROR_PERMISSION, type, letters,
			      "your user namespace owns it, and you lack CAP_SYS_ADMIN there",
			      "run as root", err);
	case OWNER_TARGET:
		if (facts->caller_admin || with_user)
			return 0;
		return refuse(ERROR_USERNS_NEEDED, type, letters,
			      "the target's user namespace owns it", "add -U, run as root", err);
	case OWNER_OTHER:
		/* Its creator may, but only in the one call that decides with what we start with. */
		if (facts->caller_admin ||
		    (with_user && facts->setns_pidfd && ns_has(facts->by_pidfd, NS_USER) &&
		     ns_has(facts->by_pidfd, type)))
			return 0;
		return refuse(ERROR_USERNS_NEEDED, type, letters, "another user namespace owns it",
			      "run as root", err);
	}
	return 0;
}

int plan_order_check(const struct facts *facts, ns_set letters, struct error *err)
{
	ns_set join = facts->present & ~facts->same;
	int r = 0;

	for (enum ns_type t = 0; t < NS_COUNT && r == 0; t++)
		if (ns_has(join, t) && t != NS_USER)
			r = check_owner(facts, t, letters, err);
	return r;
}

int plan_order(const struct facts *facts, struct plan *plan, struct error *err)
{
	ns_set user = plan->join & NS_BIT(NS_USER);
	ns_set by_pidfd = facts->setns_pidfd ? plan->join & facts->by_pidfd : 0;
	ns_set by_fd = plan->join & ~by_pidfd;
	ns_set early, late;
	int r = plan_order_check(facts, NS_ALL, err);

	if (r < 0 || !plan->join)
		return r;
	if (!by_fd || !user) {
		add_target(by_pidfd, why_once, plan);
		add_each(by_fd, why_late, plan);
	} else {
		/* A call by pidfd that includes the user namespace needs no order within itself. */
		ns_set ordered = by_pidfd & user ? by_fd & ~user : plan->join & ~user;

		early = early_part(facts, ordered);
		late = ordered & ~early;
		add_target(early & by_pidfd, why_early, plan);
		add_each(early & by_fd, why_early, plan);
		if (by_pidfd & user)
			add_target(by_pidfd, why_once, plan);
		else
			add_each(user, why_user, plan);
		add_target(late & by_pidfd & ~user, why_late, plan);
		add_each(late & by_fd & ~user, why_late, plan);
	}
	plan_add(plan, STEP_VERIFY, "nothing else was joined by mistake")->set = plan->join;
	return 0;
}
