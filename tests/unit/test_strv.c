/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "util/strv.h"

static void an_empty_vector_can_be_released_twice(void **state)
{
	struct strv v = { 0 };

	(void)state;
	strv_done(&v);
	strv_done(&v);
	assert_null(v.item);
	assert_int_equal(v.n, 0);
}

static void the_list_always_ends_in_null(void **state)
{
	_cleanup_strv_ struct strv v = { 0 };

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(strv_addf(&v, "%zu", i), 0);
		assert_int_equal(v.n, i + 1);
		assert_null(v.item[v.n]);
	}
	assert_string_equal(v.item[0], "0");
	assert_string_equal(v.item[99], "99");
}

static void what_is_there_already_is_not_added_again(void **state)
{
	_cleanup_strv_ struct strv v = { 0 };

	(void)state;
	assert_int_equal(strv_add_new(&v, "a"), 0);
	assert_int_equal(strv_add_new(&v, "b"), 0);
	assert_int_equal(strv_add_new(&v, "a"), 0);
	assert_int_equal(v.n, 2);
	assert_string_equal(v.item[1], "b");
}

static void the_vector_owns_copies(void **state)
{
	_cleanup_strv_ struct strv v = { 0 };
	char text[] = "before";

	(void)state;
	assert_int_equal(strv_add(&v, text), 0);
	text[0] = 'B';
	assert_string_equal(v.item[0], "before");
}

static void a_name_is_found_whole_only(void **state)
{
	_cleanup_strv_ struct strv v = { 0 };
	char **env;

	(void)state;
	assert_int_equal(strv_add(&v, "PATHS=no"), 0);
	assert_int_equal(strv_add(&v, "PAT=no"), 0);
	assert_int_equal(strv_add(&v, "PATH"), 0);
	assert_int_equal(strv_add(&v, "PATH=yes=1"), 0);
	assert_int_equal(strv_add(&v, "EMPTY="), 0);
	assert_int_equal(strv_add(&v, "PATH=late"), 0);
	env = v.item;
	assert_string_equal(strv_env_get(env, "PATH"), "yes=1");
	assert_string_equal(strv_env_get(env, "EMPTY"), "");
	assert_null(strv_env_get(env, "PA"));
	assert_null(strv_env_get(env, "MISSING"));
	assert_null(strv_env_get(NULL, "PATH"));
}

static void setting_replaces_or_appends(void **state)
{
	_cleanup_strv_ struct strv v = { 0 };

	(void)state;
	assert_int_equal(strv_env_set(&v, "TERM", "xterm"), 0);
	assert_int_equal(strv_env_set(&v, "TERMINFO", "x"), 0);
	assert_int_equal(strv_env_set(&v, "TERM", "vt100"), 0);
	assert_int_equal(v.n, 2);
	assert_string_equal(v.item[0], "TERM=vt100");
	assert_string_equal(v.item[1], "TERMINFO=x");
	assert_null(v.item[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_vector_can_be_released_twice),
		cmocka_unit_test(the_list_always_ends_in_null),
		cmocka_unit_test(what_is_there_already_is_not_added_again),
		cmocka_unit_test(the_vector_owns_copies),
		cmocka_unit_test(a_name_is_found_whole_only),
		cmocka_unit_test(setting_replaces_or_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
