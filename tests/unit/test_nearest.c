/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "util/nearest.h"

static void one_edit_of_each_kind_counts_one(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("web", "web"), 0);
	assert_int_equal(nearest_distance("web", "we"), 1);
	assert_int_equal(nearest_distance("web", "webs"), 1);
	assert_int_equal(nearest_distance("web", "wab"), 1);
	assert_int_equal(nearest_distance("web", "wbe"), 1);
	assert_int_equal(nearest_distance("web", "ewb"), 1);
}

static void edits_add_up(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("postgres", "psotgers"), 2);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_int_equal(nearest_distance("", "abc"), 3);
	assert_int_equal(nearest_distance("abc", ""), 3);
	assert_int_equal(nearest_distance("ca", "abc"), 3);
}

static void words_that_are_too_long_are_never_near(void **state)
{
	char a[NEAREST_LENGTH_MAX + 1], b[NEAREST_LENGTH_MAX + 2];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[sizeof(a) - 1] = '\0';
	b[sizeof(b) - 1] = '\0';
	assert_int_equal(nearest_distance(a, a), 0);
	assert_int_equal(nearest_distance(a, b), NEAREST_LENGTH_MAX + 1);
	assert_null(nearest_offer(a, b, NULL));
}

static void the_nearest_word_is_kept_and_the_first_of_two(void **state)
{
	const char *best = NULL;

	(void)state;
	best = nearest_offer("redis", "rediss1", best);
	assert_string_equal(best, "rediss1");
	best = nearest_offer("redis", "radis", best);
	assert_string_equal(best, "radis");
	best = nearest_offer("redis", "rodis", best);
	assert_string_equal(best, "radis");
}

static void other_capitals_are_one_edit(void **state)
{
	(void)state;
	assert_string_equal(nearest_offer("WEB", "web", NULL), "web");
	assert_string_equal(nearest_offer("Web-Front", "web-front", NULL), "web-front");
	assert_string_equal(nearest_offer("DB1", "db1", "db"), "db1");
	assert_null(nearest_offer("A", "a", NULL));
	assert_null(nearest_offer("WEB", "wab", NULL));
}

static void strangers_are_not_offered(void **state)
{
	(void)state;
	assert_null(nearest_offer("web", "database", NULL));
	assert_null(nearest_offer("web", "wab2", NULL));
	assert_null(nearest_offer("a", "b", NULL));
	assert_null(nearest_offer("", "a", NULL));
}

static void what_a_shell_would_not_take_for_one_word_is_not_offered(void **state)
{
	(void)state;
	assert_null(nearest_offer("web", "web;w", NULL));
	assert_null(nearest_offer("web", "web w", NULL));
	assert_null(nearest_offer("web", "w`b", NULL));
	assert_string_equal(nearest_offer("web", "we$b", "wab"), "wab");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_edit_of_each_kind_counts_one),
		cmocka_unit_test(edits_add_up),
		cmocka_unit_test(words_that_are_too_long_are_never_near),
		cmocka_unit_test(the_nearest_word_is_kept_and_the_first_of_two),
		cmocka_unit_test(other_capitals_are_one_edit),
		cmocka_unit_test(strangers_are_not_offered),
		cmocka_unit_test(what_a_shell_would_not_take_for_one_word_is_not_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
