/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "util/macro.h"
#include "util/take.h"

static void a_number_is_taken_where_it_stands(void **state)
{
	uint64_t value;
	int number;

	(void)state;
	assert_string_equal(take_uint(" \t007 rest", 10, &value), " rest");
	assert_int_equal(value, 7);
	assert_string_equal(take_uint("022\n", 8, &value), "\n");
	assert_int_equal(value, 022);
	assert_string_equal(take_uint("00ffg", 16, &value), "g");
	assert_int_equal(value, 255);
	assert_string_equal(take_int("\t-1000\n", &number), "\n");
	assert_int_equal(number, -1000);
	assert_string_equal(take_int("2147483647", &number), "");
	assert_int_equal(number, INT_MAX);
}

static void digits_of_another_base_end_it(void **state)
{
	uint64_t value;

	(void)state;
	assert_string_equal(take_uint("78", 8, &value), "8");
	assert_int_equal(value, 7);
	assert_string_equal(take_uint("9a", 10, &value), "a");
	assert_int_equal(value, 9);
	assert_null(take_uint("8", 8, &value));
	assert_null(take_uint("a", 10, &value));
	assert_null(take_uint("F", 16, &value));
}

static void what_is_no_number_is_none(void **state)
{
	static const char *const bad[] = { "", " ", "\n1", "max", "+1", "-", "- 1", "--1", "x1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint64_t value = 7;
		int number = 7;

		assert_null(take_uint(bad[i], 10, &value));
		assert_null(take_int(bad[i], &number));
		assert_int_equal(value, 7);
		assert_int_equal(number, 7);
	}
}

static void what_is_too_large_is_none(void **state)
{
	uint64_t value;
	int number = 7;

	(void)state;
	assert_non_null(take_uint("18446744073709551615", 10, &value));
	assert_true(value == UINT64_MAX);
	assert_null(take_uint("18446744073709551616", 10, &value));
	assert_non_null(take_uint("ffffffffffffffff", 16, &value));
	assert_null(take_uint("10000000000000000", 16, &value));
	assert_null(take_int("2147483648", &number));
	assert_null(take_int("-2147483648", &number));
	assert_null(take_uint("-1", 10, &value));
	assert_int_equal(number, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_taken_where_it_stands),
		cmocka_unit_test(digits_of_another_base_end_it),
		cmocka_unit_test(what_is_no_number_is_none),
		cmocka_unit_test(what_is_too_large_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
