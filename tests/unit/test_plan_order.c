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

#define USER NS_BIT(NS_USER)
#define MNT  NS_BIT(NS_MNT)
#define NET  NS_BIT(NS_NET)
#define UTS  NS_BIT(NS_UTS)
#define IPC  NS_BIT(NS_IPC)

/* The steps as text: "pidfd(user net) fd(uts) verify". */
static char said[512];

static void say(const char *fmt, ...) _printf_(1, 2);

static void say(const char *fmt, ...)
{
	size_t used = strlen(said);
	va_list args;

	va_start(args, fmt);
	vsnprintf(said + used, sizeof(said) - used, fmt, args);
	va_end(args);
}

static void say_step(const struct step *step)
{
	char names[NS_NAMES_MAX];

	if (said[0])
		say(" ");
	if (step->kind == STEP_JOIN_TARGET)
		say("pidfd(%s)", ns_names(step->set, names));
	else if (step->kind == STEP_JOIN_NS)
		say("%s", ns_table[step->type].name);
	else if (step->kind == STEP_VERIFY)
		say("verify(%s)", ns_names(step->set, names));
	else
		say("?");
	assert_non_null(step->why);
}

static int order(const struct facts *facts, struct error *err)
{
	struct plan plan = { .join = facts->present & ~facts->same };
	int r = plan_order(facts, &plan, err);

	said[0] = '\0';
	for (size_t i = 0; i < plan.n; i++)
		say_step(&plan.step[i]);
	return r;
}

static const char *ordered(const struct facts *facts)
{
	assert_int_equal(order(facts, NULL), 0);
	return said;
}

static void nothing_to_join_is_no_step(void **state)
{
	const struct facts facts = { .present = NET | UTS,
				     .same = NET | UTS,
				     .by_pidfd = NET | UTS };

	(void)state;
	assert_string_equal(ordered(&facts), "");
}

static void all_of_the_target_is_one_call_for_root_whoever_owns_it(void **state)
{
	static const enum ns_owner owners[] = { OWNER_UNKNOWN, OWNER_OURS, OWNER_TARGET,
						OWNER_OTHER };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		const struct facts facts = {
			.present = USER | MNT | NET,
			.by_pidfd = USER | MNT | NET,
			.owner = { [NS_MNT] = owners[i], [NS_NET] = owners[i] },
			.caller_admin = true,
			.setns_pidfd = true,
		};

		assert_string_equal(ordered(&facts), "pidfd(user mnt net) verify(user mnt net)");
	}
}

static void all_of_the_target_is_one_call_for_its_creator(void **state)
{
	static const enum ns_owner owners[] = { OWNER_UNKNOWN, OWNER_TARGET, OWNER_OTHER };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		const struct facts facts = {
			.present = USER | NET,
			.by_pidfd = USER | NET,
			.owner = { [NS_NET] = owners[i] },
			.setns_pidfd = true,
		};

		assert_string_equal(ordered(&facts), "pidfd(user net) verify(user net)");
	}
}

static void what_is_ours_already_is_left_out(void **state)
{
	const struct facts facts = {
		.present = NS_ALL,
		.same = USER | NS_BIT(NS_TIME) | NS_BIT(NS_CGROUP),
		.by_pidfd = NS_ALL,
		.setns_pidfd = true,
	};

	(void)state;
	assert_string_equal(ordered(&facts),
			    "pidfd(mnt pid net ipc uts) verify(mnt pid net ipc uts)");
}

static void a_namespace_of_the_target_is_joined_without_pidfd_by_descriptor(void **state)
{
	const struct facts facts = { .present = NET | UTS, .by_pidfd = NET | UTS };

	(void)state;
	assert_string_equal(ordered(&facts), "net uts verify(net uts)");
}

static void files_come_after_the_one_call(void **state)
{
	const struct facts facts = { .present = MNT | NET | UTS,
				     .by_pidfd = MNT | UTS,
				     .setns_pidfd = true };

	(void)state;
	assert_string_equal(ordered(&facts), "pidfd(mnt uts) net verify(mnt net uts)");
}

/* The table of the architecture paper, row by row: net's owner, and who we are. */
static struct facts by_descriptor(enum ns_owner net, bool admin)
{
	return (struct facts){
		.present = USER | NET | UTS,
		.by_pidfd = USER | NET | UTS,
		.owner = { [NS_NET] = net, [NS_UTS] = OWNER_TARGET },
		.caller_admin = admin,
	};
}

static void root_joins_what_the_target_owns_after_its_user_namespace(void **state)
{
	const struct facts facts = by_descriptor(OWNER_TARGET, true);

	(void)state;
	assert_string_equal(ordered(&facts), "user net uts verify(user net uts)");
}

static void user_namespace_comes_after_what_is_ours(void **state)
{
	const struct facts facts = by_descriptor(OWNER_OURS, true);

	(void)state;
	assert_string_equal(ordered(&facts), "net user uts verify(user net uts)");
}

static void user_namespace_comes_after_what_one_between_owns(void **state)
{
	const struct facts facts = by_descriptor(OWNER_OTHER, true);

	(void)state;
	assert_string_equal(ordered(&facts), "net user uts verify(user net uts)");
}

static void an_unknown_owner_is_joined_while_we_have_all_capabilities(void **state)
{
	const struct facts facts = by_descriptor(OWNER_UNKNOWN, true);

	(void)state;
	assert_string_equal(ordered(&facts), "net user uts verify(user net uts)");
}

static void an_ordinary_user_joins_the_user_namespace_first(void **state)
{
	const struct facts facts = by_descriptor(OWNER_TARGET, false);

	(void)state;
	assert_string_equal(ordered(&facts), "user net uts verify(user net uts)");
}

static void refused(const struct facts *facts, enum error_id id, const char *text, const char *hint)
{
	_cleanup_error_ struct error err = { 0 };

	assert_int_equal(order(facts, &err), -EPERM);
	assert_string_equal(said, "");
	assert_string_equal(err.text, text);
	assert_int_equal(err.id, id);
	assert_string_equal(err.hint[0], hint);
}

static void an_ordinary_user_is_refused_what_one_between_owns(void **state)
{
	const struct facts facts = by_descriptor(OWNER_OTHER, false);

	(void)state;
	refused(&facts, ERROR_USERNS_NEEDED, "cannot join net: another user namespace owns it",
		"run as root, or leave out -n");
}

static void an_ordinary_user_is_refused_what_the_host_owns(void **state)
{
	struct facts facts = by_descriptor(OWNER_OURS, false);

	(void)state;
	refused(&facts, ERROR_PERMISSION,
		"cannot join net: your user namespace owns it, and you lack CAP_SYS_ADMIN there",
		"run as root, or leave out -n");
	facts.setns_pidfd = true;
	refused(&facts, ERROR_PERMISSION,
		"cannot join net: your user namespace owns it, and you lack CAP_SYS_ADMIN there",
		"run as root, or leave out -n");
}

static void an_ordinary_user_is_told_that_the_user_namespace_is_missing(void **state)
{
	const struct facts facts = { .present = NET, .owner = { [NS_NET] = OWNER_TARGET } };

	(void)state;
	refused(&facts, ERROR_USERNS_NEEDED, "cannot join net: the target's user namespace owns it",
		"add -U, run as root, or leave out -n");
}

static void what_belongs_to_a_user_namespace_above_is_refused_to_everybody(void **state)
{
	(void)state;
	for (int admin = 0; admin < 2; admin++) {
		const struct facts facts = by_descriptor(OWNER_ABOVE, admin);

		refused(&facts, ERROR_USERNS_NEEDED,
			"cannot join net: it belongs to a user namespace outside of yours",
			"run there, or leave out -n");
	}
}

static void without_a_user_namespace_root_needs_no_order(void **state)
{
	const struct facts facts = {
		.present = NET | UTS,
		.owner = { [NS_NET] = OWNER_OTHER, [NS_UTS] = OWNER_OURS },
		.caller_admin = true,
	};

	(void)state;
	assert_string_equal(ordered(&facts), "net uts verify(net uts)");
}

static void a_file_of_ours_comes_before_the_call_with_the_user_namespace(void **state)
{
	const struct facts facts = {
		.present = USER | MNT | NET,
		.by_pidfd = USER | MNT,
		.owner = { [NS_MNT] = OWNER_OURS, [NS_NET] = OWNER_OURS },
		.caller_admin = true,
		.setns_pidfd = true,
	};

	(void)state;
	assert_string_equal(ordered(&facts), "net pidfd(user mnt) verify(user mnt net)");
}

static void a_file_that_the_target_owns_comes_after_that_call(void **state)
{
	const struct facts facts = {
		.present = USER | MNT | NET,
		.by_pidfd = USER | MNT,
		.owner = { [NS_MNT] = OWNER_TARGET, [NS_NET] = OWNER_TARGET },
		.setns_pidfd = true,
	};

	(void)state;
	assert_string_equal(ordered(&facts), "pidfd(user mnt) net verify(user mnt net)");
}

static void the_targets_own_surround_a_user_namespace_from_a_file(void **state)
{
	const struct facts facts = {
		.present = USER | MNT | NET | UTS | IPC,
		.by_pidfd = NET | UTS | MNT,
		.owner = {
			[NS_MNT] = OWNER_OTHER,
			[NS_NET] = OWNER_OURS,
			[NS_UTS] = OWNER_TARGET,
			[NS_IPC] = OWNER_TARGET,
		},
		.caller_admin = true,
		.setns_pidfd = true,
	};

	(void)state;
	assert_string_equal(ordered(&facts),
			    "pidfd(mnt net) user pidfd(uts) ipc verify(user mnt net ipc uts)");
}

static void every_namespace_by_itself_fits_the_plan(void **state)
{
	const struct facts facts = { .present = NS_ALL, .caller_admin = true };

	(void)state;
	assert_string_equal(ordered(&facts), "mnt pid net ipc uts cgroup time user "
					     "verify(user mnt pid net ipc uts cgroup time)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_join_is_no_step),
		cmocka_unit_test(all_of_the_target_is_one_call_for_root_whoever_owns_it),
		cmocka_unit_test(all_of_the_target_is_one_call_for_its_creator),
		cmocka_unit_test(what_is_ours_already_is_left_out),
		cmocka_unit_test(a_namespace_of_the_target_is_joined_without_pidfd_by_descriptor),
		cmocka_unit_test(files_come_after_the_one_call),
		cmocka_unit_test(root_joins_what_the_target_owns_after_its_user_namespace),
		cmocka_unit_test(user_namespace_comes_after_what_is_ours),
		cmocka_unit_test(user_namespace_comes_after_what_one_between_owns),
		cmocka_unit_test(an_unknown_owner_is_joined_while_we_have_all_capabilities),
		cmocka_unit_test(an_ordinary_user_joins_the_user_namespace_first),
		cmocka_unit_test(an_ordinary_user_is_refused_what_one_between_owns),
		cmocka_unit_test(an_ordinary_user_is_refused_what_the_host_owns),
		cmocka_unit_test(an_ordinary_user_is_told_that_the_user_namespace_is_missing),
		cmocka_unit_test(what_belongs_to_a_user_namespace_above_is_refused_to_everybody),
		cmocka_unit_test(without_a_user_namespace_root_needs_no_order),
		cmocka_unit_test(a_file_of_ours_comes_before_the_call_with_the_user_namespace),
		cmocka_unit_test(a_file_that_the_target_owns_comes_after_that_call),
		cmocka_unit_test(the_targets_own_surround_a_user_namespace_from_a_file),
		cmocka_unit_test(every_namespace_by_itself_fits_the_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
