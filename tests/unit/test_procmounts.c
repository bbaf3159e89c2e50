/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/procmounts.h"
#include "util/macro.h"

static const char our_own[] = "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw\n"
			      "23 27 0:22 / /sys rw,relatime - sysfs sysfs rw\n";

static bool is_apart(const char *theirs, const char *ours)
{
	_cleanup_free_ char *a = strdup(theirs), *b = strdup(ours);

	assert_true(a && b);
	return procmounts_text_apart(a, b);
}

static void one_of_its_own_in_many_places(void **state)
{
	(void)state;
	assert_true(is_apart("667 666 0:154 / /proc rw,nosuid - proc proc rw\n"
			     "668 667 0:155 / /proc/acpi ro - tmpfs tmpfs ro\n"
			     "229 667 0:154 /bus /proc/bus ro,nosuid - proc proc rw\n",
			     our_own));
	assert_true(is_apart("668 667 0:155 / /proc ro - tmpfs proc ro\n", our_own));
	assert_true(is_apart("", our_own));
	assert_true(is_apart("667 666 0:154 / /proc rw - proc proc rw", ""));
}

static void ours_in_any_place(void **state)
{
	(void)state;
	assert_false(is_apart("667 666 0:154 / /proc rw,nosuid - proc proc rw\n"
			      "706 666 0:21 / /host/proc ro,relatime - proc proc rw\n",
			      our_own));
	assert_false(is_apart("706 666 0:21 / /proc rw,relatime - proc proc rw\n", our_own));
	assert_false(is_apart("706 666 0:21 /1 /x rw master:3 propagate_from:2 - proc none rw\n",
			      our_own));
}

static void another_ones(void **state)
{
	(void)state;
	assert_false(is_apart("667 666 0:154 / /proc rw - proc proc rw\n"
			      "706 666 0:99 / /other/proc rw - proc proc rw\n",
			      our_own));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_its_own_in_many_places),
		cmocka_unit_test(ours_in_any_place),
		cmocka_unit_test(another_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
