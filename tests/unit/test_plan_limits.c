/* SPDX-License-Identifier: MIT */
/* What becomes a process of the target takes of it, as tables of facts and steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/resource.h>

#include "core/plan.h"
#include "core/plan_calls.h"
#include "core/plan_limits.h"
#include "planorder.h"

#define ALL_CAPS    UINT64_C(0x1ffffffffff)
#define DOCKER_CAPS UINT64_C(0xa80425fb)
#define BIT(cap)    (UINT64_C(1) << (cap))
#define USER	    NS_BIT(NS_USER)
#define NET	    NS_BIT(NS_NET)

static char bin_true[] = "/bin/true";
static char *program[] = { bin_true, NULL };

/* The host's root and a container of docker's, which differ in capabilities only. */
static struct facts container(void)
{
	struct facts f = {
		.pid = 42,
		.target = "web",
		.setns_pidfd = true,
		.caller_admin = true,
		.cgroup_v2 = -1,
		.present = NET,
		.by_pidfd = NET,
		.limits_known = true,
		.numbered = true,
		.own_root = true,
		.init_user = true,
		.wanted_uid = { true, true, 0 },
		.wanted_gid = { true, true, 0 },
		.target_uid = { true, true, 0 },
		.target_gid = { true, true, 0 },
	};

	for (int kind = 0; kind < RLIMIT_KINDS; kind++)
		f.limits.rlimit[kind] = f.ours.rlimit[kind] =
			(struct rlimit_fact){ UINT64_MAX, UINT64_MAX };
	f.ours.caps = (struct cap_fact){ ALL_CAPS, ALL_CAPS, ALL_CAPS, 0 };
	f.limits.caps = (struct cap_fact){ DOCKER_CAPS, DOCKER_CAPS, DOCKER_CAPS, 0 };
	return f;
}

/* The same in a user namespace of its own. */
static struct facts container_of_users(void)
{
	struct facts f = container();

	f.present = f.by_pidfd = USER;
	f.uid0 = f.gid0 = (struct id_fact){ true, true, 0 };
	return f;
}

static struct request takes(uint32_t parts)
{
	struct request req;

	request_init(&req);
	req.program = program;
	req.become = req.all = true;
	req.as_target = parts;
	if (parts & AS_BIT(AS_IDS))
		req.uid.kind = req.gid.kind = ID_FOLLOW;
	return req;
}

/* The calls that are no joining, one in a line. */
static const char *calls_of(const struct plan *plan, const struct facts *facts)
{
	static char said[8192];

	said[0] = '\0';
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n = step_calls(plan, i, facts, calls);

		for (size_t c = 0; c < n; c++)
			if (strncmp(calls[c].text, "setns", 5) != 0 &&
			    strncmp(calls[c].text, "execve", 6) != 0 &&
			    strcmp(calls[c].text, "prctl(PR_SET_DUMPABLE, 0)") != 0)
				strcat(strcat(said, calls[c].text), "\n");
		calls_done(calls, n);
	}
	return said;
}

static void planned(const struct request *req, const struct facts *facts, const char *calls)
{
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_error_ struct error err = { 0 };

	if (plan_make(req, facts, &plan, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(calls_of(&plan, facts), calls);
}

/* The one loud note, or "". */
static const char *note_of(const struct request *req, const struct facts *facts)
{
	static char said[1024];
	_cleanup_plan_ struct plan plan = { 0 };
	size_t loud = 0;

	said[0] = '\0';
	assert_int_equal(plan_make(req, facts, &plan, NULL), 0);
	for (size_t i = 0; i < plan.n_notes; i++)
		if (plan.note[i].loud) {
			strcat(said, plan.note[i].text);
			loud++;
		}
	assert_true(loud <= 1);
	return said;
}

static void refused(const struct request *req, const struct facts *facts, const char *text)
{
	_cleanup_error_ struct error err = { 0 };
	struct plan plan;

	assert_int_equal(plan_make(req, facts, &plan, &err), -EPERM);
	assert_non_null(strstr(err.text, text));
	assert_non_null(err.hint[0]);
}

/* ---- capabilities */

#define NONE   "0000000000000000"
#define CHOWN  "0000000000000001"
#define DOCKER "00000000a80425fb"
#define ALL    "000001ffffffffff"

/* Sets of capabilities are told as text: the permitted and effective ones, with none to inherit. */
#define DROP_BUT(set) "prctl(PR_CAPBSET_DROP, each but " set ")\n"
#define HAVE(set)                                                                                  \
	"capset(effective=" set ", permitted=" set ", inheritable=" NONE ")\n"                     \
	"prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)\n"
#define BE_ROOT "setgroups(0, [])\nsetresgid(0, 0, 0)\nsetresuid(0, 0, 0)\n"

static void capabilities_are_the_targets_and_the_bounding_set_first(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	const struct facts facts = container();

	(void)state;
	planned(&req, &facts, DROP_BUT(DOCKER) HAVE(DOCKER));
}

static void a_bounding_set_that_is_no_larger_stays(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container();

	(void)state;
	facts.ours.caps.bounding = DOCKER_CAPS;
	planned(&req, &facts, HAVE(DOCKER));
}

static void a_user_namespace_has_filled_the_bounding_set(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container_of_users();

	(void)state;
	facts.ours.caps.bounding = 0;
	facts.limits.caps.bounding = ALL_CAPS;
	facts.limits.caps.permitted = facts.limits.caps.effective = ALL_CAPS;
	planned(&req, &facts, DROP_BUT(ALL) BE_ROOT HAVE(ALL));
}

static void nobody_gets_more_than_he_has(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container();

	(void)state;
	facts.ours.caps.permitted = BIT(CAP_CHOWN) | BIT(CAP_SETPCAP);
	facts.limits.caps.ambient = BIT(CAP_CHOWN) | BIT(CAP_KILL);
	planned(&req, &facts,
		DROP_BUT(DOCKER) "capset(effective=0000000000000101, permitted=0000000000000101, "
				 "inheritable=0000000000000001)\n"
				 "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)\n"
				 "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each of "
				 "0000000000000001)\n");
}

/* An exec by uid 0 would give them back. */
static void what_root_has_given_up_leaves_the_bounding_set(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container(), nnp = container();

	(void)state;
	facts.limits.caps.permitted = facts.limits.caps.effective = BIT(CAP_CHOWN);
	planned(&req, &facts, DROP_BUT(CHOWN) HAVE(CHOWN));
	/* With no_new_privs it does not. */
	nnp.limits.caps = facts.limits.caps;
	nnp.ours.no_new_privs = true;
	planned(&req, &nnp, DROP_BUT(DOCKER) HAVE(CHOWN));
}

static void who_becomes_root_inside_gets_no_more_than_who_was_none(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container_of_users();

	(void)state;
	facts.target_uid.id = 7;
	facts.limits.caps = (struct cap_fact){ 0, 0, DOCKER_CAPS, 0 };
	planned(&req, &facts, DROP_BUT(NONE) BE_ROOT HAVE(NONE));
}

static void another_user_holds_capabilities_until_they_are_set(void **state)
{
	const struct request req = takes(AS_BIT(AS_IDS) | AS_BIT(AS_CAPS));
	struct facts facts = container();

	(void)state;
	facts.wanted_uid.id = facts.wanted_gid.id = facts.target_uid.id = 7;
	facts.limits.caps = (struct cap_fact){ 0, 0, DOCKER_CAPS, 0 };
	planned(&req, &facts,
		DROP_BUT(DOCKER) "setgroups(0, [])\nsetresgid(7, 7, 7)\n"
				 "prctl(PR_SET_KEEPCAPS, 1)\n"
				 "setresuid(7, 7, 7)\n" HAVE(NONE));
}

static void root_that_was_asked_for_is_the_targets_root(void **state)
{
	struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container();

	(void)state;
	req.uid = (struct id_request){ .kind = ID_NUMBER, .number = 0 };
	facts.limits.caps = (struct cap_fact){ 0, 0, DOCKER_CAPS, 0 };
	facts.target_uid.id = 7;
	planned(&req, &facts, DROP_BUT(DOCKER) BE_ROOT HAVE(DOCKER));
}

static void a_bounding_set_that_cannot_be_dropped_ends_it(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts facts = container();

	(void)state;
	facts.ours.caps.effective = 0;
	refused(&req, &facts, "CAP_SETPCAP");
}

static void capabilities_of_another_user_namespace_are_none_here(void **state)
{
	const struct request req = takes(AS_BIT(AS_CAPS));
	struct facts outside = container(), file = container_of_users();

	(void)state;
	outside.other_user = true;
	outside.limits.caps = (struct cap_fact){ ALL_CAPS, ALL_CAPS, ALL_CAPS, 0 };
	planned(&req, &outside, DROP_BUT(NONE) HAVE(NONE));
	/* Joined by FILE, it is not known to be the target's. */
	file.by_pidfd = 0;
	planned(&req, &file, DROP_BUT(NONE) BE_ROOT HAVE(NONE));
}

static void keeping_and_taking_exclude_each_other(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct request req = takes(AS_BIT(AS_CAPS));
	const struct facts facts = container();
	struct plan plan;

	(void)state;
	req.keep_caps = true;
	assert_int_equal(plan_make(&req, &facts, &plan, &err), -EINVAL);
	assert_int_equal(err.id, ERROR_USAGE);
}

/* ---- seccomp and no_new_privs */

static struct facts filtered(void)
{
	struct facts facts = container();

	facts.limits.seccomp = SECCOMP_FILTERS;
	facts.limits.n_filters = 1;
	return facts;
}

#define COPIED                                                                                     \
	"ptrace(PTRACE_SEIZE, thread)\nptrace(PTRACE_INTERRUPT, thread)\n"                         \
	"ptrace(PTRACE_SECCOMP_GET_FILTER, thread, each)\nptrace(PTRACE_DETACH, thread)\n"

#define LOADED	     "seccomp(SECCOMP_SET_MODE_FILTER, 0, each)\n"
#define NO_NEW_PRIVS "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)\n"

static void filters_are_copied_first_and_loaded_before_capabilities_go(void **state)
{
	const struct request req = takes(AS_BIT(AS_SECCOMP) | AS_BIT(AS_CAPS) | AS_BIT(AS_NNP));
	const struct facts facts = filtered();

	(void)state;
	planned(&req, &facts, COPIED DROP_BUT(DOCKER) LOADED HAVE(DOCKER));
}

static void with_no_new_privs_they_are_the_very_last(void **state)
{
	const struct request req = takes(AS_BIT(AS_SECCOMP) | AS_BIT(AS_CAPS) | AS_BIT(AS_NNP));
	struct facts facts = filtered();

	(void)state;
	facts.limits.no_new_privs = true;
	planned(&req, &facts, COPIED DROP_BUT(DOCKER) NO_NEW_PRIVS HAVE(DOCKER) LOADED);
}

/* CAP_SYS_PTRACE is in reach of the target's processes. */
static void who_can_be_seized_is_confined_before_he_can_be_seen(void **state)
{
	const struct request req = takes(AS_ALL);
	struct facts facts = filtered();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	facts.present = facts.by_pidfd = NS_BIT(NS_MNT) | NS_BIT(NS_PID);
	facts.limits.no_new_privs = true;
	facts.n_cgroups = 1;
	facts.cgroup_late = 1;
	facts.cgroup_path[0] = "/sys/fs/cgroup/pids/web/tasks";
	for (int i = 0; i < STREAMS; i++)
		facts.stream[i].kind = STREAM_OTHER;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	/* Where the filters let us: with no_new_privs they can also be loaded later. */
	assert_true(plan_find(&plan, STEP_FILTER) + 1 == plan_find(&plan, STEP_LEADER));
	assert_true(plan_find(&plan, STEP_FILTER)->filter.may_wait);
	comes_before(&plan, STEP_LEADER, STEP_CGROUP);
	assert_int_equal(plan_find(&plan, STEP_FORK)->fork, FORK_SHARED);
	plan_done(&plan);
	facts.limits.caps.bounding |= BIT(CAP_SYS_PTRACE);
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	comes_before(&plan, STEP_FILTER, STEP_LEADER);
	assert_false(plan_find(&plan, STEP_FILTER)->filter.may_wait);
	comes_before(&plan, STEP_CGROUP, STEP_LEADER);
	/* Out of memory there nsjoin is not to be killed with it. */
	assert_int_equal(plan_find(&plan, STEP_FORK)->fork, FORK_COPY);
	plan_done(&plan);
	/* The target cannot, but somebody else in its pid namespace can. */
	facts.limits.caps.bounding &= ~BIT(CAP_SYS_PTRACE);
	facts.tracer_beside = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	comes_before(&plan, STEP_FILTER, STEP_LEADER);
	assert_false(plan_find(&plan, STEP_FILTER)->filter.may_wait);
	comes_before(&plan, STEP_CGROUP, STEP_LEADER);
}

static void no_longer_root_the_right_to_load_is_raised_again(void **state)
{
	const struct request req = takes(AS_BIT(AS_SECCOMP) | AS_BIT(AS_IDS));
	struct facts facts = filtered();

	(void)state;
	facts.wanted_uid.id = facts.wanted_gid.id = facts.target_uid.id = 7;
	planned(&req, &facts,
		COPIED "setgroups(0, [])\nsetresgid(7, 7, 7)\n"
		       "prctl(PR_SET_KEEPCAPS, 1)\n"
		       "setresuid(7, 7, 7)\n"
		       "capset(effective = permitted)\n" LOADED);
}

static void filters_that_cannot_be_had_end_it(void **state)
{
	const struct request req = takes(AS_BIT(AS_SECCOMP));
	struct facts foreign = filtered(), traced = filtered(), strict = filtered(),
		     user = filtered(), inside = filtered(), ours = filtered(), held = filtered();

	(void)state;
	foreign.numbered = false;
	refused(&req, &foreign, "its number means nothing here");
	traced.limits.tracer = 17;
	refused(&req, &traced, "it is being traced");
	held.limits.unstoppable = true;
	refused(&req, &held, "it does not stop for that");
	strict.limits.seccomp = SECCOMP_STRICT_MODE;
	refused(&req, &strict, "strict mode");
	user.ours.caps.effective = 0;
	refused(&req, &user, "the host's root only");
	inside.init_user = false;
	refused(&req, &inside, "the host's root only");
	ours.ours.seccomp = SECCOMP_FILTERS;
	refused(&req, &ours, "nsjoin runs under a filter itself");
}

static void the_owner_of_the_user_namespace_goes_without_and_is_told(void **state)
{
	const struct request req = takes(AS_BIT(AS_SECCOMP));
	struct facts facts = container_of_users();

	(void)state;
	facts.limits.seccomp = SECCOMP_FILTERS;
	facts.ours.caps = (struct cap_fact){ 0, 0, ALL_CAPS, 0 };
	facts.caller_admin = false;
	facts.own_root = false;
	planned(&req, &facts, BE_ROOT);
	assert_string_equal(note_of(&req, &facts),
			    "not all of web is yours to take: the program runs without its seccomp "
			    "filters");
	facts.cgroups_left = 1;
	assert_string_equal(note_of(&req, &facts),
			    "not all of web is yours to take: the program runs without its seccomp "
			    "filters, outside of its cgroup");
}

static void no_new_privs_that_we_have_need_not_be_set(void **state)
{
	const struct request req = takes(AS_BIT(AS_NNP));
	struct facts facts = container();

	(void)state;
	planned(&req, &facts, "");
	facts.limits.no_new_privs = true;
	planned(&req, &facts, NO_NEW_PRIVS);
	facts.ours.no_new_privs = true;
	planned(&req, &facts, "");
}

/* ---- limits */

static void limits_that_differ_are_set(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.limits.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 64, 4096 };
	facts.limits.umask = 022;
	facts.ours.umask = 077;
	planned(&req, &facts,
		"prlimit64(0, RLIMIT_NOFILE, {rlim_cur=64, rlim_max=4096}, NULL)\n"
		"umask(022)\n");
	facts.limits.umask = -1; /* a kernel that does not tell */
	planned(&req, &facts, "prlimit64(0, RLIMIT_NOFILE, {rlim_cur=64, rlim_max=4096}, NULL)\n");
}

static void limits_are_raised_by_who_may(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.ours.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 64, 4096 };
	facts.limits.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 8192, 8192 };
	planned(&req, &facts,
		"prlimit64(0, RLIMIT_NOFILE, {rlim_cur=8192, rlim_max=8192}, NULL)\n");
	assert_string_equal(note_of(&req, &facts), "");
}

static void a_user_namespace_takes_away_the_right_to_raise(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container_of_users();

	(void)state;
	facts.ours.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 64, 4096 };
	facts.limits.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 8192, 8192 };
	facts.limits.rlimit[RLIMIT_CORE] = (struct rlimit_fact){ 0, UINT64_MAX };
	planned(&req, &facts,
		"prlimit64(0, RLIMIT_NOFILE, {rlim_cur=64, rlim_max=8192}, NULL)\n"
		"prlimit64(0, RLIMIT_CORE, {rlim_cur=0, rlim_max=RLIM64_INFINITY}, NULL)\n"
		"prlimit64(0, RLIMIT_NOFILE, {rlim_cur=8192, rlim_max=8192}, NULL)\n" BE_ROOT);
}

static void what_may_not_be_raised_stays_with_one_note(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS) | AS_BIT(AS_OOM));
	struct facts facts = container();

	(void)state;
	facts.ours.caps.effective = 0;
	facts.ours.rlimit[RLIMIT_NICE] = (struct rlimit_fact){ 0, 0 };
	facts.ours.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 64, 4096 };
	facts.limits.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 8192, UINT64_MAX };
	facts.limits.rlimit[RLIMIT_NICE] = (struct rlimit_fact){ 0, 0 };
	facts.limits.nice = -5;
	facts.limits.oom_score_adj = -500;
	planned(&req, &facts,
		"prlimit64(0, RLIMIT_NOFILE, {rlim_cur=4096, rlim_max=4096}, NULL)\n");
	assert_string_equal(note_of(&req, &facts),
			    "not all of web is yours to take: the program runs with limits no "
			    "higher than yours (nofile, niceness, oom_score_adj)");
}

static void capabilities_below_the_first_user_namespace_raise_nothing(void **state)
{
	const struct request req = takes(AS_BIT(AS_OOM));
	struct facts facts = container();

	(void)state;
	facts.limits.oom_score_adj = -500;
	planned(&req, &facts, "write(\"/proc/thread-self/oom_score_adj\", \"-500\")\n");
	facts.init_user = false;
	planned(&req, &facts, "");
}

static void scheduling_is_the_targets_but_never_real_time(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.limits.nice = 5;
	facts.limits.policy = SCHED_BATCH;
	planned(&req, &facts,
		"sched_setscheduler(0, SCHED_BATCH, [0])\n"
		"setpriority(PRIO_PROCESS, 0, 5)\n");
	facts.limits.policy = SCHED_FIFO;
	planned(&req, &facts, "setpriority(PRIO_PROCESS, 0, 5)\n");
	facts.ours.policy = SCHED_RR;
	planned(&req, &facts,
		"sched_setscheduler(0, SCHED_OTHER, [0])\n"
		"setpriority(PRIO_PROCESS, 0, 5)\n");
}

static void input_and_output_wait_as_the_targets_do(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.limits.io_priority = facts.ours.io_priority = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 7);
	planned(&req, &facts, "");
	facts.ours.io_priority = 0;
	planned(&req, &facts,
		"ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 7))\n");
	facts.ours.io_priority = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 1);
	facts.limits.io_priority = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, 3);
	planned(&req, &facts,
		"ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0))\n");
	facts.limits.io_priority = -1;
	planned(&req, &facts, "");
}

static void timers_are_as_late_as_for_everybody(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.ours.timer_slack = 50000;
	planned(&req, &facts, "");
	facts.ours.timer_slack = 1;
	planned(&req, &facts, "prctl(PR_SET_TIMERSLACK, 50000)\n");
	facts.limits.nice = 5;
	facts.limits.io_priority = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6);
	planned(&req, &facts,
		"setpriority(PRIO_PROCESS, 0, 5)\n"
		"ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6))\n"
		"prctl(PR_SET_TIMERSLACK, 50000)\n");
}

static void the_personality_is_the_targets(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.limits.personality = facts.ours.personality = 8;
	planned(&req, &facts, "");
	facts.ours.personality = 0x40000;
	planned(&req, &facts, "personality(0x8)\n");
	facts.limits.personality = 0;
	planned(&req, &facts, "personality(0x0)\n");
	facts.is_host = true;
	planned(&req, &facts, "");
}

static void processors_are_the_targets_where_they_differ(void **state)
{
	const struct request req = takes(AS_BIT(AS_RLIMITS));
	struct facts facts = container();

	(void)state;
	facts.ours.cpus[0] = 1;
	planned(&req, &facts, "");
	facts.limits.cpus[0] = 5;
	facts.limits.cpus[1] = 1;
	planned(&req, &facts, "sched_setaffinity(0, 128, [0 2 64])\n");
	facts.ours = facts.limits;
	facts.ours.caps.bounding = 0;
	planned(&req, &facts, "");
}

static void nothing_is_taken_that_was_not_asked_for(void **state)
{
	struct request req = takes(0);
	struct facts facts = filtered();

	(void)state;
	facts.limits.no_new_privs = true;
	facts.limits.tracer = 1;
	facts.limits.oom_score_adj = 5;
	facts.limits.nice = 5;
	facts.limits.io_priority = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6);
	facts.limits.personality = 8;
	facts.ours.timer_slack = 1;
	facts.limits.umask = 1;
	facts.limits.rlimit[RLIMIT_NOFILE] = (struct rlimit_fact){ 1, 1 };
	planned(&req, &facts, "");
}

static void the_host_keeps_its_limits_for_itself(void **state)
{
	const struct request req = takes(AS_ALL);
	struct facts facts = container();

	(void)state;
	facts.is_host = true;
	assert_false(plan_takes(&req, &facts, AS_LSM));
	assert_false(plan_takes(&req, &facts, AS_CGROUP));
	assert_false(plan_takes(&req, &facts, AS_RLIMITS));
	assert_false(plan_takes(&req, &facts, AS_OOM));
	assert_true(plan_takes(&req, &facts, AS_CAPS));
	facts.is_host = false;
	for (enum as_part part = 0; part < AS_COUNT; part++)
		assert_true(plan_takes(&req, &facts, part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_are_the_targets_and_the_bounding_set_first),
		cmocka_unit_test(a_bounding_set_that_is_no_larger_stays),
		cmocka_unit_test(a_user_namespace_has_filled_the_bounding_set),
		cmocka_unit_test(nobody_gets_more_than_he_has),
		cmocka_unit_test(what_root_has_given_up_leaves_the_bounding_set),
		cmocka_unit_test(who_becomes_root_inside_gets_no_more_than_who_was_none),
		cmocka_unit_test(another_user_holds_capabilities_until_they_are_set),
		cmocka_unit_test(root_that_was_asked_for_is_the_targets_root),
		cmocka_unit_test(a_bounding_set_that_cannot_be_dropped_ends_it),
		cmocka_unit_test(capabilities_of_another_user_namespace_are_none_here),
		cmocka_unit_test(keeping_and_taking_exclude_each_other),
		cmocka_unit_test(filters_are_copied_first_and_loaded_before_capabilities_go),
		cmocka_unit_test(with_no_new_privs_they_are_the_very_last),
		cmocka_unit_test(who_can_be_seized_is_confined_before_he_can_be_seen),
		cmocka_unit_test(no_longer_root_the_right_to_load_is_raised_again),
		cmocka_unit_test(filters_that_cannot_be_had_end_it),
		cmocka_unit_test(the_owner_of_the_user_namespace_goes_without_and_is_told),
		cmocka_unit_test(no_new_privs_that_we_have_need_not_be_set),
		cmocka_unit_test(limits_that_differ_are_set),
		cmocka_unit_test(limits_are_raised_by_who_may),
		cmocka_unit_test(a_user_namespace_takes_away_the_right_to_raise),
		cmocka_unit_test(what_may_not_be_raised_stays_with_one_note),
		cmocka_unit_test(capabilities_below_the_first_user_namespace_raise_nothing),
		cmocka_unit_test(scheduling_is_the_targets_but_never_real_time),
		cmocka_unit_test(input_and_output_wait_as_the_targets_do),
		cmocka_unit_test(timers_are_as_late_as_for_everybody),
		cmocka_unit_test(the_personality_is_the_targets),
		cmocka_unit_test(processors_are_the_targets_where_they_differ),
		cmocka_unit_test(nothing_is_taken_that_was_not_asked_for),
		cmocka_unit_test(the_host_keeps_its_limits_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
