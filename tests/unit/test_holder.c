/* SPDX-License-Identifier: MIT */
/* Whose process it is, by its cgroups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "show/holder.h"

static struct listed items[] = {
	{ .target = (char[]){ "unit:none" } },
	{ .target = (char[]){ "unit:root" }, .cgroup = (char[]){ "/" } },
	{ .target = (char[]){ "docker:outer" }, .cgroup = (char[]){ "/docker/outer" } },
	{ .target = (char[]){ "docker:inner" },
	  .cgroup = (char[]){ "/docker/outer/docker/inner" } },
	{ .target = (char[]){ "docker:out" }, .cgroup = (char[]){ "/docker/out" } },
};

static void expect_holder(const char *cgroups, const char *wanted)
{
	const struct listing listing = { .item = items, .n = sizeof(items) / sizeof(items[0]) };
	char *text = strdup(cgroups);
	const struct listed *holder = holder_find(&listing, text);

	assert_string_equal(holder ? holder->target : "nobody", wanted);
	free(text);
}

static void a_process_is_in_the_cgroup_or_below(void **state)
{
	(void)state;
	expect_holder("0::/docker/out\n", "docker:out");
	expect_holder("0::/docker/outer/init.scope\n", "docker:outer");
	expect_holder("12:pids:/docker/outer\n0::/\n", "docker:outer");
}

static void of_containers_in_containers_the_inner_one_holds_it(void **state)
{
	(void)state;
	expect_holder("0::/docker/outer/docker/inner/a\n", "docker:inner");
	expect_holder("2:cpu:/docker/outer/docker/inner\n1:name=systemd:/docker/outer\n",
		      "docker:inner");
}

static void whoever_is_elsewhere_is_nobodys(void **state)
{
	(void)state;
	expect_holder("", "nobody");
	expect_holder("0::/\n", "nobody");
	expect_holder("0::/docker/outermost\n", "nobody");
	expect_holder("0::/user.slice/docker/outer\n", "nobody");
	expect_holder("0::/../docker/outer\n", "nobody");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_in_the_cgroup_or_below),
		cmocka_unit_test(of_containers_in_containers_the_inner_one_holds_it),
		cmocka_unit_test(whoever_is_elsewhere_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
