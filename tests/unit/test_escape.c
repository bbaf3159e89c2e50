/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/escape.h"
#include "util/macro.h"

static void check_escape(const char *text, const char *expected)
{
	_cleanup_free_ char *escaped = escape_text(text);

	assert_non_null(escaped);
	assert_string_equal(escaped, expected);
}

static void escapes_cannot_reach_a_terminal(void **state)
{
	(void)state;
	check_escape("", "");
	check_escape("plain text ~", "plain text ~");
	check_escape("\x1b]0;title\x07", "\\x1b]0;title\\x07");
	check_escape("a\nb\rc\td\x7f", "a\\x0ab\\x0dc\\x09d\\x7f");
	check_escape("\x9b"
		     "31m",
		     "\\x9b31m");
	check_escape("\xc2\x9b"
		     "31m",
		     "\\xc2\\x9b31m");
	check_escape("a\\x1b", "a\\\\x1b");
	/* What turns the direction of a line around, or ends it. */
	check_escape("a\xe2\x80\xae"
		     "b",
		     "a\\xe2\\x80\\xae"
		     "b");
	check_escape("\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8f",
		     "\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\xe2\\x80\\x8f");
}

static void characters_stay_and_broken_ones_are_escaped(void **state)
{
	(void)state;
	check_escape("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
	check_escape("\xc3", "\\xc3");
	check_escape("\xc3(", "\\xc3(");
	check_escape("\xed\xa0\x80", "\\xed\\xa0\\x80");
}

static void what_was_escaped_stays_as_it_is(void **state)
{
	_cleanup_free_ char *escaped = escape_text("a\\\x1b[2J \xc3\xbc");
	_cleanup_free_ char *twice = escape_again(escaped);
	_cleanup_free_ char *lines = escape_again("one\\x0a\ntwo\x1b\n");

	(void)state;
	assert_string_equal(twice, escaped);
	assert_string_equal(lines, "one\\x0a\ntwo\\x1b\n");
}

static void one_word_to_any_shell(void **state)
{
	static const char *const others[] = { "",    "a b", "a\tb", "a'b", "a\"b",	"$a",
					      "`a`", "a;b", "a&b",  "a|b", "a*",	"a?",
					      "[a]", "~a",  "a=b",  "a#b", "a\\b",	"{a}",
					      "(a)", "a!",  "a<b",  "a>b", "gr\xc3\xbc" };

	(void)state;
	assert_true(escape_is_word("web-1.app_2"));
	assert_true(escape_is_word("@ana/shop/web:8080+x"));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(escape_is_word(others[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_cannot_reach_a_terminal),
		cmocka_unit_test(characters_stay_and_broken_ones_are_escaped),
		cmocka_unit_test(what_was_escaped_stays_as_it_is),
		cmocka_unit_test(one_word_to_any_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
