/* SPDX-License-Identifier: MIT */
/* Resource limits, scheduling, umask and the out-of-memory score: never more than either has. */
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>

#include "core/plan_limits_parts.h"
#include "util/macro.h"

/* What processes have until they ask for another, in nanoseconds. */
enum {
	TIMER_SLACK = 50000
};

/* clang-format off */
static const char rlimit_names[RLIMIT_KINDS][sizeof("sigpending")] = {
	[RLIMIT_CPU] = "cpu", [RLIMIT_FSIZE] = "fsize", [RLIMIT_DATA] = "data",
	[RLIMIT_STACK] = "stack", [RLIMIT_CORE] = "core", [RLIMIT_RSS] = "rss",
	[RLIMIT_NPROC] = "nproc", [RLIMIT_NOFILE] = "nofile", [RLIMIT_MEMLOCK] = "memlock",
	[RLIMIT_AS] = "as", [RLIMIT_LOCKS] = "locks", [RLIMIT_SIGPENDING] = "sigpending",
	[RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice", [RLIMIT_RTPRIO] = "rtprio",
	[RLIMIT_RTTIME] = "rttime",
};
/* clang-format on */

const char *rlimit_name(int kind)
{
	return rlimit_names[kind];
}

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

/* Likewise real-time input and output: that of the niceness, which the kernel takes with none. */
static int choose_io_priority(const struct facts *facts)
{
	int priority = facts->limits.io_priority;

	return priority >= 0 && IOPRIO_PRIO_CLASS(priority) == IOPRIO_CLASS_RT ? 0 : priority;
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

void plan_rlimits_left(const struct request *req, const struct facts *facts,
		       const struct plan *plan, struct text *list)
{
	if (plan_takes(req, facts, AS_RLIMITS)) {
		for (int kind = 0; kind < RLIMIT_KINDS; kind++)
			if (!is_equal(&plan->rlimit[kind], &facts->limits.rlimit[kind]))
				list_clamped(list, rlimit_name(kind));
		if (!may_be_nicer(facts, facts->limits.nice))
			list_clamped(list, "niceness");
		if (choose_policy(facts) != facts->ours.policy && !may_set_policy(facts))
			list_clamped(list, "scheduling policy");
	}
	if (plan_takes(req, facts, AS_OOM) && !may_set_oom(facts))
		list_clamped(list, "oom_score_adj");
}

bool plan_limits_oom(const struct request *req, const struct facts *facts)
{
	return facts->limits_known && plan_takes(req, facts, AS_OOM) && may_set_oom(facts) &&
	       facts->limits.oom_score_adj != facts->ours.oom_score_adj;
}

static void add_oom(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct step *step;

	if (!plan_limits_oom(req, facts))
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
	int io_priority = choose_io_priority(facts);
	bool set_io = io_priority >= 0 && io_priority != facts->ours.io_priority;
	bool set_slack = facts->ours.timer_slack != 0 && facts->ours.timer_slack != TIMER_SLACK;
	struct step *step;

	if (!plan_takes(req, facts, AS_RLIMITS) ||
	    (!set_nice && !set_policy && !set_io && !set_slack))
		return;
	step = plan_add(plan, STEP_SCHED, "get no more of the machine than the target");
	step->sched.set_io = set_io;
	step->sched.io_priority = io_priority;
	step->sched.set_slack = set_slack;
	step->sched.slack = TIMER_SLACK;
	step->sched.set_nice = set_nice;
	step->sched.nice = nice;
	step->sched.set_policy = set_policy;
	step->sched.policy = policy;
}

static void add_personality(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (plan_takes(req, facts, AS_RLIMITS) &&
	    facts->limits.personality != facts->ours.personality)
		plan_add(plan, STEP_PERSONALITY, "be laid out and treated as the target is")
			->personality = facts->limits.personality;
}

void plan_rlimits_choose(const struct request *req, const struct facts *facts, struct plan *plan)
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

void plan_rlimits_early(const struct request *req, const struct facts *facts, struct plan *plan)
{
	add_oom(req, facts, plan);
	add_sched(req, facts, plan);
	add_personality(req, facts, plan);
	add_raise(req, facts, plan);
}

static bool has_cpus(const struct confinement *who)
{
	for (size_t i = 0; i < CPU_WORDS; i++)
		if (who->cpus[i])
			return true;
	return false;
}

static void add_affinity(const struct facts *facts, struct plan *plan)
{
	if (has_cpus(&facts->limits) &&
	    memcmp(facts->limits.cpus, facts->ours.cpus, sizeof(facts->ours.cpus)) != 0)
		plan_add(plan, STEP_AFFINITY, "run on the target's processors, and all of them");
}

void plan_rlimits_joined(const struct request *req, const struct facts *facts, struct plan *plan)
{
	uint32_t set = 0;

	if (!plan_takes(req, facts, AS_RLIMITS))
		return;
	add_affinity(facts, plan);
	for (int kind = 0; kind < RLIMIT_KINDS; kind++)
		if (!is_equal(&plan->rlimit[kind], &facts->ours.rlimit[kind]))
			set |= UINT32_C(1) << kind;
	if (set)
		plan_add(plan, STEP_RLIMITS, "have the target's resource limits")->limits = set;
	if (facts->limits.umask >= 0 && facts->limits.umask != facts->ours.umask)
		plan_add(plan, STEP_UMASK, "create files as the target does")->mode =
			facts->limits.umask;
}
