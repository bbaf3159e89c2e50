/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "core/request.h"

static struct request settled(struct request req)
{
	request_settle(&req);
	return req;
}

static void the_empty_request_asks_for_no_socket(void **state)
{
	struct request req;

	(void)state;
	request_init(&req);
	assert_int_equal(req.net_socket, -1);
	assert_false(request_has_namespace(&req));
}

static void each_namespace_option_is_one(void **state)
{
	(void)state;
	assert_true(request_has_namespace(&(struct request){ .net_socket = -1, .all = true }));
	assert_true(request_has_namespace(&(struct request){ .net_socket = 0 }));
	assert_true(
		request_has_namespace(&(struct request){ .net_socket = -1, .user_parent = true }));
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		assert_true(request_has_namespace(
			&(struct request){ .net_socket = -1, .wanted = NS_BIT(t) }));
}

static void all_others_are_not(void **state)
{
	struct request req = { .net_socket = -1,
			       .target = "web",
			       .uid = { ID_NUMBER, 0, NULL },
			       .gid = { ID_FOLLOW, 0, NULL },
			       .root = { DIR_TARGET, NULL },
			       .wd = { DIR_TARGET, NULL },
			       .wdns = "/",
			       .env = true,
			       .join_cgroup = true,
			       .follow_context = true,
			       .privileged = true,
			       .keep_caps = true };

	(void)state;
	assert_false(request_has_namespace(&req));
}

static void without_one_the_program_becomes_a_process_of_the_target(void **state)
{
	const struct request req = settled((struct request){ .net_socket = -1 });

	(void)state;
	assert_true(req.become);
	assert_true(req.all);
	assert_true(req.env);
	assert_int_equal(req.root.kind, DIR_TARGET);
	assert_int_equal(req.wd.kind, DIR_TARGET);
}

static void with_one_nothing_is_added(void **state)
{
	const struct request req =
		settled((struct request){ .net_socket = -1, .wanted = NS_BIT(NS_NET) });

	(void)state;
	assert_false(req.become);
	assert_false(req.all);
	assert_false(req.env);
	assert_int_equal(req.root.kind, DIR_UNSET);
	assert_int_equal(req.wd.kind, DIR_UNSET);
}

static void it_takes_all_parts_of_the_target(void **state)
{
	const struct request req = settled((struct request){ .net_socket = -1 });

	(void)state;
	assert_int_equal(req.as_target, AS_ALL);
	assert_int_equal(req.uid.kind, ID_FOLLOW);
	assert_int_equal(req.gid.kind, ID_FOLLOW);
	assert_false(req.join_cgroup); /* asked for with -c, it is the host's as well */
}

static void with_privileged_environment_and_directory_only(void **state)
{
	const struct request req =
		settled((struct request){ .net_socket = -1, .privileged = true });

	(void)state;
	assert_int_equal(req.as_target, AS_BIT(AS_ENV) | AS_BIT(AS_CWD));
	assert_true(req.env);
	assert_int_equal(req.wd.kind, DIR_TARGET);
	assert_int_equal(req.uid.kind, ID_UNSET);
}

static void a_list_takes_just_these(void **state)
{
	const struct request becoming = settled((struct request){
		.net_socket = -1, .want_parts = true, .as_target = AS_BIT(AS_IDS) });
	const struct request joining =
		settled((struct request){ .net_socket = -1,
					  .all = true,
					  .want_parts = true,
					  .as_target = AS_BIT(AS_ENV) | AS_BIT(AS_CWD) });

	(void)state;
	assert_int_equal(becoming.as_target, AS_BIT(AS_IDS));
	assert_false(becoming.env);
	assert_int_equal(becoming.wd.kind, DIR_UNSET);
	assert_int_equal(becoming.root.kind, DIR_TARGET);
	assert_false(joining.become);
	assert_true(joining.env);
	assert_int_equal(joining.wd.kind, DIR_TARGET);
	assert_int_equal(joining.root.kind, DIR_UNSET);
}

static void ids_that_were_named_come_before_the_targets(void **state)
{
	const struct request user = settled(
		(struct request){ .net_socket = -1, .uid = { .kind = ID_NUMBER, .number = 5 } });
	const struct request group = settled(
		(struct request){ .net_socket = -1, .gid = { .kind = ID_NUMBER, .number = 5 } });
	const struct request kept =
		settled((struct request){ .net_socket = -1, .preserve_credentials = true });

	(void)state;
	assert_int_equal(user.uid.kind, ID_NUMBER);
	assert_int_equal(user.gid.kind, ID_UNSET); /* that user's own */
	assert_int_equal(group.uid.kind, ID_FOLLOW);
	assert_int_equal(group.gid.kind, ID_NUMBER);
	assert_int_equal(kept.uid.kind, ID_UNSET);
	assert_int_equal(kept.gid.kind, ID_UNSET);
}

static void lists_add_and_take_away(void **state)
{
	static const struct {
		const char *list;
		uint32_t parts;
		bool named;
	} good[] = {
		{ "ids", AS_BIT(AS_IDS), true },
		{ "ids,caps,nnp,seccomp,lsm,cgroup,env,cwd,rlimits,oom", AS_ALL, true },
		{ "oom,oom", AS_BIT(AS_OOM), true },
		{ "-cgroup", AS_ALL & ~AS_BIT(AS_CGROUP), false },
		{ "-cgroup,-oom", AS_ALL & ~(AS_BIT(AS_CGROUP) | AS_BIT(AS_OOM)), false },
		{ "ids,env,-env", AS_BIT(AS_IDS), true },
		{ "-env,ids,env", AS_BIT(AS_IDS), true },
	};
	static const char *const bad[] = { "",	   ",",	       "ids,",	 ",ids", "-",	     "id",
					   "idss", "ids;caps", "--caps", "ALL",	 "ids, caps" };
	uint32_t parts = 7;
	bool named;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(request_parse_parts(bad[i], &parts, &named), -EINVAL);
		assert_int_equal(parts, 7);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(request_parse_parts(good[i].list, &parts, &named), 0);
		assert_int_equal(parts, good[i].parts);
		assert_int_equal(named, good[i].named);
	}
}

static void a_view_takes_the_limits_unless_more_is_named(void **state)
{
	const uint32_t limits = AS_ALL & ~(AS_BIT(AS_CGROUP) | AS_BIT(AS_ENV) | AS_BIT(AS_CWD));
	struct request req = { .net_socket = -1, .view = VIEW_TARGET };

	(void)state;
	assert_int_equal(settled(req).as_target, limits);
	req.want_parts = true;
	req.as_target = AS_ALL & ~AS_BIT(AS_SECCOMP);
	assert_int_equal(settled(req).as_target, limits & ~AS_BIT(AS_SECCOMP));
	assert_false(settled(req).env);
	assert_int_equal(settled(req).wd.kind, DIR_UNSET);
	req.parts_named = true;
	req.as_target = AS_BIT(AS_CAPS) | AS_BIT(AS_CGROUP) | AS_BIT(AS_ENV);
	assert_int_equal(settled(req).as_target, req.as_target);
	assert_true(settled(req).env);
}

static void what_was_left_out_stays_out_in_the_hint(void **state)
{
	struct request req = { .net_socket = -1 };
	char buf[REQUEST_PARTS_MAX];

	(void)state;
	request_settle(&req);
	assert_string_equal(request_without(&req, AS_CGROUP, buf), "--as-target=-cgroup");
	req.as_target &= ~AS_BIT(AS_CGROUP);
	assert_string_equal(request_without(&req, AS_SECCOMP, buf), "--as-target=-seccomp,-cgroup");
	req.parts_named = true;
	req.as_target = AS_BIT(AS_CAPS) | AS_BIT(AS_SECCOMP) | AS_BIT(AS_IDS);
	assert_string_equal(request_without(&req, AS_SECCOMP, buf), "--as-target=ids,caps");
	req = settled((struct request){ .net_socket = -1, .view = VIEW_TARGET });
	assert_string_equal(request_without(&req, AS_SECCOMP, buf), "--as-target=-seccomp");
}

static void the_longest_hint_has_room(void **state)
{
	struct request req = { .net_socket = -1, .parts_named = true };
	char buf[REQUEST_PARTS_MAX];

	(void)state;
	assert_string_equal(
		request_without(&req, AS_IDS, buf),
		"--as-target=-ids,-caps,-nnp,-seccomp,-lsm,-cgroup,-env,-cwd,-rlimits,-oom");
}

static void directories_that_were_named_stay(void **state)
{
	const struct request paths = settled((struct request){
		.net_socket = -1, .root = { DIR_PATH, "/r" }, .wd = { DIR_PATH, "/w" } });
	const struct request wdns = settled((struct request){ .net_socket = -1, .wdns = "/w" });

	(void)state;
	assert_int_equal(paths.root.kind, DIR_PATH);
	assert_string_equal(paths.root.path, "/r");
	assert_int_equal(paths.wd.kind, DIR_PATH);
	assert_int_equal(wdns.wd.kind, DIR_UNSET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_empty_request_asks_for_no_socket),
		cmocka_unit_test(each_namespace_option_is_one),
		cmocka_unit_test(all_others_are_not),
		cmocka_unit_test(without_one_the_program_becomes_a_process_of_the_target),
		cmocka_unit_test(with_one_nothing_is_added),
		cmocka_unit_test(it_takes_all_parts_of_the_target),
		cmocka_unit_test(with_privileged_environment_and_directory_only),
		cmocka_unit_test(a_list_takes_just_these),
		cmocka_unit_test(ids_that_were_named_come_before_the_targets),
		cmocka_unit_test(lists_add_and_take_away),
		cmocka_unit_test(a_view_takes_the_limits_unless_more_is_named),
		cmocka_unit_test(what_was_left_out_stays_out_in_the_hint),
		cmocka_unit_test(the_longest_hint_has_room),
		cmocka_unit_test(directories_that_were_named_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
