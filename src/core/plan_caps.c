/* SPDX-License-Identifier: MIT */
/* Capabilities, no_new_privs and seccomp filters, in the order in which each still can be taken. */
#include <errno.h>
#include <inttypes.h>

#include "core/plan_limits_parts.h"

static int refuse_filters(const struct request *req, const struct facts *facts, const char *why,
			  struct error *err)
{
	char buf[REQUEST_PARTS_MAX];

	error_set(err, ERROR_PERMISSION, 0, "cannot take the seccomp filters of \"%s\": %s",
		  facts->target, why);
	error_hint(err, "%s leaves them out", request_without(req, AS_SECCOMP, buf));
	return -EPERM;
}

static bool takes_filters(const struct request *req, const struct facts *facts)
{
	return plan_takes(req, facts, AS_SECCOMP) && facts->limits.seccomp == SECCOMP_FILTERS;
}

/* An owner of the user namespace goes without what only the host's root is given. */
static bool is_owner(const struct facts *facts)
{
	return joins_user(facts) && !capable(facts, CAP_SYS_ADMIN);
}

static bool can_copy_filters(const struct facts *facts)
{
	return capable(facts, CAP_SYS_ADMIN) && facts->ours.seccomp == SECCOMP_NONE;
}

int plan_filters_check(const struct request *req, const struct facts *facts, struct error *err)
{
	if (plan_takes(req, facts, AS_SECCOMP) && facts->limits.seccomp == SECCOMP_STRICT_MODE)
		return refuse_filters(req, facts,
				      "it is in the strict mode, which starts no program", err);
	if (!takes_filters(req, facts))
		return 0;
	if (can_copy_filters(facts)) {
		if (!facts->numbered)
			return refuse_filters(req, facts, "its number means nothing here", err);
		if (facts->limits.tracer != 0)
			return refuse_filters(req, facts,
					      "it is being traced, by a debugger or strace", err);
		if (facts->limits.unstoppable)
			return refuse_filters(req, facts,
					      "it does not stop for that, since it is paused", err);
		return 0;
	}
	if (!is_owner(facts))
		return refuse_filters(req, facts,
				      facts->ours.seccomp == SECCOMP_NONE
					      ? "the kernel gives them to the host's root only"
					      : "nsjoin runs under a filter itself",
				      err);
	return 0;
}

static bool has_nnp(const struct request *req, const struct facts *facts)
{
	return facts->ours.no_new_privs ||
	       (plan_takes(req, facts, AS_NNP) && facts->limits.no_new_privs);
}

/*
 * Loading a filter takes no_new_privs or CAP_SYS_ADMIN. With the first it can be done behind all that
 * takes rights. Where a leader makes the program, that is before there is a process which the target's
 * pid namespace could see, and others in it take hold of; filters that forbid what a leader does have
 * to wait for the exec, and must not where it is known that somebody can.
 */
static bool loads_last(const struct request *req, const struct facts *facts)
{
	return has_nnp(req, facts) && !plan_is_exposed(facts);
}

static bool loads_early(const struct request *req, const struct facts *facts)
{
	return takes_filters(req, facts) && can_copy_filters(facts) && !loads_last(req, facts);
}

bool plan_filters_left(const struct request *req, const struct facts *facts)
{
	return takes_filters(req, facts) && !can_copy_filters(facts);
}

void plan_filters_copy(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (takes_filters(req, facts) && can_copy_filters(facts))
		plan_add(plan, STEP_FILTER_READ,
			 "copy the filters of the target's system calls; it stops for a moment")
			->filter.may_wait = plan->isolates && loads_last(req, facts);
}

/* ---- capabilities */

/* Where uid 0 was asked for, what the target's root can have; else what the target has. */
static bool is_other_user(const struct request *req)
{
	return req->uid.kind == ID_NUMBER || req->uid.kind == ID_NAME;
}

static bool ends_as_root(const struct facts *facts, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].kind == STEP_UID)
			return plan->step[i].id == 0;
	return facts->own_root;
}

static bool is_in_target_user(const struct facts *facts)
{
	return joins_user(facts) ? ns_has(facts->by_pidfd, NS_USER) : !facts->other_user;
}

/*
 * With CAP_SYS_ADMIN what is mounted read-only can be mounted writable: the host's files would be at
 * the mercy of what the target makes its programs load. In a user namespace of the target's they are
 * locked; where an ordinary user cannot lock them only his own files are anybody's there, and he is told.
 */
static uint64_t withheld(const struct request *req, const struct facts *facts)
{
	return req->view == VIEW_TARGET && !joins_user(facts) ? CAP_BIT(CAP_SYS_ADMIN) : 0;
}

/*
 * Capabilities count in the user namespace of who has them. Whoever ends in another one than the
 * target's would have there what the target has not.
 */
static struct cap_fact target_caps(const struct request *req, const struct facts *facts)
{
	struct cap_fact caps = facts->limits.caps;
	uint64_t keep = is_in_target_user(facts) ? ~withheld(req, facts) : 0;

	return (struct cap_fact){ caps.permitted & keep, caps.effective & keep,
				  caps.bounding & keep, caps.ambient & keep };
}

/*
 * Programs of the host's in a view that the target's processes can see: with one capability that
 * these lack they cannot be looked into, and a debugger can debug. Among processes that are not the
 * target's it would be a right over those.
 */
static uint64_t beyond(const struct request *req, const struct facts *facts)
{
	return req->view == VIEW_TARGET && is_in_target_user(facts) && facts->pids_apart
		       ? CAP_BIT(CAP_SYS_PTRACE)
		       : 0;
}

/* Where it gets that from us: the right itself does not ask whether a process is seen. */
void plan_only_seen(const struct request *req, const struct facts *facts, struct plan *plan)
{
	uint64_t given = beyond(req, facts) & ~facts->limits.caps.bounding;

	if (plan_takes(req, facts, AS_CAPS) && !joins_user(facts) &&
	    (given & facts->ours.caps.permitted))
		plan_add(plan, STEP_ONLY_SEEN, "nothing is taken from processes that are not seen");
}

static struct cap_fact choose_caps(const struct request *req, const struct facts *facts,
				   const struct plan *plan)
{
	struct cap_fact to = target_caps(req, facts);
	uint64_t have = joins_user(facts) ? UINT64_MAX : facts->ours.caps.permitted;

	if (is_other_user(req)) {
		to.permitted = to.effective = ends_as_root(facts, plan) ? to.bounding : 0;
		to.ambient = 0;
	}
	/* Also for another user than root, who gets by exec what is ambient. */
	to.permitted |= beyond(req, facts);
	to.effective |= beyond(req, facts);
	to.ambient |= beyond(req, facts);
	to.permitted &= have;
	to.effective &= to.permitted;
	to.ambient &= to.permitted;
	return to;
}

/* Whether the program may be uid 0 without having been asked to. */
static bool may_be_root(const struct request *req, const struct facts *facts)
{
	if (req->uid.kind == ID_FOLLOW && facts->wanted_uid.mapped)
		return facts->wanted_uid.id == 0;
	return facts->own_root || (joins_user(facts) && !req->preserve_credentials);
}

/*
 * An exec of uid 0 gets what the bounding set leaves. Where the target has given part of that up, the
 * bounding set is what keeps it from coming back.
 */
static uint64_t choose_bounding(const struct request *req, const struct facts *facts)
{
	const struct cap_fact caps = target_caps(req, facts);

	if (is_other_user(req) || !may_be_root(req, facts) || has_nnp(req, facts))
		return caps.bounding | beyond(req, facts);
	return (caps.bounding & caps.permitted) | beyond(req, facts);
}

bool plan_limits_hold_caps(const struct request *req, const struct facts *facts)
{
	return facts->limits_known && (plan_takes(req, facts, AS_CAPS) || loads_early(req, facts));
}

static int check_bounding(const struct facts *facts, uint64_t stays, struct error *err)
{
	if (joins_user(facts) || (facts->ours.caps.effective & CAP_BIT(CAP_SETPCAP)))
		return 0;
	error_set(err, ERROR_PERMISSION, 0,
		  "cannot give up the capabilities that \"%s\" cannot get (bounding set "
		  "%016" PRIx64 "): you lack CAP_SETPCAP",
		  facts->target, stays);
	error_hint(err, "run as root, or leave them out: --as-target=-caps");
	return -EPERM;
}

int plan_bounding(const struct request *req, const struct facts *facts, struct plan *plan,
		  struct error *err)
{
	uint64_t stays = choose_bounding(req, facts), have = facts->ours.caps.bounding;
	int r;

	/* A user namespace that is joined gives the full set. */
	if (joins_user(facts))
		have = facts->all_caps ? facts->all_caps : UINT64_MAX;
	if (!plan_takes(req, facts, AS_CAPS) || !(have & ~stays))
		return 0;
	r = check_bounding(facts, stays, err);
	if (r == 0)
		plan_add(plan, STEP_BOUNDING, "no exec gives more than the target's would")
			->bounding = stays;
	return r;
}

static void add_filter(const struct facts *facts, struct plan *plan, const char *why)
{
	/* A change from uid 0 to another one empties the effective set. */
	plan_add(plan, STEP_FILTER, why)->filter.raise =
		!ends_as_root(facts, plan) && (facts->own_root || joins_user(facts));
}

void plan_limits_late(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct cap_fact caps;
	struct step *step;

	if (!facts->limits_known)
		return;
	if (plan_takes(req, facts, AS_NNP) && facts->limits.no_new_privs &&
	    !facts->ours.no_new_privs)
		plan_add(plan, STEP_NNP, "no set-user-ID program gives more privileges");
	if (loads_early(req, facts))
		add_filter(facts, plan, "the target's filters, while CAP_SYS_ADMIN lets us");
	if (!plan_takes(req, facts, AS_CAPS))
		return;
	caps = choose_caps(req, facts, plan);
	step = plan_add(plan, STEP_CAPS, "have the target's capabilities, and none to inherit");
	step->caps.permitted = caps.permitted;
	step->caps.effective = caps.effective;
	step->caps.ambient = caps.ambient;
}

void plan_limits_last(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (facts->limits_known && takes_filters(req, facts) && can_copy_filters(facts) &&
	    loads_last(req, facts))
		plan_add(plan, STEP_FILTER,
			 plan->isolates ? "the target's filters, before there is who could be seen "
					  "(or, if they forbid that, last)"
					: "the target's filters, which may forbid all but this")
			->filter.may_wait = plan->isolates;
}
