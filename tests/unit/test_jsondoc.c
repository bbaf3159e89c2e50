/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/jsondoc.h"
#include "util/macro.h"

static int parse(const char *text, struct jsondoc *ret_doc)
{
	return jsondoc_parse(text, strlen(text), ret_doc, NULL);
}

static void values_are_found_by_their_path(void **state)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	int64_t number = 0;
	bool yes = false;

	(void)state;
	assert_int_equal(parse("{\"a\":{\"b\":\"text\",\"n\":-5},\"t\":true}", &doc), 0);
	assert_string_equal(jsondoc_string(&doc, "a/b"), "text");
	assert_int_equal(jsondoc_int(&doc, "a/n", &number), 0);
	assert_int_equal(number, -5);
	assert_int_equal(jsondoc_bool(&doc, "t", &yes), 0);
	assert_true(yes);
}

static void items_of_arrays_are_found_by_their_number(void **state)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(parse("[{\"names\":[\"a\",\"b\"]},{\"names\":[]}]", &doc), 0);
	assert_int_equal(jsondoc_count(&doc, ""), 2);
	assert_int_equal(jsondoc_count(&doc, "0/names"), 2);
	assert_int_equal(jsondoc_count(&doc, "1/names"), 0);
	assert_int_equal(jsondoc_count(&doc, "2/names"), 0);
	assert_int_equal(jsondoc_count(&doc, "0"), 0);
	assert_string_equal(jsondoc_string(&doc, "0/names/1"), "b");
	assert_null(jsondoc_string(&doc, "0/names/2"));
	assert_null(jsondoc_string(&doc, "0/names/-1"));
	assert_null(jsondoc_string(&doc, "0/names/18446744073709551616"));
	assert_null(jsondoc_string(&doc, "x/names/1"));
}

static void a_slash_in_a_key_can_be_written(void **state)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(parse("{\"a\":{\"x/y\":\"slash\",\"~\":\"tilde\",\"~1\":\"both\"}}", &doc),
			 0);
	assert_string_equal(jsondoc_string(&doc, "a/x~1y"), "slash");
	assert_string_equal(jsondoc_string(&doc, "a/~"), "tilde");
	assert_string_equal(jsondoc_string(&doc, "a/~0"), "tilde");
	assert_string_equal(jsondoc_string(&doc, "a/~01"), "both");
	assert_null(jsondoc_string(&doc, "a/x/y"));
}

static void a_key_deeper_down_is_not_the_one_at_the_top(void **state)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(
		parse("{\"Config\":{\"Name\":\"/decoy\"},\"x\":[{\"Name\":\"/y\"}]}", &doc), 0);
	assert_null(jsondoc_string(&doc, "Name"));
}

static void a_value_of_another_type_is_none(void **state)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	int64_t number = 7;
	bool yes = false;

	(void)state;
	assert_int_equal(parse("{\"s\":\"1\",\"n\":1,\"z\":null,\"a\":[1]}", &doc), 0);
	assert_int_equal(jsondoc_int(&doc, "s", &number), -ENOENT);
	assert_int_equal(jsondoc_int(&doc, "z", &number), -ENOENT);
	assert_int_equal(jsondoc_bool(&doc, "n", &yes), -ENOENT);
	assert_null(jsondoc_string(&doc, "n"));
	assert_null(jsondoc_string(&doc, "a/0"));
	assert_null(jsondoc_string(&doc, "s/s"));
	assert_int_equal(number, 7);
}

static void what_is_not_exactly_one_value_is_refused(void **state)
{
	static const char *const text[] = { "",	   "{",		 "{\"a\":1", "{} {}",
					    "{}x", "{\"a\":01}", "\"text",   "nul" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		struct jsondoc doc = { NULL };

		if (parse(text[i], &doc) != -EBADMSG)
			fail_msg("\"%s\" was taken", text[i]);
		assert_null(doc.content);
	}
}

/* Arrays within each other, so many. */
static int parse_nested(size_t depth, struct jsondoc *ret_doc)
{
	char text[2 * JSONDOC_DEPTH_MAX + 3] = "";

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return parse(text, ret_doc);
}

static void nesting_past_the_limit_is_refused(void **state)
{
	_cleanup_jsondoc_ struct jsondoc most = { NULL };
	struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(parse_nested(JSONDOC_DEPTH_MAX - 1, &most), 0);
	assert_int_equal(parse_nested(JSONDOC_DEPTH_MAX + 1, &doc), -EBADMSG);
	assert_null(doc.content);
}

static void a_document_past_the_limit_is_refused(void **state)
{
	struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(jsondoc_parse("{}", (size_t)JSONDOC_SIZE_MAX + 1, &doc, NULL), -EFBIG);
}

static void a_nul_byte_ends_no_document(void **state)
{
	struct jsondoc doc = { NULL };

	(void)state;
	assert_int_equal(jsondoc_parse("{\"a\":\"\0\"}", 9, &doc, NULL), -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_their_path),
		cmocka_unit_test(items_of_arrays_are_found_by_their_number),
		cmocka_unit_test(a_slash_in_a_key_can_be_written),
		cmocka_unit_test(a_key_deeper_down_is_not_the_one_at_the_top),
		cmocka_unit_test(a_value_of_another_type_is_none),
		cmocka_unit_test(what_is_not_exactly_one_value_is_refused),
		cmocka_unit_test(nesting_past_the_limit_is_refused),
		cmocka_unit_test(a_document_past_the_limit_is_refused),
		cmocka_unit_test(a_nul_byte_ends_no_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
