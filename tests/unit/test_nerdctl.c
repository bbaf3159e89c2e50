/* SPDX-License-Identifier: MIT */
/* nerdctl's names files and labels, in a host's tree. */
#include "knowntree.h"

#include "find/containerd.h"
#include "find/nerdctl.h"

#define ANY   ((struct known_filter){ 0 })
#define ID    "1111222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define NAMES "/var/lib/nerdctl/1935db59/names/default/"

static int setup(void **state)
{
	return knowntree_setup(state, NULL);
}

static int setup_nerdctl(void **state)
{
	return knowntree_setup(state, "host-nerdctl");
}

static void a_label_names_what_runs(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	knowntree_list(*state, &runtime_nerdctl, (struct known_filter){ .name = "web" }, &list);
	assert_int_equal(list.n, 1);
	k = knowntree_find(&list, "web");
	assert_int_equal(k->pid, 5001);
	assert_int_equal(k->start_time, 50010);
	assert_string_equal(k->state_root, "/run/containerd");
	assert_non_null(strstr(k->cgroup, "/system.slice/nerdctl-"));
}

static void a_names_file_tells_of_what_has_exited(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(*state, &runtime_nerdctl, ANY, &list);
	assert_int_equal(list.n, 2);
	assert_int_equal(knowntree_find(&list, "old")->pid, 0);
	assert_int_equal(strlen(knowntree_find(&list, "old")->id), 64);
}

static void the_others_stay_with_containerd(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(*state, &runtime_containerd, ANY, &list);
	assert_int_equal(list.n, 1);
	(void)knowntree_find(&list, "default/plain");
}

static void a_names_file_alone_gives_the_id(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	tree_put(NAMES "web", ID "\n");
	knowntree_list(*state, &runtime_nerdctl, (struct known_filter){ .name = "web" }, &list);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].id, ID);
	assert_int_equal(
		knowntree_count(*state, &runtime_nerdctl, (struct known_filter){ .name = "x" }), 0);
	assert_int_equal(
		knowntree_count(*state, &runtime_nerdctl, (struct known_filter){ .prefix = "2" }),
		0);
	assert_int_equal(
		knowntree_count(*state, &runtime_nerdctl, (struct known_filter){ .prefix = "11" }),
		1);
}

static void a_names_file_that_holds_no_id_is_left_out(void **state)
{
	static const char *const text[] = {
		"",
		"web",
		"1111",
		ID "0",
		"../../etc/passwd",
		"../../../../../../../../../../../../../../../../../../tmp/owned1"
	};

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		tree_put(NAMES "web", text[i]);
		assert_int_equal(knowntree_count(*state, &runtime_nerdctl, ANY), 0);
	}
}

static void a_name_does_not_lead_out_of_the_directory(void **state)
{
	tree_put(NAMES "other", "none");
	tree_put("/var/lib/nerdctl/1935db59/names/secret", ID);
	assert_int_equal(knowntree_count(*state, &runtime_nerdctl,
					 (struct known_filter){ .name = "../secret" }),
			 0);
	tree_put(NAMES "a\nb", ID);
	assert_int_equal(knowntree_count(*state, &runtime_nerdctl, ANY), 0);
}

int main(void)
{
#define EMPTY(test)	  cmocka_unit_test_setup_teardown(test, setup, knowntree_teardown)
#define IN(fixture, test) cmocka_unit_test_setup_teardown(test, setup_##fixture, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		IN(nerdctl, a_label_names_what_runs),
		IN(nerdctl, a_names_file_tells_of_what_has_exited),
		IN(nerdctl, the_others_stay_with_containerd),
		EMPTY(a_names_file_alone_gives_the_id),
		EMPTY(a_names_file_that_holds_no_id_is_left_out),
		EMPTY(a_name_does_not_lead_out_of_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
