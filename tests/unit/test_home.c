/* SPDX-License-Identifier: MIT */
/* The cgroup that a runtime made for its container, by whatever tells of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "find/home.h"

#define ID    "b1bd07eb3b08a4cc81d2ae75d7e7a7fc45bc72d57f6ac65d3c5cbfa23b93aa1f"
#define OTHER "c1bd07eb3b08a4cc81d2ae75d7e7a7fc45bc72d57f6ac65d3c5cbfa23b93aa1f"

static char id[] = ID, other[] = OTHER;

static void assert_home(const struct found *found, const char *lines, const char *wanted)
{
	char *path = NULL;
	int r = home_find(found, FIXTURES "/host-nerdctl", lines, &path);

	assert_int_equal(r, wanted ? 1 : 0);
	if (wanted)
		assert_string_equal(path, wanted);
	free(path);
}

static void what_the_state_names_goes_before_all_else(void **state)
{
	char path[] = "/odd/place";
	const struct found found = { .id = id, .cgroup_path = path };

	(void)state;
	assert_home(&found, "0::/docker/" ID "\n", path);
}

static void a_line_that_bears_the_id_tells(void **state)
{
	const struct found found = { .id = id };

	(void)state;
	assert_home(&found, "4:memory:/\n0::/docker/" ID "\n", "/docker/" ID);
	assert_home(&found, "4:memory:/elsewhere\n3:pids:/a/b/docker-" ID ".scope\n",
		    "/a/b/docker-" ID ".scope");
}

static void what_the_container_has_made_below_is_not_part_of_it(void **state)
{
	const struct found found = { .id = id };

	(void)state;
	assert_home(&found, "0::/docker/" ID "/init.scope/x\n", "/docker/" ID);
}

static void who_has_left_all_of_them_has_left_a_directory_behind(void **state)
{
	const struct found found = { .id = id }, none = { .id = other };

	(void)state;
	assert_home(&found, "0::/elsewhere\n", "/system.slice/nerdctl-" ID ".scope");
	assert_home(&found, "0::/docker/" OTHER "\n", "/system.slice/nerdctl-" ID ".scope");
	assert_home(&none, "0::/elsewhere\n", NULL);
}

static void a_name_is_no_directory(void **state)
{
	char name[] = "../nerdctl";
	const struct found found = { .id = name };

	(void)state;
	assert_home(&found, "0::/\n", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_state_names_goes_before_all_else),
		cmocka_unit_test(a_line_that_bears_the_id_tells),
		cmocka_unit_test(what_the_container_has_made_below_is_not_part_of_it),
		cmocka_unit_test(who_has_left_all_of_them_has_left_a_directory_behind),
		cmocka_unit_test(a_name_is_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
