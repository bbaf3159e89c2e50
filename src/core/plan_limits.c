/* SPDX-License-Identifier: MIT */
#include "core/plan_limits.h"

#include <errno.h>

#include "core/plan_limits_parts.h"

bool plan_takes(const struct request *req, const struct facts *facts, enum as_part part)
{
	const uint32_t callers =
		AS_BIT(AS_LSM) | AS_BIT(AS_CGROUP) | AS_BIT(AS_RLIMITS) | AS_BIT(AS_OOM);

	return request_takes(req, part) && !(facts->is_host && (AS_BIT(part) & callers));
}

bool plan_is_exposed(const struct facts *facts)
{
	return facts->limits_known &&
	       (facts->tracer_beside || (facts->limits.caps.bounding & CAP_BIT(CAP_SYS_PTRACE)));
}

static void list_add(struct text *list, const char *phrase)
{
	text_add(list, "%s%s", list->used ? ", " : "", phrase);
}

/* What the program goes without, in one note. */
static void add_note(const struct request *req, const struct facts *facts, struct plan *plan)
{
	_cleanup_text_ struct text list = { 0 }, limits = { 0 };

	if (plan_filters_left(req, facts))
		list_add(&list, "without its seccomp filters");
	if (facts->cgroups_left > 0)
		list_add(&list, "outside of its cgroup");
	plan_rlimits_left(req, facts, plan, &limits);
	if (limits.used) {
		list_add(&list, "with limits no higher than yours (");
		text_add(&list, "%s)", limits.buf);
	}
	if (list.used)
		plan_note(plan, true, "not all of %s is yours to take: the program runs %s",
			  facts->target, list.buf);
}

void plan_cgroup_note(const struct facts *facts, struct plan *plan)
{
	if (facts->cgroup_away)
		plan_note(plan, true,
			  "%s is not in the cgroup that was made for it, \"%s\": the program is "
			  "%s where it is now, in \"%s\"",
			  facts->target, facts->cgroup_home,
			  facts->cgroup_devices ? "held to the devices" : "counted and limited",
			  facts->cgroup_away);
	if (facts->devices_left)
		plan_note(plan, true,
			  "the program is not held to the devices that %s may open: its cgroup is "
			  "not joined (-c joins it)",
			  facts->target);
}

int plan_limits_copy(const struct request *req, const struct facts *facts, struct plan *plan,
		     struct error *err)
{
	int r;

	if (!facts->limits_known)
		return 0;
	if (req->keep_caps && plan_takes(req, facts, AS_CAPS)) {
		error_set(err, ERROR_USAGE, 0,
			  "--keep-caps keeps capabilities, and the target's are to be taken");
		error_hint(err, "add --as-target=-caps, or leave out --keep-caps");
		return -EINVAL;
	}
	r = plan_filters_check(req, facts, err);
	if (r < 0)
		return r;
	plan_filters_copy(req, facts, plan);
	plan_rlimits_choose(req, facts, plan);
	add_note(req, facts, plan);
	return 0;
}

void plan_limits_early(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (facts->limits_known)
		plan_rlimits_early(req, facts, plan);
}

int plan_limits_joined(const struct request *req, const struct facts *facts, struct plan *plan,
		       struct error *err)
{
	if (!facts->limits_known)
		return 0;
	plan_rlimits_joined(req, facts, plan);
	plan_only_seen(req, facts, plan);
	return plan_bounding(req, facts, plan, err);
}
