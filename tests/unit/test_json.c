/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "util/json.h"

static void commas_stand_between_values_only(void **state)
{
	_cleanup_json_ struct json j = { 0 };

	(void)state;
	json_object(&j, NULL);
	json_uint(&j, "n", 1);
	json_array(&j, "empty");
	json_array_end(&j);
	json_array(&j, "list");
	json_string(&j, NULL, "a");
	json_object(&j, NULL);
	json_object_end(&j);
	json_object(&j, NULL);
	json_bool(&j, "t", true);
	json_bool(&j, "f", false);
	json_object_end(&j);
	json_array_end(&j);
	json_null(&j, "z");
	json_object_end(&j);
	assert_false(j.failed);
	assert_string_equal(j.text, "{\"n\":1,\"empty\":[],\"list\":[\"a\",{},"
				    "{\"t\":true,\"f\":false}],\"z\":null}");
	assert_int_equal(j.used, strlen(j.text));
}

static void check_string(const char *value, const char *expected)
{
	_cleanup_json_ struct json j = { 0 };

	json_string(&j, NULL, value);
	assert_string_equal(j.text, expected);
}

static void strings_are_escaped(void **state)
{
	(void)state;
	check_string("", "\"\"");
	check_string(NULL, "null");
	check_string("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	check_string("\n\t\r", "\"\\n\\t\\u000d\"");
	check_string("\xc2\x9b"
		     "31m\xc2\xa0",
		     "\"\\u009b31m\xc2\xa0\"");
	check_string("a\xe2\x80\xae"
		     "b\xe2\x80\x94",
		     "\"a\\u202eb\xe2\x80\x94\"");
	check_string("\x01\x1b[31m\x1f\x7f", "\"\\u0001\\u001b[31m\\u001f\\u007f\"");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	check_string("gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"");
	check_string("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"");
	check_string("\xff", "\"\\ufffd\"");
	check_string("a\xc3", "\"a\\ufffd\"");
	check_string("\xc3\"", "\"\\ufffd\\\"\"");
	check_string("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
}

static void keys_are_escaped_too(void **state)
{
	_cleanup_json_ struct json j = { 0 };

	(void)state;
	json_object(&j, NULL);
	json_uint(&j, "a\"b", UINT64_MAX);
	json_object_end(&j);
	assert_string_equal(j.text, "{\"a\\\"b\":18446744073709551615}");
}

static void long_text_grows_the_buffer(void **state)
{
	_cleanup_json_ struct json j = { 0 };
	char value[5000];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	json_array(&j, NULL);
	for (int i = 0; i < 20; i++)
		json_string(&j, NULL, value);
	json_array_end(&j);
	assert_int_equal(j.used, 20 * (sizeof(value) + 1) + 19 + 2);
	assert_int_equal(strlen(j.text), j.used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_values_only),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(keys_are_escaped_too),
		cmocka_unit_test(long_text_grows_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
