/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_order.h"
#include "run/steps.h"

/* Which handlers ran, and which of them is to fail with what. */
static char ran[256];
static const char *failing;
static int failure;

static int handle(const char *name, struct error *err)
{
	strcat(strcat(ran, name), " ");
	if (!failing || strcmp(failing, name) != 0)
		return 0;
	if (failure < 0)
		error_set(err, ERROR_SYSTEM, -failure, "%s", name);
	return failure;
}

/* clang-format off */
#define HANDLER(name)                                                                    \
	step_handler __wrap_step_##name;                                                 \
	int __wrap_step_##name(struct run *run, const struct step *step, struct error *err) \
	{                                                                                \
		assert_non_null(run->plan);                                              \
		assert_non_null(step);                                                   \
		return handle(#name, err);                                               \
	}
/* clang-format on */

HANDLER(hide)
HANDLER(label)
HANDLER(join_target)
HANDLER(join_ns)
HANDLER(verify)
HANDLER(root)
HANDLER(chroot)
HANDLER(cwd)
HANDLER(chdir)
HANDLER(close)
HANDLER(show_exe)
HANDLER(copy_exe)
HANDLER(own_mounts)
HANDLER(mount_proc)
HANDLER(mount_sys)
HANDLER(mount_etc)
HANDLER(take_tree)
HANDLER(take_tools)
HANDLER(build_view)
HANDLER(read_only)
HANDLER(mount_tmp)
HANDLER(show_tree)
HANDLER(own_cgroup)
HANDLER(filter_read)
HANDLER(oom)
HANDLER(sched)
HANDLER(personality)
HANDLER(raise)
HANDLER(bounding)
HANDLER(affinity)
HANDLER(rlimits)
HANDLER(umask)
HANDLER(only_seen)
HANDLER(nnp)
HANDLER(filter)
HANDLER(caps)
HANDLER(cgroup)
HANDLER(groups)
HANDLER(gid)
HANDLER(hold_caps)
HANDLER(uid)
HANDLER(keep_caps)
HANDLER(die_with)
HANDLER(exec)
HANDLER(streams)
HANDLER(pty)
HANDLER(seal)
HANDLER(keyring)
HANDLER(leader)

int __wrap_run_child(struct run *run, size_t fork, struct error *err);

int __wrap_run_child(struct run *run, size_t fork, struct error *err)
{
	char name[16];

	assert_int_equal(run->plan->step[fork].kind, STEP_FORK);
	snprintf(name, sizeof(name), "fork@%zu", fork);
	return handle(name, err);
}

int __wrap_run_reaper(struct run *run, size_t at, struct error *err);

int __wrap_run_reaper(struct run *run, size_t at, struct error *err)
{
	assert_int_equal(run->plan->step[at].kind, STEP_REAP);
	return handle("reaper", err);
}

int __wrap_run_isolated(struct run *run, size_t fork, struct error *err);

int __wrap_run_isolated(struct run *run, size_t fork, struct error *err)
{
	(void)run;
	(void)fork;
	return handle("isolated", err);
}

static int run(const enum step_kind *kinds, size_t n, const char *fails, int with,
	       struct error *err)
{
	struct target target = TARGET_INIT;
	const struct request req = { .net_socket = -1 };
	struct plan plan = { 0 };

	for (size_t i = 0; i < n; i++)
		plan_add(&plan, kinds[i], "because");
	ran[0] = '\0';
	failing = fails;
	failure = with;
	return run_plan(&plan, &target, &req, err);
}

/* clang-format off */
static const char *const handler_of[STEP_EXEC + 1] = {
	[STEP_FILTER_READ] = "filter_read",
	[STEP_OOM]         = "oom",
	[STEP_SCHED]       = "sched",
	[STEP_PERSONALITY] = "personality",
	[STEP_RAISE]       = "raise",
	[STEP_HIDE]        = "hide",
	[STEP_LABEL]       = "label",
	[STEP_JOIN_TARGET] = "join_target",
	[STEP_JOIN_NS]     = "join_ns",
	[STEP_VERIFY]      = "verify",
	[STEP_ROOT]        = "root",
	[STEP_CHROOT]      = "chroot",
	[STEP_CWD]         = "cwd",
	[STEP_CHDIR]       = "chdir",
	[STEP_FORK]        = "fork@0",
	[STEP_DIE_WITH]    = "die_with",
	[STEP_REAP]        = "reaper",
	[STEP_OWN_CGROUP]  = "own_cgroup",
	[STEP_CGROUP]      = "cgroup",
	[STEP_GROUPS]      = "groups",
	[STEP_GID]         = "gid",
	[STEP_HOLD_CAPS]   = "hold_caps",
	[STEP_UID]         = "uid",
	[STEP_KEEP_CAPS]   = "keep_caps",
	[STEP_BOUNDING]    = "bounding",
	[STEP_AFFINITY]    = "affinity",
	[STEP_RLIMITS]     = "rlimits",
	[STEP_UMASK]       = "umask",
	[STEP_ONLY_SEEN]   = "only_seen",
	[STEP_NNP]         = "nnp",
	[STEP_FILTER]      = "filter",
	[STEP_CAPS]        = "caps",
	[STEP_OWN_MOUNTS]  = "own_mounts",
	[STEP_MOUNT_PROC]  = "mount_proc",
	[STEP_MOUNT_SYS]   = "mount_sys",
	[STEP_MOUNT_ETC]   = "mount_etc",
	[STEP_TAKE_TREE]   = "take_tree",
	[STEP_TAKE_TOOLS]  = "take_tools",
	[STEP_BUILD_VIEW]  = "build_view",
	[STEP_READ_ONLY]   = "read_only",
	[STEP_MOUNT_TMP]   = "mount_tmp",
	[STEP_SHOW_TREE]   = "show_tree",
	[STEP_SHOW_EXE]    = "show_exe",
	[STEP_COPY_EXE]    = "copy_exe",
	[STEP_CLOSE]       = "close",
	[STEP_STREAMS]     = "streams",
	[STEP_PTY]         = "pty",
	[STEP_SEAL]        = "seal",
	[STEP_KEYRING]     = "keyring",
	[STEP_LEADER]      = "leader",
	[STEP_EXEC]        = "exec",
};
/* clang-format on */

static void each_kind_has_its_handler(void **state)
{
	(void)state;
	for (enum step_kind kind = 0; kind <= STEP_EXEC; kind++) {
		char expected[32];

		assert_non_null(handler_of[kind]);
		snprintf(expected, sizeof(expected), "%s ", handler_of[kind]);
		assert_int_equal(run(&kind, 1, NULL, 0, NULL), 0);
		assert_string_equal(ran, expected);
	}
}

static void a_plan_is_run_in_its_order(void **state)
{
	static const enum step_kind kinds[] = {
		STEP_CLOSE,	STEP_HIDE,     STEP_LABEL,   STEP_GROUPS,    STEP_JOIN_TARGET,
		STEP_JOIN_NS,	STEP_VERIFY,   STEP_ROOT,    STEP_CHROOT,    STEP_CWD,
		STEP_CHDIR,	STEP_CGROUP,   STEP_GID,     STEP_HOLD_CAPS, STEP_UID,
		STEP_KEEP_CAPS, STEP_DIE_WITH, STEP_STREAMS, STEP_PTY,	     STEP_SEAL,
		STEP_KEYRING,	STEP_LEADER,   STEP_EXEC,
	};

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), NULL, 0, NULL), 0);
	assert_string_equal(
		ran,
		"close hide label groups join_target join_ns verify root chroot "
		"cwd chdir cgroup gid hold_caps uid keep_caps die_with streams pty seal keyring "
		"leader exec ");
}

static void the_first_failure_is_the_last_step(void **state)
{
	static const enum step_kind kinds[] = { STEP_HIDE, STEP_JOIN_TARGET, STEP_VERIFY,
						STEP_EXEC };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "join_target", -EUSERS, &err), -EUSERS);
	assert_string_equal(ran, "hide join_target ");
	assert_int_equal(err.errnum, EUSERS);
	assert_string_equal(err.text, "join_target: Too many users");
}

static void every_step_can_be_the_one_that_fails(void **state)
{
	static const enum step_kind kinds[] = { STEP_CLOSE, STEP_HIDE, STEP_JOIN_NS, STEP_VERIFY,
						STEP_ROOT,  STEP_GID,  STEP_UID,     STEP_EXEC };
	static const char *const names[] = { "close", "hide", "join_ns", "verify",
					     "root",  "gid",  "uid",	 "exec" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_error_ struct error err = { 0 };

		assert_int_equal(run(kinds, ARRAY_SIZE(kinds), names[i], -EIO, &err), -EIO);
		assert_int_equal(strlen(ran), strstr(ran, names[i]) + strlen(names[i]) + 1 - ran);
	}
}

static void a_kernel_without_setns_by_pidfd_ends_the_run_before_anything_else(void **state)
{
	static const enum step_kind kinds[] = { STEP_JOIN_TARGET, STEP_VERIFY, STEP_EXEC };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "join_target", RUN_NO_SETNS_PIDFD, &err),
			 RUN_NO_SETNS_PIDFD);
	assert_string_equal(ran, "join_target ");
	assert_int_equal(err.id, ERROR_NONE);
}

static void after_the_fork_the_parent_runs_no_step(void **state)
{
	static const enum step_kind kinds[] = { STEP_HIDE, STEP_FORK, STEP_UID, STEP_EXEC };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), "fork@1", 42, NULL), 42);
	assert_string_equal(ran, "hide fork@1 ");
}

static void what_follows_a_reaper_is_its_own_to_run(void **state)
{
	static const enum step_kind kinds[] = { STEP_DIE_WITH, STEP_REAP, STEP_EXEC };

	(void)state;
	assert_int_equal(run(kinds, ARRAY_SIZE(kinds), NULL, 0, NULL), 0);
	assert_string_equal(ran, "die_with reaper ");
}

static void the_fork_of_an_isolated_program_is_another(void **state)
{
	struct target target = TARGET_INIT;
	struct plan plan = { .isolates = true };
	struct run parent = { .plan = &plan, .target = &target };

	(void)state;
	plan_add(&plan, STEP_FORK, "because");
	plan_add(&plan, STEP_EXEC, "because");
	ran[0] = '\0';
	failing = NULL;
	assert_int_equal(run_steps(&parent, 0, NULL), 0);
	assert_string_equal(ran, "isolated ");
}

static void the_child_starts_behind_the_fork(void **state)
{
	struct target target = TARGET_INIT;
	struct plan plan = { 0 };
	struct run child = { .plan = &plan, .target = &target };

	(void)state;
	plan_add(&plan, STEP_HIDE, "because");
	plan_add(&plan, STEP_FORK, "because");
	plan_add(&plan, STEP_UID, "because");
	plan_add(&plan, STEP_EXEC, "because");
	ran[0] = '\0';
	failing = NULL;
	assert_int_equal(run_steps(&child, 2, NULL), 0);
	assert_string_equal(ran, "uid exec ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_handler),
		cmocka_unit_test(a_plan_is_run_in_its_order),
		cmocka_unit_test(the_first_failure_is_the_last_step),
		cmocka_unit_test(every_step_can_be_the_one_that_fails),
		cmocka_unit_test(a_kernel_without_setns_by_pidfd_ends_the_run_before_anything_else),
		cmocka_unit_test(after_the_fork_the_parent_runs_no_step),
		cmocka_unit_test(what_follows_a_reaper_is_its_own_to_run),
		cmocka_unit_test(the_fork_of_an_isolated_program_is_another),
		cmocka_unit_test(the_child_starts_behind_the_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
