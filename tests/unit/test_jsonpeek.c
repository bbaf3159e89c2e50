/* SPDX-License-Identifier: MIT */
/* Values read out of a JSON text where they stand, and the texts that are left to the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "util/jsonpeek.h"
#include "util/macro.h"

static bool peek(const char *text, const char *path, struct jsonpeek *ret_want)
{
	*ret_want = (struct jsonpeek){ .path = path };
	return jsonpeek_read(text, strlen(text), ret_want, 1);
}

static void assert_is(const struct jsonpeek *want, enum jsonpeek_kind kind, const char *value)
{
	assert_int_equal(want->kind, kind);
	assert_int_equal(want->n, strlen(value));
	assert_memory_equal(want->at, value, want->n);
}

static void assert_value(const char *text, const char *path, enum jsonpeek_kind kind,
			 const char *value)
{
	struct jsonpeek want;

	assert_true(peek(text, path, &want));
	if (kind == JSONPEEK_NONE)
		assert_int_equal(want.kind, kind);
	else
		assert_is(&want, kind, value);
}

static void a_value_is_what_stands_at_its_path(void **state)
{
	static const char text[] =
		"{\"a\":{\"b\":\"x\",\"c\":-12,\"d\":true},\"b\":[1,{\"a\":2}]}\n";

	(void)state;
	assert_value(text, "a/b", JSONPEEK_STRING, "x");
	assert_value(text, "a/c", JSONPEEK_NUMBER, "-12");
	assert_value(text, "a/d", JSONPEEK_BOOL, "true");
	assert_value(text, "a", JSONPEEK_NONE, NULL);
	assert_value(text, "b", JSONPEEK_NONE, NULL);
	assert_value(text, "b/a", JSONPEEK_NONE, NULL);
	assert_value(text, "c", JSONPEEK_NONE, NULL);
	assert_value(text, "a/b/c", JSONPEEK_NONE, NULL);
}

static void several_are_found_at_once(void **state)
{
	static const char text[] = "{\"s\":{\"p\":7,\"r\":false},\"n\":\"/web\"}";
	struct jsonpeek want[] = {
		{ .path = "n" }, { .path = "s/r" }, { .path = "s/p" }, { .path = "s" }
	};

	(void)state;
	assert_true(jsonpeek_read(text, strlen(text), want, ARRAY_SIZE(want)));
	assert_is(&want[0], JSONPEEK_STRING, "/web");
	assert_is(&want[1], JSONPEEK_BOOL, "false");
	assert_is(&want[2], JSONPEEK_NUMBER, "7");
	assert_int_equal(want[3].kind, JSONPEEK_NONE);
}

/* Nothing of the text before is left in what is asked for once more. */
static void a_value_that_is_not_there_is_empty(void **state)
{
	struct jsonpeek want = { .path = "a" };

	(void)state;
	assert_true(jsonpeek_read("{\"a\":1}", 7, &want, 1));
	assert_int_equal(want.n, 1);
	assert_true(jsonpeek_read("{\"b\":1}", 7, &want, 1));
	assert_int_equal(want.kind, JSONPEEK_NONE);
	assert_null(want.at);
	assert_int_equal(want.n, 0);
}

static void a_label_that_looks_like_a_name_is_none(void **state)
{
	(void)state;
	assert_value("{\"Config\":{\"Labels\":{\"Name\":\"/web\"}},\"Name\":\"/other\"}", "Name",
		     JSONPEEK_STRING, "/other");
	assert_value("{\"Config\":{\"Cmd\":[\"\\\",\\\"Name\\\":\\\"/web\"]},\"Name\":\"/other\"}",
		     "Name", JSONPEEK_STRING, "/other");
}

static void what_could_be_read_in_two_ways_is_left_to_the_parser(void **state)
{
	static const char *const texts[] = {
		"{\"n\":\"a\",\"n\":\"b\"}",
		"{\"n\":\"a\\u0062\"}",
		"{\"\\u006e\":\"a\"}",
		"{\"x\":1,\"x\\u0000\":\"a\"}",
	};
	struct jsonpeek want;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(peek(texts[i], "n", &want));
}

static void what_is_no_document_is_left_to_the_parser(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"{\"n\"}",
		"{\"n\":}",
		"{\"n\":\"a\"",
		"{\"n\":\"a\"}}",
		"{n:1}",
		"{\"n\":1,}",
		"[1,]",
		"{\"n\":01}",
		"{\"n\":1.}",
		"{\"n\":-}",
		"tru",
		"nul",
		"\"\\x\"",
		"\"\\u12g4\"",
		"\"a\nb\"",
		"{\"n\":1e}",
		"1 2",
		"1",
		"{} {}",
		"{\"n\":\"",
		"{\"n\":\"\\",
		"{\"n\":\"\\u",
		"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]",
	};
	struct jsonpeek want;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (peek(texts[i], "n", &want))
			fail_msg("\"%s\" is none", texts[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_what_stands_at_its_path),
		cmocka_unit_test(several_are_found_at_once),
		cmocka_unit_test(a_value_that_is_not_there_is_empty),
		cmocka_unit_test(a_label_that_looks_like_a_name_is_none),
		cmocka_unit_test(what_could_be_read_in_two_ways_is_left_to_the_parser),
		cmocka_unit_test(what_is_no_document_is_left_to_the_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
