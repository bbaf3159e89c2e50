/* SPDX-License-Identifier: MIT */
/* What the plan has for programs of the caller's own: -X, -R and -H. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "core/plan.h"
#include "core/plan_calls.h"
#include "core/plan_print.h"
#include "planorder.h"

static char word[] = "busybox";
static char *program[] = { word, NULL };

static struct request asks(void)
{
	struct request req;

	request_init(&req);
	req.program = program;
	return req;
}

static struct facts joins(ns_set set)
{
	return (struct facts){
		.pid = 42,
		.target = "web",
		.setns_pidfd = true,
		.caller_admin = true,
		.cgroup_v2 = -1,
		.present = set,
		.by_pidfd = set,
	};
}

/* The calls of all steps of a kind, one in a line. */
static const char *calls_of(const struct plan *plan, const struct facts *facts, enum step_kind kind)
{
	static char said[2048];

	said[0] = '\0';
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n;

		if (plan->step[i].kind != kind)
			continue;
		n = step_calls(plan, i, facts, calls);
		for (size_t c = 0; c < n; c++)
			strcat(strcat(said, calls[c].text), "\n");
		calls_done(calls, n);
	}
	return said;
}

static void a_program_of_the_callers_is_executed_by_descriptor(void **state)
{
	struct facts facts = joins(NS_BIT(NS_NET));
	struct request req = asks();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	req.host_exe = true;
	facts.exe = "/usr/bin/busybox";
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_string_equal(calls_of(&plan, &facts, STEP_EXEC),
			    "execveat(\"/usr/bin/busybox\", AT_EMPTY_PATH)\n");
	assert_null(plan_find(&plan, STEP_COPY_EXE));
}

static void a_copy_is_executed_where_the_target_could_reach_it(void **state)
{
	static const ns_set reaching[] = { NS_BIT(NS_MNT), NS_BIT(NS_PID), NS_BIT(NS_USER) };

	(void)state;
	for (size_t i = 0; i < sizeof(reaching) / sizeof(reaching[0]); i++) {
		struct facts facts = joins(reaching[i]);
		struct request req = asks();
		_cleanup_plan_ struct plan plan = { 0 };

		req.host_exe = true;
		facts.exe = "/usr/bin/busybox";
		assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
		assert_non_null(strstr(calls_of(&plan, &facts, STEP_EXEC),
				       "execveat(memfd, AT_EMPTY_PATH)\n"));
		assert_non_null(strstr(calls_of(&plan, &facts, STEP_COPY_EXE), "F_SEAL_WRITE"));
		/* Before anything is joined: a full memory cgroup or another /dev/shm is not met. */
		comes_before(&plan, STEP_COPY_EXE, STEP_JOIN_TARGET);
	}
}

static void an_overlay_shows_what_need_not_be_copied(void **state)
{
	struct facts facts = joins(NS_BIT(NS_MNT));
	struct request req = asks();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	req.host_exe = true;
	facts.exe = "/bin/busybox";
	facts.exe_dir = "/usr/bin";
	facts.exe_base = "busybox";
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_null(plan_find(&plan, STEP_COPY_EXE));
	assert_non_null(
		strstr(calls_of(&plan, &facts, STEP_SHOW_EXE), "\"lowerdir\", \"/usr/bin:/sys\""));
	assert_string_equal(calls_of(&plan, &facts, STEP_EXEC), "execveat(exe, AT_EMPTY_PATH)\n");
	comes_before(&plan, STEP_SHOW_EXE, STEP_JOIN_TARGET);
}

static void a_program_of_the_callers_is_said_to_be_his(void **state)
{
	struct facts facts = joins(NS_BIT(NS_MNT));
	struct request req = asks();
	_cleanup_plan_ struct plan plan = { 0 };
	char *text;

	(void)state;
	req.host_exe = true;
	facts.exe = "/usr/bin/busybox";
	facts.terminal = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	text = plan_text(&plan, &req, &facts);
	assert_non_null(strstr(text, "program  /usr/bin/busybox   from your files\n"));
	assert_null(strstr(text, "with all your privileges"));
	free(text);
}

/* Plans -R with @parts for a target that has all three texts. */
static int plan_remounted(ns_set join, unsigned int parts, bool named, struct facts *ret_facts,
			  struct plan *ret_plan, struct error *err)
{
	struct request req = asks();

	*ret_facts = joins(join);
	req.wanted = join;
	req.remount = parts;
	req.remount_named = named ? parts : 0;
	for (size_t i = 0; i < ETC_COUNT; i++)
		ret_facts->etc_ours[i] = true;
	for (size_t i = 0; i < ETC_TEXTS; i++) {
		ret_facts->etc_found[i] = true;
		ret_facts->etc_size[i] = 7;
	}
	return plan_make(&req, ret_facts, ret_plan, err);
}

static void what_was_joined_is_mounted_afresh(void **state)
{
	static const struct {
		ns_set join;
		bool proc, sys;
	} cases[] = {
		{ NS_BIT(NS_PID), true, false },
		{ NS_BIT(NS_NET), false, true },
		{ NS_BIT(NS_PID) | NS_BIT(NS_NET), true, true },
		{ NS_BIT(NS_UTS), false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_plan_ struct plan plan = { 0 };
		struct facts facts;

		assert_int_equal(
			plan_remounted(cases[i].join, REMOUNT_ALL, false, &facts, &plan, NULL), 0);
		assert_int_equal(plan_find(&plan, STEP_MOUNT_PROC) != NULL, cases[i].proc);
		assert_int_equal(plan_find(&plan, STEP_MOUNT_SYS) != NULL, cases[i].sys);
		assert_non_null(plan_find(&plan, STEP_MOUNT_ETC));
	}
}

static void mounts_are_private_before_the_first_and_made_by_the_child_with_its_privileges(
	void **state)
{
	_cleanup_plan_ struct plan plan = { 0 };
	struct request req = asks();
	struct facts facts = joins(NS_BIT(NS_PID) | NS_BIT(NS_NET));

	(void)state;
	req.remount = REMOUNT_ALL;
	req.uid = req.gid = (struct id_request){ .kind = ID_NUMBER, .number = 5 };
	facts.wanted_uid = facts.wanted_gid = (struct id_fact){ true, true, 5 };
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	comes_before(&plan, STEP_FORK, STEP_OWN_MOUNTS);
	comes_before(&plan, STEP_OWN_MOUNTS, STEP_MOUNT_SYS);
	comes_before(&plan, STEP_MOUNT_SYS, STEP_MOUNT_PROC);
	comes_before(&plan, STEP_MOUNT_PROC, STEP_GID);
	comes_before(&plan, STEP_MOUNT_PROC, STEP_UID);
}

static void only_what_there_is_is_covered(void **state)
{
	_cleanup_plan_ struct plan plan = { 0 };
	struct request req = asks();
	struct facts facts = joins(NS_BIT(NS_NET));
	const char *calls;

	(void)state;
	req.remount = REMOUNT_ETC;
	facts.etc_ours[ETC_RESOLV] = facts.etc_ours[ETC_HOSTS] = facts.etc_ours[ETC_HOSTNAME] =
		true;
	facts.etc_found[ETC_HOSTS] = true;
	facts.etc_size[ETC_HOSTS] = 12;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	calls = calls_of(&plan, &facts, STEP_MOUNT_ETC);
	assert_non_null(strstr(calls, "write(\"/proc/hosts\", 12 bytes)"));
	/* Without one of its own nothing resolves for the target: as with an empty one. */
	assert_non_null(strstr(calls, "\"/etc/resolv.conf\", NULL, MS_BIND"));
	assert_null(strstr(calls, "write(\"/proc/resolv.conf\""));
	assert_null(strstr(calls, "/etc/hostname"));
	assert_null(strstr(calls, "nscd"));
}

static void what_was_named_and_cannot_be_is_refused(void **state)
{
	static const struct {
		ns_set join;
		unsigned int parts;
		const char *text;
	} cases[] = {
		{ NS_BIT(NS_NET), REMOUNT_PROC,
		  "-R: a fresh /proc takes a pid namespace to be joined" },
		{ NS_BIT(NS_PID), REMOUNT_SYS,
		  "-R: a fresh /sys takes a network namespace to be joined" },
		{ NS_BIT(NS_MNT), REMOUNT_ETC,
		  "-R: with the target's files its own /proc, /sys and /etc are seen" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_error_ struct error err = { 0 };
		_cleanup_plan_ struct plan plan = { 0 };
		struct facts facts;

		assert_true(plan_remounted(cases[i].join, cases[i].parts, true, &facts, &plan,
					   &err) < 0);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.id, ERROR_USAGE);
	}
}

static void mounting_takes_a_privilege_somewhere(void **state)
{
	struct request req = asks();

	(void)state;
	req.remount = REMOUNT_ALL;
	for (int with_user = 0; with_user < 2; with_user++) {
		_cleanup_error_ struct error err = { 0 };
		_cleanup_plan_ struct plan plan = { 0 };
		struct facts facts = joins(NS_BIT(NS_NET) | (with_user ? NS_BIT(NS_USER) : 0));

		facts.caller_admin = false;
		facts.uid0 = facts.gid0 = (struct id_fact){ true, true, 0 };
		assert_int_equal(plan_make(&req, &facts, &plan, &err), with_user ? 0 : -EPERM);
		assert_int_equal(err.id, with_user ? ERROR_NONE : ERROR_PERMISSION);
	}
}

/* ---- -H */

static struct request views(enum view_kind view)
{
	struct request req = asks();

	req.host_tools = true;
	req.view = view;
	request_settle(&req);
	return req;
}

static struct facts of_container(void)
{
	struct facts facts = joins(NS_BIT(NS_MNT) | NS_BIT(NS_PID) | NS_BIT(NS_NET));

	facts.limits_known = true;
	facts.wanted_uid = facts.wanted_gid = (struct id_fact){ true, true, 65532 };
	facts.ours.caps.effective = facts.ours.caps.permitted = facts.ours.caps.bounding =
		UINT64_MAX >> 23;
	facts.init_user = true;
	facts.tree_place = "/mnt";
	facts.pids_apart = true;
	return facts;
}

static void the_view_is_made_where_the_targets_mounts_are_and_before_privileges_are_given_up(
	void **state)
{
	struct request req = views(VIEW_NONE);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	assert_int_equal(req.view, VIEW_TARGET);
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.isolates && plan_reaps(&plan));
	comes_before(&plan, STEP_FORK, STEP_TAKE_TOOLS);
	comes_before(&plan, STEP_CLOSE, STEP_TAKE_TOOLS);
	comes_before(&plan, STEP_TAKE_TOOLS, STEP_JOIN_TARGET);
	comes_before(&plan, STEP_JOIN_TARGET, STEP_BUILD_VIEW);
	comes_before(&plan, STEP_BUILD_VIEW, STEP_BOUNDING);
	comes_before(&plan, STEP_BUILD_VIEW, STEP_UID);
	assert_null(plan_find(&plan, STEP_ROOT));
	assert_null(plan_find(&plan, STEP_CWD));
}

static void what_is_shown_was_taken_before_also_with_a_terminal_of_its_own(void **state)
{
	struct request req = views(VIEW_HOST);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	req.pty = PTY_ALWAYS;
	facts.caller_admin = true;
	facts.present &= ~NS_BIT(NS_MNT);
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.isolates && plan_reaps(&plan));
	assert_non_null(plan_find(&plan, STEP_TAKE_TREE));
	comes_before(&plan, STEP_TAKE_TREE, STEP_JOIN_TARGET);
	comes_before(&plan, STEP_JOIN_TARGET, STEP_SHOW_TREE);
}

static void with_our_privileges_it_is_said_whose_code_our_programs_load(void **state)
{
	struct request req;
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_free_ char *text = NULL;

	(void)state;
	request_init(&req);
	req.program = program;
	req.host_tools = req.privileged = true;
	request_settle(&req);
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	text = plan_text(&plan, &req, &facts);
	assert_non_null(strstr(text, ", which web can make load its code, with all your privi"));
}

static void in_the_targets_files_our_programs_have_its_limits_and_may_trace(void **state)
{
	const uint64_t traces = UINT64_C(1) << 19;
	struct request req = views(VIEW_NONE);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };
	const struct step *caps;

	(void)state;
	facts.limits.caps.permitted = facts.limits.caps.effective = 1;
	facts.limits.caps.bounding = 3;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	caps = plan_find(&plan, STEP_CAPS);
	assert_true(caps->caps.permitted == (1 | traces) && caps->caps.effective == (1 | traces));
	/* The target is another user than root: what is not ambient would be lost by the exec. */
	assert_true(caps->caps.ambient == traces);
	assert_true(plan_find(&plan, STEP_BOUNDING)->bounding == (3 | traces));
	assert_int_equal(plan_find(&plan, STEP_UID)->id, 65532);
	assert_false(request_takes(&req, AS_CGROUP) || request_takes(&req, AS_ENV));
}

static bool takes_from_seen_only(const struct facts *facts)
{
	struct request req = views(VIEW_NONE);
	_cleanup_plan_ struct plan plan = { 0 };

	assert_int_equal(plan_make(&req, facts, &plan, NULL), 0);
	return plan_find(&plan, STEP_ONLY_SEEN);
}

static void what_may_be_traced_is_what_is_seen(void **state)
{
	const uint64_t traces = UINT64_C(1) << 19;
	struct facts facts = of_container();

	(void)state;
	assert_true(takes_from_seen_only(&facts));
	facts.pids_apart = false;
	assert_false(takes_from_seen_only(&facts));
	/* Not more than the target itself could do. */
	facts = of_container();
	facts.limits.caps.bounding = traces;
	assert_false(takes_from_seen_only(&facts));
	/* In a user namespace it is a right over nobody outside. */
	facts = of_container();
	facts.present |= NS_BIT(NS_USER);
	facts.by_pidfd |= NS_BIT(NS_USER);
	assert_false(takes_from_seen_only(&facts));
}

static void nobody_else_is_at_the_mercy_of_what_they_load(void **state)
{
	const uint64_t traces = UINT64_C(1) << 19, mounts = UINT64_C(1) << 21;
	struct request req = views(VIEW_NONE);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };
	const struct step *caps;

	(void)state;
	facts.pids_apart = false; /* the processes that they see are others', too */
	facts.limits.caps.permitted = facts.limits.caps.effective = 1 | mounts;
	facts.limits.caps.bounding = 3 | mounts;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	caps = plan_find(&plan, STEP_CAPS);
	assert_true(caps->caps.permitted == 1 && caps->caps.effective == 1);
	assert_true(plan_find(&plan, STEP_BOUNDING)->bounding == 3);
	plan_done(&plan);
	/* What the target has itself stays, but for mounting. */
	facts.limits.caps.permitted |= traces;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan_find(&plan, STEP_CAPS)->caps.permitted == (1 | traces));
}

static void in_our_own_files_our_programs_have_our_privileges(void **state)
{
	struct request req = views(VIEW_HOST);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	facts.present = facts.by_pidfd = NS_BIT(NS_PID) | NS_BIT(NS_NET);
	assert_true(ns_has(req.spare, NS_MNT));
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_false(plan.target_files || plan.isolates);
	assert_null(plan_find(&plan, STEP_CAPS));
	assert_null(plan_find(&plan, STEP_UID));
	comes_before(&plan, STEP_HIDE, STEP_TAKE_TREE);
	comes_before(&plan, STEP_TAKE_TREE, STEP_JOIN_TARGET);
	/* What is shown and mounted afterwards can be written to. */
	comes_before(&plan, STEP_OWN_MOUNTS, STEP_READ_ONLY);
	comes_before(&plan, STEP_READ_ONLY, STEP_SHOW_TREE);
	assert_non_null(plan_find(&plan, STEP_MOUNT_PROC));
	assert_non_null(plan_find(&plan, STEP_CLOSE));
}

static void our_own_files_are_locked_before_a_user_namespace_has_them(void **state)
{
	struct request req = views(VIEW_HOST);
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	facts.present = facts.by_pidfd = NS_BIT(NS_USER) | NS_BIT(NS_PID);
	facts.caller_admin = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan_find(&plan, STEP_READ_ONLY)->locks);
	comes_before(&plan, STEP_READ_ONLY, STEP_JOIN_TARGET);
	plan_done(&plan);
	/* Who owns nothing but that namespace cannot. */
	facts.caller_admin = false;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	comes_before(&plan, STEP_JOIN_TARGET, STEP_READ_ONLY);
	assert_false(plan_find(&plan, STEP_READ_ONLY)->locks);
}

static void the_targets_privileges_and_our_files_exclude_each_other(void **state)
{
	struct request req = asks();
	struct facts facts = of_container();
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	req.view = VIEW_HOST;
	req.want_parts = true;
	req.as_target = AS_BIT(AS_CAPS);
	request_settle(&req);
	facts.present = facts.by_pidfd = NS_BIT(NS_PID);
	assert_int_equal(plan_make(&req, &facts, &plan, &err), -EINVAL);
	assert_string_equal(err.text,
			    "--view=host: with the target's privileges its processes could "
			    "reach your files");
}

static void without_a_shell_what_is_kept_stays_and_what_is_left_out_too(void **state)
{
	struct request privileged, without;

	(void)state;
	request_init(&privileged);
	privileged.privileged = true;
	request_use_tools(&privileged);
	assert_int_equal(privileged.as_target, 0);
	assert_false(privileged.env);
	request_init(&without);
	without.want_parts = true;
	without.as_target = AS_ALL & ~AS_BIT(AS_SECCOMP);
	request_use_tools(&without);
	assert_false(request_takes(&without, AS_SECCOMP) || request_takes(&without, AS_CGROUP));
	assert_false(without.env);
}

static void without_a_shell_nothing_is_gained(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct request req, before;

		request_init(&req);
		req.all = all;
		before = req;
		request_settle(&before);
		request_use_tools(&req);
		assert_int_equal(req.view, VIEW_TARGET);
		assert_true(request_takes(&req, AS_CAPS) && request_takes(&req, AS_IDS) &&
			    request_takes(&req, AS_SECCOMP) && request_takes(&req, AS_NNP));
		assert_false(req.env);
		if (!all)
			assert_int_equal(req.as_target & ~before.as_target, 0);
	}
}

static void without_a_shell_what_was_asked_for_is_done_all_the_same(void **state)
{
	struct request req;

	(void)state;
	request_init(&req);
	req.all = true;
	req.env = true;
	req.wd.kind = DIR_TARGET;
	request_use_tools(&req);
	assert_true(req.env);
	assert_int_equal(req.wd.kind, DIR_TARGET);
}

static void without_a_view_either_nothing_is_gained(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct request req;

		request_init(&req);
		req.all = all;
		request_settle(&req);
		request_use_static_shell(&req);
		assert_true(req.host_exe);
		assert_string_equal(req.program[0], "busybox");
		assert_true(request_takes(&req, AS_CAPS) && request_takes(&req, AS_IDS) &&
			    request_takes(&req, AS_SECCOMP) && request_takes(&req, AS_NNP));
		assert_int_equal(req.uid.kind, ID_FOLLOW);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_of_the_callers_is_executed_by_descriptor),
		cmocka_unit_test(a_copy_is_executed_where_the_target_could_reach_it),
		cmocka_unit_test(an_overlay_shows_what_need_not_be_copied),
		cmocka_unit_test(a_program_of_the_callers_is_said_to_be_his),
		cmocka_unit_test(what_was_joined_is_mounted_afresh),
		cmocka_unit_test(
			mounts_are_private_before_the_first_and_made_by_the_child_with_its_privileges),
		cmocka_unit_test(only_what_there_is_is_covered),
		cmocka_unit_test(what_was_named_and_cannot_be_is_refused),
		cmocka_unit_test(mounting_takes_a_privilege_somewhere),
		cmocka_unit_test(
			the_view_is_made_where_the_targets_mounts_are_and_before_privileges_are_given_up),
		cmocka_unit_test(what_is_shown_was_taken_before_also_with_a_terminal_of_its_own),
		cmocka_unit_test(with_our_privileges_it_is_said_whose_code_our_programs_load),
		cmocka_unit_test(in_the_targets_files_our_programs_have_its_limits_and_may_trace),
		cmocka_unit_test(what_may_be_traced_is_what_is_seen),
		cmocka_unit_test(nobody_else_is_at_the_mercy_of_what_they_load),
		cmocka_unit_test(in_our_own_files_our_programs_have_our_privileges),
		cmocka_unit_test(our_own_files_are_locked_before_a_user_namespace_has_them),
		cmocka_unit_test(the_targets_privileges_and_our_files_exclude_each_other),
		cmocka_unit_test(without_a_shell_what_is_kept_stays_and_what_is_left_out_too),
		cmocka_unit_test(without_a_shell_nothing_is_gained),
		cmocka_unit_test(without_a_shell_what_was_asked_for_is_done_all_the_same),
		cmocka_unit_test(without_a_view_either_nothing_is_gained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
