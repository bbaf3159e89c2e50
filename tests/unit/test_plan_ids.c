/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_ids.h"

/* clang-format off */
#define HERE(number) { .known = true, .mapped = true, .id = (number) }
#define NOT_MAPPED   { .known = true }
/* clang-format on */

/* The steps as text: "groups() gid(7) uid(3)". */
static char said[512];

static void say_step(const struct step *step)
{
	char *p = said + strlen(said);
	size_t left = sizeof(said) - strlen(said);
	int n = said[0] ? snprintf(p, left, " ") : 0;

	p += n;
	left -= (size_t)n;
	switch ((int)step->kind) {
	case STEP_GID:
		snprintf(p, left, "gid(%u)", step->id);
		break;
	case STEP_UID:
		snprintf(p, left, "uid(%u)", step->id);
		break;
	case STEP_HOLD_CAPS:
		strcpy(p, "hold-caps");
		break;
	case STEP_KEEP_CAPS:
		strcpy(p, "keep-caps");
		break;
	case STEP_GROUPS:
		strcpy(p, "groups(");
		for (size_t i = 0; i < step->groups.n; i++)
			snprintf(p + strlen(p), 16, "%s%u", i ? " " : "", step->groups.list[i]);
		strcat(p, ")");
		break;
	default:
		strcpy(p, "?");
	}
	assert_non_null(step->why);
}

/* What is done early, a bar, what is done late; then the notes that are said aloud. */
static int ids(const struct request *req, const struct facts *facts, struct error *err)
{
	_cleanup_plan_ struct plan plan = { .join = facts->present & ~facts->same };
	size_t early;
	int r;

	said[0] = '\0';
	plan_early_groups(req, facts, &plan);
	early = plan.n;
	r = plan_ids(req, facts, &plan, err);
	for (size_t i = 0; i < plan.n; i++) {
		say_step(&plan.step[i]);
		if (i + 1 == early)
			strcat(said, " |");
	}
	for (size_t i = 0; i < plan.n_notes; i++)
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s",
			 plan.note[i].loud ? "; " : "; quiet: ", plan.note[i].text);
	return r;
}

static const char *done(const struct request *req, const struct facts *facts)
{
	_cleanup_error_ struct error err = { 0 };

	if (ids(req, facts, &err) < 0)
		fail_msg("%s", err.text);
	return said;
}

static void refused(const struct request *req, const struct facts *facts, enum error_id id,
		    const char *text, const char *hint)
{
	_cleanup_error_ struct error err = { 0 };

	assert_true(ids(req, facts, &err) < 0);
	assert_string_equal(err.text, text);
	assert_int_equal(err.id, id);
	if (hint)
		assert_string_equal(err.hint[0], hint);
	else
		assert_null(err.hint[0]);
}

/* ---- nothing asked for */

static void without_options_and_user_namespace_ids_stay(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = { .present = NS_BIT(NS_NET) };

	(void)state;
	assert_string_equal(done(&req, &facts), "");
}

static void in_a_user_namespace_we_are_its_root(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = HERE(0),
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(0) uid(0)");
}

static void a_user_namespace_that_is_ours_changes_nothing(void **state)
{
	const struct request req = { .keep_caps = true };
	const struct facts facts = { .present = NS_BIT(NS_USER), .same = NS_BIT(NS_USER) };

	(void)state;
	assert_string_equal(done(&req, &facts), "");
}

static void where_the_maps_are_unknown_0_is_tried(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = { .present = NS_BIT(NS_USER) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(0) uid(0)");
}

static void where_nobody_is_0_the_targets_own_ids_serve(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = NOT_MAPPED,
		.gid0 = NOT_MAPPED,
		.target_uid = HERE(5),
		.target_gid = HERE(6),
	};

	(void)state;
	assert_string_equal(done(&req, &facts),
			    "groups() gid(6) uid(5); uid 0 does not exist in the user namespace of "
			    "web: using its own, 5; gid 0 does not exist in the user namespace of "
			    "web: using its own, 6");
}

static void where_nobody_is_anything_it_is_refused(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = NOT_MAPPED,
		.gid_map = "gid 5",
	};

	(void)state;
	refused(&req, &facts, ERROR_UID_UNMAPPED,
		"gid 0 does not exist in the user namespace of \"web\"", "it has gid gid 5");
}

static void preserve_credentials_keeps_all_of_them(void **state)
{
	const struct request req = { .preserve_credentials = true };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = HERE(0),
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "");
}

/* ---- -S and -G */

static void setuid_alone_takes_the_group_of_the_passwd_line(void **state)
{
	const struct request req = { .uid = { ID_NUMBER, 3, NULL } };
	const struct facts facts = { .wanted_uid = HERE(3), .wanted_gid = HERE(4) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(4) uid(3)");
}

static void setuid_alone_is_refused_without_a_group(void **state)
{
	const struct request number = { .uid = { ID_NUMBER, 3, NULL } };
	const struct request name = { .uid = { ID_NAME, 0, "joe" } };
	const struct facts facts = { .wanted_uid = HERE(3) };
	const struct facts unmapped = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.wanted_uid = HERE(3),
		.wanted_gid = NOT_MAPPED,
		.gid_map = "0",
	};
	const struct facts neither = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.wanted_uid = NOT_MAPPED,
		.uid_map = "0",
	};

	(void)state;
	refused(&number, &facts, ERROR_USAGE,
		"-S 3: the passwd file has no line, hence no group for it",
		"name the group: -G GID");
	refused(&name, &facts, ERROR_USAGE, "-S joe: no group is known for it",
		"name the group: -G GID");
	refused(&number, &unmapped, ERROR_UID_UNMAPPED,
		"-S: the group of that user does not exist in the user namespace of \"web\"",
		"it has gid 0: choose one with -G");
	refused(&number, &neither, ERROR_UID_UNMAPPED,
		"uid 3 does not exist in the user namespace of \"web\"", "it has uid 0");
}

static void setuid_alone_keeps_groups_where_credentials_are_preserved(void **state)
{
	const struct request req = { .uid = { ID_NUMBER, 3, NULL }, .preserve_credentials = true };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.wanted_uid = HERE(3),
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "uid(3)");
}

static void setgid_alone_drops_the_groups_and_keeps_the_user(void **state)
{
	const struct request req = { .gid = { ID_NUMBER, 8, NULL } };
	const struct facts facts = { .wanted_gid = HERE(8) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(8)");
}

static void setgid_alone_in_a_user_namespace_is_its_root(void **state)
{
	const struct request req = { .gid = { ID_NUMBER, 8, NULL } };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.wanted_gid = HERE(8),
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(8) uid(0)");
}

static void names_become_the_ids_that_were_found(void **state)
{
	const struct request req = { .uid = { ID_NAME, 0, "joe" }, .gid = { ID_NAME, 0, "staff" } };
	const struct facts facts = { .wanted_uid = HERE(1000), .wanted_gid = HERE(50) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(50) uid(1000)");
}

static void follow_takes_the_targets_ids_and_groups(void **state)
{
	static const uint32_t groups[] = { 7, 9 };
	const struct request req = { .uid = { .kind = ID_FOLLOW } };
	const struct facts facts = {
		.target = "web",
		.wanted_uid = HERE(5),
		.wanted_gid = HERE(6),
		.target_groups = groups,
		.n_target_groups = 2,
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups(7 9) gid(6) uid(5)");
}

static void following_the_user_with_a_group_of_ones_own_follows_no_groups(void **state)
{
	static const uint32_t groups[] = { 7, 9 };
	struct request req = { .uid = { .kind = ID_FOLLOW }, .gid = { ID_NUMBER, 0, NULL } };
	const struct facts facts = {
		.target = "web",
		.wanted_uid = HERE(5),
		.wanted_gid = HERE(0),
		.target_groups = groups,
		.n_target_groups = 2,
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(0) uid(5)");
	req.uid = (struct id_request){ ID_NUMBER, 5, NULL };
	req.gid = (struct id_request){ .kind = ID_FOLLOW };
	assert_string_equal(done(&req, &facts), "groups(7 9) gid(0) uid(5)");
}

static void an_id_without_a_map_is_tried_as_it_is(void **state)
{
	const struct request req = { .uid = { ID_NUMBER, 3, NULL }, .gid = { ID_NUMBER, 4, NULL } };
	const struct facts facts = { .present = NS_BIT(NS_USER) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(4) uid(3)");
}

static void an_id_that_does_not_exist_inside_is_refused(void **state)
{
	const struct request uid = { .uid = { ID_NUMBER, 9, NULL }, .gid = { ID_NUMBER, 0, NULL } };
	const struct request gid = { .gid = { ID_NUMBER, 9, NULL } };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.wanted_uid = NOT_MAPPED,
		.wanted_gid = HERE(0),
		.uid_map = "0 to 7",
	};
	const struct facts no_group = { .present = NS_BIT(NS_USER), .wanted_gid = NOT_MAPPED };

	(void)state;
	refused(&uid, &facts, ERROR_UID_UNMAPPED,
		"uid 9 does not exist in the user namespace of \"web\"", "it has uid 0 to 7");
	refused(&gid, &no_group, ERROR_UID_UNMAPPED,
		"gid 9 does not exist in the user namespace of \"FILE\"", NULL);
}

static void a_target_that_does_not_exist_inside_cannot_be_followed(void **state)
{
	const struct request req = { .uid = { .kind = ID_FOLLOW }, .gid = { ID_NUMBER, 0, NULL } };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.wanted_uid = NOT_MAPPED,
		.wanted_gid = HERE(0),
		.target_kuid = 1000,
	};

	(void)state;
	refused(&req, &facts, ERROR_UID_UNMAPPED,
		"the uid of \"web\" does not exist in its user namespace",
		"run nsjoin as uid 1000, which is the target's");
}

static void ids_without_a_name_inside_stay_where_they_are_the_targets(void **state)
{
	const struct request req = { .uid = { .kind = ID_FOLLOW }, .gid = { .kind = ID_FOLLOW } };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.wanted_uid = NOT_MAPPED,
		.wanted_gid = NOT_MAPPED,
		.uid_is_ours = true,
		.gid_is_ours = true,
		.setgroups_denied = true,
	};

	(void)state;
	assert_string_equal(done(&req, &facts),
			    "; quiet: your supplementary groups stay: its user namespace denies "
			    "setgroups");
}

static void a_user_that_was_asked_for_has_his_groups(void **state)
{
	static const uint32_t list[] = { 9, 50 };
	const struct request req = { .uid = { ID_NUMBER, 3, NULL } };
	const struct facts facts = { .wanted_uid = HERE(3),
				     .wanted_gid = HERE(9),
				     .wanted_groups = list,
				     .n_wanted_groups = 2 };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups(9 50) gid(9) uid(3)");
}

/* ---- setgroups */

static void denied_groups_are_dropped_before_joining_where_we_may(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = HERE(0),
		.setgroups_denied = true,
		.caller_setgid = true,
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() | gid(0) uid(0)");
}

static void denied_groups_that_stay_are_mentioned(void **state)
{
	const struct request req = { 0 };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = HERE(0),
		.setgroups_denied = true,
	};

	(void)state;
	assert_string_equal(done(&req, &facts),
			    "gid(0) uid(0); quiet: your supplementary groups stay: its user "
			    "namespace denies setgroups");
}

static void denied_groups_are_not_asked_about_where_all_is_preserved(void **state)
{
	const struct request req = { .preserve_credentials = true };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.setgroups_denied = true,
		.caller_setgid = true,
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "");
}

/* ---- --keep-caps */

static void capabilities_are_held_over_the_change_of_user_and_kept(void **state)
{
	const struct request req = { .keep_caps = true };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
		.uid0 = HERE(0),
		.gid0 = HERE(0),
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(0) hold-caps uid(0) keep-caps");
}

static void capabilities_need_no_holding_where_the_user_stays(void **state)
{
	const struct request req = { .keep_caps = true, .preserve_credentials = true };
	const struct facts facts = {
		.present = NS_BIT(NS_USER),
		.target = "web",
	};

	(void)state;
	assert_string_equal(done(&req, &facts), "keep-caps");
}

static void capabilities_outside_of_a_user_namespace_are_not_touched(void **state)
{
	const struct request req = { .keep_caps = true,
				     .uid = { ID_NUMBER, 3, NULL },
				     .gid = { ID_NUMBER, 3, NULL } };
	const struct facts facts = { .wanted_uid = HERE(3), .wanted_gid = HERE(3) };

	(void)state;
	assert_string_equal(done(&req, &facts), "groups() gid(3) uid(3)");
}

static void the_callers_files_in_reach_of_the_targets_root_are_mentioned(void **state)
{
	static const char note[] =
		"groups() gid(3) uid(3); processes of web can look into the program, which has no "
		"privileges that they lack, and reach your files through it: not for a target that "
		"is "
		"not trusted";
	static const char without[] = "groups() gid(3) uid(3)";
	struct request req = { .uid = { ID_NUMBER, 3, NULL }, .gid = { ID_NUMBER, 3, NULL } };
	struct facts facts = { .present = NS_BIT(NS_PID) | NS_BIT(NS_NET),
			       .target = "web",
			       .wanted_uid = HERE(3),
			       .wanted_gid = HERE(3) };

	(void)state;
	assert_string_equal(done(&req, &facts), note);
	facts.same = NS_BIT(NS_PID);
	assert_string_equal(done(&req, &facts), without);
	facts.same = 0;
	req.keep_caps = true;
	assert_string_equal(done(&req, &facts), without);
	req = (struct request){ .as_target = AS_BIT(AS_CAPS) };
	facts.limits_known = true;
	assert_string_equal(done(&req, &facts), note + strlen(without));
	facts.is_host = true;
	facts.same = NS_BIT(NS_PID);
	assert_string_equal(done(&req, &facts), "");
}

/* ---- all of them together */

/* What is true of every combination: groups before gid before uid, and never root's leftovers. */
static bool check_combination(const struct request *req, const struct facts *facts)
{
	const char *groups, *gid, *uid;

	if (ids(req, facts, NULL) < 0)
		return false;
	groups = strstr(said, "groups(");
	gid = strstr(said, "gid(");
	uid = strstr(said, "uid(");
	if (uid && gid)
		assert_true(gid < uid);
	if (groups && gid)
		assert_true(groups < gid);
	if (req->uid.kind != ID_UNSET)
		assert_non_null(uid);
	if (req->gid.kind != ID_UNSET)
		assert_non_null(gid);
	if (req->uid.kind != ID_UNSET && !req->preserve_credentials)
		assert_non_null(gid);
	if (gid && !facts->setgroups_denied && (req->gid.kind || !req->preserve_credentials))
		assert_non_null(groups);
	if (facts->setgroups_denied && !facts->caller_setgid)
		assert_null(groups);
	return true;
}

static void every_combination_keeps_the_order_and_leaves_nothing_behind(void **state)
{
	size_t n = 0;

	(void)state;
	for (unsigned int bits = 0; bits < 1U << 11; bits++) {
		const struct id_fact fact = { .known = !(bits & 16),
					      .mapped = !(bits & 32),
					      .id = 3 };
		const struct request req = {
			.uid = { (enum id_kind)(bits & 3), 3, "joe" },
			.gid = { (enum id_kind)(bits >> 2 & 3), 4, "staff" },
			.preserve_credentials = bits & 64,
			.keep_caps = bits & 128,
		};
		const struct facts facts = {
			.target = "web",
			.present = bits & 256 ? NS_BIT(NS_USER) : 0,
			.setgroups_denied = (bits & 768) == 768,
			.caller_setgid = bits & 1024,
			.uid0 = fact,
			.gid0 = HERE(0),
			.wanted_uid = fact,
			.wanted_gid = HERE(4),
		};

		n += check_combination(&req, &facts);
	}
	assert_true(n > 1024); /* the others are refused */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_options_and_user_namespace_ids_stay),
		cmocka_unit_test(in_a_user_namespace_we_are_its_root),
		cmocka_unit_test(a_user_namespace_that_is_ours_changes_nothing),
		cmocka_unit_test(where_the_maps_are_unknown_0_is_tried),
		cmocka_unit_test(where_nobody_is_0_the_targets_own_ids_serve),
		cmocka_unit_test(where_nobody_is_anything_it_is_refused),
		cmocka_unit_test(preserve_credentials_keeps_all_of_them),
		cmocka_unit_test(setuid_alone_takes_the_group_of_the_passwd_line),
		cmocka_unit_test(setuid_alone_is_refused_without_a_group),
		cmocka_unit_test(setuid_alone_keeps_groups_where_credentials_are_preserved),
		cmocka_unit_test(setgid_alone_drops_the_groups_and_keeps_the_user),
		cmocka_unit_test(setgid_alone_in_a_user_namespace_is_its_root),
		cmocka_unit_test(names_become_the_ids_that_were_found),
		cmocka_unit_test(follow_takes_the_targets_ids_and_groups),
		cmocka_unit_test(following_the_user_with_a_group_of_ones_own_follows_no_groups),
		cmocka_unit_test(an_id_without_a_map_is_tried_as_it_is),
		cmocka_unit_test(an_id_that_does_not_exist_inside_is_refused),
		cmocka_unit_test(a_target_that_does_not_exist_inside_cannot_be_followed),
		cmocka_unit_test(ids_without_a_name_inside_stay_where_they_are_the_targets),
		cmocka_unit_test(a_user_that_was_asked_for_has_his_groups),
		cmocka_unit_test(denied_groups_are_dropped_before_joining_where_we_may),
		cmocka_unit_test(denied_groups_that_stay_are_mentioned),
		cmocka_unit_test(denied_groups_are_not_asked_about_where_all_is_preserved),
		cmocka_unit_test(capabilities_are_held_over_the_change_of_user_and_kept),
		cmocka_unit_test(capabilities_need_no_holding_where_the_user_stays),
		cmocka_unit_test(capabilities_outside_of_a_user_namespace_are_not_touched),
		cmocka_unit_test(the_callers_files_in_reach_of_the_targets_root_are_mentioned),
		cmocka_unit_test(every_combination_keeps_the_order_and_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
