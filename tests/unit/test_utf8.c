/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "util/macro.h"
#include "util/utf8.h"

static void valid_characters_have_their_length(void **state)
{
	(void)state;
	assert_int_equal(utf8_length("a"), 1);
	assert_int_equal(utf8_length(""), 1);
	assert_int_equal(utf8_length("\x7f"), 1);
	assert_int_equal(utf8_length("\xc2\x80"), 2);
	assert_int_equal(utf8_length("\xdf\xbf"), 2);
	assert_int_equal(utf8_length("\xe0\xa0\x80"), 3);
	assert_int_equal(utf8_length("\xed\x9f\xbf"), 3);
	assert_int_equal(utf8_length("\xee\x80\x80"), 3);
	assert_int_equal(utf8_length("\xef\xbf\xbf"), 3);
	assert_int_equal(utf8_length("\xf0\x90\x80\x80"), 4);
	assert_int_equal(utf8_length("\xf4\x8f\xbf\xbf"), 4);
}

static void invalid_bytes_have_none(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xbf", /* a continuation alone */
		"\xc0\x80",
		"\xc1\xbf", /* overlong */
		"\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",
		"\xed\xbf\xbf", /* surrogates */
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe", /* too large */
		"\xc2",
		"\xe2\x82",
		"\xf0\x9f\x98", /* cut off by the end */
		"\xc2"
		"a",
		"\xe2\x82"
		"a",
		"\xf0\x9f\x98"
		"a", /* cut off by text */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(utf8_length(bad[i]), 0);
}

static bool is_control(const char *text)
{
	return utf8_is_control(text, utf8_length(text));
}

static void what_steers_a_terminal_is_a_control_character(void **state)
{
	(void)state;
	assert_true(is_control("\xc2\x80"));
	assert_true(is_control("\xc2\x9f"));
	assert_true(is_control("\xd8\x9c"));
	assert_true(is_control("\xe2\x80\x8e"));
	assert_true(is_control("\xe2\x80\xa8"));
	assert_true(is_control("\xe2\x80\xae"));
	assert_true(is_control("\xe2\x81\xa9"));
	assert_false(is_control("\xc2\xa0"));
	assert_false(is_control("\xe2\x80\x8d"));
	assert_false(is_control("\xe2\x80\xaf"));
	assert_false(is_control("\xe2\x81\xaa"));
	assert_false(is_control("\xf0\x9f\x98\x80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_characters_have_their_length),
		cmocka_unit_test(invalid_bytes_have_none),
		cmocka_unit_test(what_steers_a_terminal_is_a_control_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
