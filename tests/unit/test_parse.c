/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>

#include "util/macro.h"
#include "util/parse.h"

static void plain_numbers_are_taken(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(parse_uint64("0", 10, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(parse_uint64("10", 10, &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(parse_uint64("0010", 10, &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(parse_uint64("18446744073709551615", UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
}

static void what_is_not_only_digits_is_refused(void **state)
{
	static const char *const bad[] = { "",	 " 1", "1 ",  "+1",  "-1", "0x1", "1a",	  "1:",
					   ":1", "1.", "1e3", "1\n", "\t", "١",	  "\xb2", "1-2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint64_t value = 7;
		uint32_t id = 7;
		pid_t pid = 7;

		assert_int_equal(parse_uint64(bad[i], UINT64_MAX, &value), -EINVAL);
		assert_int_equal(parse_id(bad[i], &id), -EINVAL);
		assert_int_equal(parse_pid(bad[i], &pid), -EINVAL);
		assert_int_equal(value, 7);
		assert_int_equal(id, 7);
		assert_int_equal(pid, 7);
	}
}

static void overflow_is_never_wrapped(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_int_equal(parse_uint64("11", 10, &value), -ERANGE);
	assert_int_equal(parse_uint64("18446744073709551616", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(parse_uint64("18446744073709551626", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(parse_uint64("99999999999999999999999999", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(value, 7);
}

static void the_id_that_means_no_change_is_refused(void **state)
{
	uint32_t id = 7;

	(void)state;
	assert_int_equal(parse_id("4294967295", &id), -ERANGE);
	assert_int_equal(parse_id("4294967296", &id), -ERANGE);
	assert_int_equal(id, 7);
	assert_int_equal(parse_id("4294967294", &id), 0);
	assert_int_equal(id, 4294967294u);
	assert_int_equal(parse_id("0", &id), 0);
	assert_int_equal(id, 0);
}

static void pids_start_at_one_and_end_at_int_max(void **state)
{
	pid_t pid = 7;

	(void)state;
	assert_int_equal(parse_pid("0", &pid), -ERANGE);
	assert_int_equal(parse_pid("2147483648", &pid), -ERANGE);
	assert_int_equal(pid, 7);
	assert_int_equal(parse_pid("1", &pid), 0);
	assert_int_equal(pid, 1);
	assert_int_equal(parse_pid("2147483647", &pid), 0);
	assert_int_equal(pid, INT_MAX);
}

static void digits_and_hex_digits_are_told_apart(void **state)
{
	(void)state;
	assert_true(parse_digits("0123456789"));
	assert_false(parse_digits(""));
	assert_false(parse_digits("12a"));
	assert_true(parse_hex("4f2a", 4));
	assert_true(parse_hex("1234", 4));
	assert_false(parse_hex("4f2", 4));
	assert_false(parse_hex("4F2A", 4));
	assert_false(parse_hex("4f2g", 4));
	assert_false(parse_hex("4f2a ", 4));
	assert_false(parse_hex("", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_numbers_are_taken),
		cmocka_unit_test(what_is_not_only_digits_is_refused),
		cmocka_unit_test(overflow_is_never_wrapped),
		cmocka_unit_test(the_id_that_means_no_change_is_refused),
		cmocka_unit_test(pids_start_at_one_and_end_at_int_max),
		cmocka_unit_test(digits_and_hex_digits_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
