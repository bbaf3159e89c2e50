/* SPDX-License-Identifier: MIT */
#include "core/plan_limits.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/resource.h>

#include "core/plan_order.h"
#include "util/macro.h"
#include "util/text.h"

#define CAP_BIT(cap) (UINT64_C(1) << (cap))

bool plan_takes(const struct request *req, const struct facts *facts, enum as_part part)
{
	const uint32_t callers =
		AS_BIT(AS_LSM) | AS_BIT(AS_CGROUP) | AS_BIT(AS_RLIMITS) | AS_BIT(AS_OOM);

	return request_takes(req, part) && !(facts->is_host && (AS_BIT(part) & callers));
}

static bool joins_user(const struct facts *facts)
{
	return ns_has(facts->present & ~facts->same, NS_USER);
}

/* What capable() asks for in the kernel: a capability in the first user namespace. */
static bool capable(const struct facts *facts, int cap)
{
	return facts->init_user && (facts->ours.caps.effective & CAP_BIT(cap));
}

/* clang-format off */
static const char *const rlimit_names[RLIMIT_KINDS] = {
	[RLIMIT_CPU] = "cpu", [RLIMIT_FSIZE] = "fsize", [RLIMIT_DATA] = "data",
	[RLIMIT_STACK] = "stack", [RLIMIT_CORE] = "core", [RLIMIT_RSS] = "rss",
	[RLIMIT_NPROC] = "nproc", [RLIMIT_NOFILE] = "nofile", [RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_AS] = "as", [RLIMIT_LOCKS] = "locks", [RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice", [RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
};
/* clang-format on */

/* ---- what may not be raised is kept lower, with one note for all of it */

static struct rlimit_fact choose_rlimit(const struct facts *facts, int kind)
{
	struct rlimit_fact to = facts->limits.rlimit[kind];

	if (!capable(facts, CAP_SYS_RESOURCE))
		to.hard = MIN(to.hard, facts->ours.rlimit[kind].hard);
	to.soft = MIN(to.soft, to.hard);
	return to;
}

static bool is_equal(const struct rlimit_fact *a, const struct rlimit_fact *b)
{
	return a->soft == b->soft && a->hard == b->hard;
}

static bool may_be_nicer(const struct facts *facts, int nice)
{
	uint64_t lowest = facts->ours.rlimit[RLIMIT_NICE].soft;

	return nice >= facts->ours.nice || capable(facts, CAP_SYS_NICE) ||
	       lowest >= (uint64_t)(20 - nice);
}

/* Real-time scheduling is for what the target does, not for who looks at it. */
static int choose_policy(const struct facts *facts)
{
	int policy = facts->limits.policy;

	return policy == SCHED_BATCH || policy == SCHED_IDLE ? policy : SCHED_NORMAL;
}

static bool may_set_policy(const struct facts *facts)
{
	/* Leaving SCHED_IDLE is raising one's niceness (since Linux 2.6.39). */
	return facts->ours.policy != SCHED_IDLE || may_be_nicer(facts, facts->ours.nice - 1);
}

static bool may_set_oom(const struct facts *facts)
{
	return facts->limits.oom_score_adj >= facts->ours.oom_score_adj ||
	       capable(facts, CAP_SYS_RESOURCE);
}

static void list_clamped(struct text *list, const char *name)
{
	text_add(list, "%s%s", list->used ? ", " : "", name);
}

static void add_note(const struct request *req, const struct facts *facts, struct plan *plan)
{
	_cleanup_text_ struct text list = { 0 };

	if (plan_takes(req, facts, AS_RLIMITS)) {
		for (int kind = 0; kind < RLIMIT_KINDS; kind++)
			if (!is_equal(&plan->rlimit[kind], &facts->limits.rlimit[kind]))
				list_clamped(&list, rlimit_names[kind]);
		if (!may_be_nicer(facts, facts->limits.nice))
			list_clamped(&list, "niceness");
		if (choose_policy(facts) != facts->ours.policy && !may_set_policy(facts))
			list_clamped(&list, "scheduling policy");
	}
	if (plan_takes(req, facts, AS_OOM) && !may_set_oom(facts))
		list_clamped(&list, "oom_score_adj");
	if (list.used)
		plan_note(plan, true,
			  "%s has more than you may take: these are no higher than yours: %s",
			  facts->target, list.buf);
}

/* ---- seccomp */

static int refuse_filters(const struct facts *facts, const char *why, struct error *err)
{
	error_set(err, ERROR_PERMISSION, 0, "cannot take the seccomp filters of \"%s\": %s",
		  facts->target, why);
	error_hint(err, "--as-target=-seccomp leaves them out");
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

static int check_filters(const struct request *req, const struct facts *facts, struct plan *plan,
			 struct error *err)
{
	if (plan_takes(req, facts, AS_SECCOMP) && facts->limits.seccomp == SECCOMP_STRICT_MODE)
		return refuse_filters(facts, "it is in the strict mode, which starts no program",
				      err);
	if (!takes_filters(req, facts))
		return 0;
	if (can_copy_filters(facts)) {
		if (facts->limits.tracer == 0)
			return 0;
		return refuse_filters(facts, "it is being traced, by a debugger or strace", err);
	}
	if (!is_owner(facts))
		return refuse_filters(facts,
				      facts->ours.seccomp == SECCOMP_NONE
					      ? "the kernel gives them to the host's root only"
					      : "nsjoin runs under a filter itself",
				      err);
	plan_note(
		plan, true,
		"the program runs without the seccomp filters of %s: the kernel gives them to the "
		"host's root only",
		facts->target);
	return 0;
}

static bool has_nnp(const struct request *req, const struct facts *facts)
{
	return facts->ours.no_new_privs ||
	       (plan_takes(req, facts, AS_NNP) && facts->limits.no_new_privs);
}

/* Loading a filter takes no_new_privs or CAP_SYS_ADMIN. */
static bool loads_with_caps(const struct request *req, const struct facts *facts)
{
	return takes_filters(req, facts) && can_copy_filters(facts) && !has_nnp(req, facts);
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

/*
 * Programs of the host's in a view that the target's processes can see: with one capability that
 * these lack they cannot be looked into, and a debugger can debug.
 */
static uint64_t beyond(const struct request *req)
{
	return req->view == VIEW_TARGET ? CAP_BIT(CAP_SYS_PTRACE) : 0;
}

static struct cap_fact choose_caps(const struct request *req, const struct facts *facts,
				   const struct plan *plan)
{
	struct cap_fact to = facts->limits.caps;
	uint64_t have = joins_user(facts) ? UINT64_MAX : facts->ours.caps.permitted;

	if (is_other_user(req)) {
		to.permitted = to.effective = ends_as_root(facts, plan) ? to.bounding : 0;
		to.ambient = 0;
	}
	/* Also for another user than root, who gets by exec what is ambient. */
	to.permitted |= beyond(req);
	to.effective |= beyond(req);
	to.ambient |= beyond(req);
	to.permitted &= have;
	to.effective &= to.permitted;
	to.ambient &= to.permitted;
	return to;
}

/*
 * An exec of uid 0 gets what the bounding set leaves. Where the target has given part of that up, the
 * bounding set is what keeps it from coming back.
 */
static uint64_t choose_bounding(const struct request *req, const struct facts *facts)
{
	const struct cap_fact *caps = &facts->limits.caps;
	bool root = facts->target_uid.mapped ? facts->target_uid.id == 0 : facts->own_root;

	if (is_other_user(req) || !root || has_nnp(req, facts))
		return caps->bounding | beyond(req);
	return (caps->bounding & caps->permitted) | beyond(req);
}

bool plan_limits_hold_caps(const struct request *req, const struct facts *facts)
{
	return facts->limits_known &&
	       (plan_takes(req, facts, AS_CAPS) || loads_with_caps(req, facts));
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

static int add_bounding(const struct request *req, const struct facts *facts, struct plan *plan,
			struct error *err)
{
	uint64_t stays = choose_bounding(req, facts);
	int r;

	/* A user namespace that is joined gives the full set. */
	if (!plan_takes(req, facts, AS_CAPS) ||
	    (!joins_user(facts) && !(facts->ours.caps.bounding & ~stays)))
		return 0;
	r = check_bounding(facts, stays, err);
	if (r == 0)
		plan_add(plan, STEP_BOUNDING, "no exec gives more than the target's would")
			->bounding = stays;
	return r;
}

/* ---- the steps, in order */

static void add_oom(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct step *step;

	if (!plan_takes(req, facts, AS_OOM) || !may_set_oom(facts) ||
	    facts->limits.oom_score_adj == facts->ours.oom_score_adj)
		return;
	step = plan_add(plan, STEP_OOM, "out of memory, the program goes no later than the target");
	step->oom.score = facts->limits.oom_score_adj;
	step->oom.hidden = plan->isolates && !facts->own_root;
}

static void add_sched(const struct request *req, const struct facts *facts, struct plan *plan)
{
	int nice = facts->limits.nice, policy = choose_policy(facts);
	bool set_nice = nice != facts->ours.nice && may_be_nicer(facts, nice);
	bool set_policy = policy != facts->ours.policy && may_set_policy(facts);
	struct step *step;

	if (!plan_takes(req, facts, AS_RLIMITS) || (!set_nice && !set_policy))
		return;
	step = plan_add(plan, STEP_SCHED, "get no more of the processors than the target");
	step->sched.set_nice = set_nice;
	step->sched.nice = nice;
	step->sched.set_policy = set_policy;
	step->sched.policy = policy;
}

static void choose_rlimits(const struct request *req, const struct facts *facts, struct plan *plan)
{
	for (int kind = 0; kind < RLIMIT_KINDS && plan_takes(req, facts, AS_RLIMITS); kind++)
		plan->rlimit[kind] = choose_rlimit(facts, kind);
}

/* Raising a hard limit needs a right that joining a user namespace takes away. */
static void add_raise(const struct request *req, const struct facts *facts, struct plan *plan)
{
	uint32_t raised = 0;

	if (!plan_takes(req, facts, AS_RLIMITS) || !joins_user(facts))
		return;
	for (int kind = 0; kind < RLIMIT_KINDS; kind++)
		if (plan->rlimit[kind].hard > facts->ours.rlimit[kind].hard)
			raised |= UINT32_C(1) << kind;
	if (raised)
		plan_add(plan, STEP_RAISE, "the user namespace would not let these be raised later")
			->limits = raised;
}

int plan_limits_copy(const struct request *req, const struct facts *facts, struct plan *plan,
		     struct error *err)
{
	int r;

	if (!facts->limits_known)
		return 0;
	r = check_filters(req, facts, plan, err);
	if (r < 0)
		return r;
	if (takes_filters(req, facts) && can_copy_filters(facts))
		plan_add(plan, STEP_FILTER_READ,
			 "copy the filters of the target's system calls; it stops for a moment")
			->filter.apart = plan->isolates && has_nnp(req, facts);
	choose_rlimits(req, facts, plan);
	add_note(req, facts, plan);
	return 0;
}

void plan_limits_early(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (!facts->limits_known)
		return;
	add_oom(req, facts, plan);
	add_sched(req, facts, plan);
	add_raise(req, facts, plan);
}

static void add_rlimits(const struct request *req, const struct facts *facts, struct plan *plan)
{
	uint32_t set = 0;

	if (!plan_takes(req, facts, AS_RLIMITS))
		return;
	for (int kind = 0; kind < RLIMIT_KINDS; kind++)
		if (!is_equal(&plan->rlimit[kind], &facts->ours.rlimit[kind]))
			set |= UINT32_C(1) << kind;
	if (set)
		plan_add(plan, STEP_RLIMITS, "have the target's resource limits")->limits = set;
	if (facts->limits.umask >= 0 && facts->limits.umask != facts->ours.umask)
		plan_add(plan, STEP_UMASK, "create files as the target does")->mode =
			facts->limits.umask;
}

int plan_limits_joined(const struct request *req, const struct facts *facts, struct plan *plan,
		       struct error *err)
{
	if (!facts->limits_known)
		return 0;
	add_rlimits(req, facts, plan);
	return add_bounding(req, facts, plan, err);
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
	if (loads_with_caps(req, facts))
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
	    has_nnp(req, facts))
		plan_add(plan, STEP_FILTER, "the target's filters, which may forbid all but this")
			->filter.apart = plan->isolates;
}
