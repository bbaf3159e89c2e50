/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
		cmocka_unit_test(directories_that_were_named_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
