/* SPDX-License-Identifier: MIT */
/* Columns: widths by what a terminal shows, cutting, colours, and when colours are used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "show/color.h"
#include "show/table.h"
#include "show/width.h"

static const struct table_column columns[] = {
	{ "NAME", false, false },
	{ "PID", true, false },
	{ "COMMAND", false, false },
};

/* Prints rows of three cells each, NULL at the end. */
static void print(const char *const *cells, const struct table_style *style, struct text *out)
{
	_cleanup_table_ struct table t = { .column = columns, .columns = 3 };

	for (; *cells; cells++)
		table_add(&t, *cells, COLOR_NONE);
	table_print(&t, style, out);
	assert_false(out->failed);
}

static void expect(const char *const *cells, const struct table_style *style, const char *wanted)
{
	_cleanup_text_ struct text out = { 0 };

	print(cells, style, &out);
	assert_string_equal(out.buf ? out.buf : "", wanted);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	static const char *const cells[] = { "web",   "7",  "nginx -g x", "a-long-name",
					     "14251", "sh", NULL };
	static const struct table_style style = { .headings = true };

	(void)state;
	expect(cells, &style,
	       "NAME           PID  COMMAND\n"
	       "web              7  nginx -g x\n"
	       "a-long-name  14251  sh\n");
}

static void without_headings_only_the_cells_count(void **state)
{
	static const char *const cells[] = { "w", "7", "sh", NULL };
	static const struct table_style style = { 0 };

	(void)state;
	expect(cells, &style, "w  7  sh\n");
}

static void no_blanks_end_a_line(void **state)
{
	static const char *const cells[] = { "web", "7", "", "w", "", "", NULL };
	static const struct table_style style = { 0 };

	(void)state;
	expect(cells, &style, "web  7\nw\n");
}

static void wide_and_combining_characters_are_measured(void **state)
{
	/* Two ideographs; e with an accent of its own; one letter. */
	static const char *const cells[] = {
		"\xe5\xae\xb9\xe5\x99\xa8", "1", "a", "e\xcc\x81", "1", "b", "abcd", "1", "c", NULL
	};
	static const struct table_style style = { 0 };

	(void)state;
	expect(cells, &style,
	       "\xe5\xae\xb9\xe5\x99\xa8  1  a\n"
	       "e\xcc\x81     1  b\n"
	       "abcd  1  c\n");
	assert_int_equal(width_of("\xe5\xae\xb9"), 2);
	assert_int_equal(width_of("\xf0\x9f\x90\xb3"), 2); /* a whale */
	assert_int_equal(width_of("\xc3\xa9"), 1);
	assert_int_equal(width_of("\xcd\xb8"), 1); /* U+0378, which is nothing */
	assert_int_equal(width_of("\xf0\xaa\x9b\xa0"),
			 2); /* U+2A6E0, nor is this, among ideographs */
	assert_int_equal(width_cut("\xe5\xae\xb9\xe5\x99\xa8", 3), 3);
	assert_int_equal(width_cut("abc", 0), 0);
}

static void the_last_column_gets_what_is_left_of_the_terminal(void **state)
{
	static const char *const cells[] = { "web", "7", "a command that is too long for it",
					     NULL };
	static const struct table_style style = { .width = 28 };

	(void)state;
	expect(cells, &style, "web  7  a command that is...\n");
}

static void a_very_long_name_is_cut_on_a_terminal_only(void **state)
{
	static const char name[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
	static const char *const cells[] = { name, "7", "sh", NULL };
	static const struct table_style terminal = { .width = 80 }, pipe = { 0 };
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	print(cells, &pipe, &out);
	assert_non_null(strstr(out.buf, name));
	expect(cells, &terminal, "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...  7  sh\n");
}

static void what_is_there_to_be_typed_again_is_never_cut(void **state)
{
	static const char target[] = "docker:0123456789012345678901234567890123456789012345678901";
	static const struct table_column whole[] = { { "TARGET", false, true },
						     { "X", false, false } };
	static const struct table_style style = { .width = 20 };
	_cleanup_table_ struct table t = { .column = whole, .columns = 2 };
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	table_add(&t, target, COLOR_NONE);
	table_add(&t, "x", COLOR_NONE);
	table_print(&t, &style, &out);
	assert_non_null(strstr(out.buf, target));
}

static void what_steers_a_terminal_is_escaped(void **state)
{
	static const char *const cells[] = { "a\033[31mb", "7", "two\nlines", NULL };
	static const struct table_style style = { 0 };

	(void)state;
	expect(cells, &style, "a\\x1b[31mb  7  two\\x0alines\n");
}

static void colours_change_no_width_and_no_text(void **state)
{
	static const struct table_style plain = { .headings = true },
					colored = { .headings = true, .color = true };
	_cleanup_table_ struct table t = { .column = columns, .columns = 3 };
	_cleanup_text_ struct text a = { 0 }, b = { 0 }, stripped = { 0 };

	(void)state;
	for (int i = 0; i < 6; i++)
		table_add(&t, i % 2 ? "xx" : "yyyyyy", COLOR_GREEN);
	table_print(&t, &plain, &a);
	table_print(&t, &colored, &b);
	assert_non_null(strstr(b.buf, "\033[32m"));
	for (const char *p = b.buf; *p; p++) {
		if (*p == '\033')
			p = strchr(p, 'm');
		else
			text_add(&stripped, "%c", *p);
	}
	assert_string_equal(stripped.buf, a.buf);
}

static void the_option_beats_the_environment(void **state)
{
	(void)state;
	assert_int_equal(setenv("TERM", "xterm", 1), 0);
	assert_true(color_wanted(COLOR_AUTO, true));
	assert_false(color_wanted(COLOR_AUTO, false));
	assert_int_equal(setenv("CLICOLOR_FORCE", "1", 1), 0);
	assert_true(color_wanted(COLOR_AUTO, false));
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	assert_false(color_wanted(COLOR_AUTO, true));
	assert_true(color_wanted(COLOR_ALWAYS, false));
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	assert_false(color_wanted(COLOR_NEVER, true));
	assert_int_equal(setenv("CLICOLOR_FORCE", "0", 1), 0);
	assert_false(color_wanted(COLOR_AUTO, false));
	assert_int_equal(unsetenv("CLICOLOR_FORCE"), 0);
	assert_int_equal(setenv("NO_COLOR", "", 1), 0);
	assert_true(color_wanted(COLOR_AUTO, true));
	assert_int_equal(setenv("TERM", "dumb", 1), 0);
	assert_false(color_wanted(COLOR_AUTO, true));
	assert_int_equal(unsetenv("TERM"), 0);
	assert_false(color_wanted(COLOR_AUTO, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(without_headings_only_the_cells_count),
		cmocka_unit_test(no_blanks_end_a_line),
		cmocka_unit_test(wide_and_combining_characters_are_measured),
		cmocka_unit_test(the_last_column_gets_what_is_left_of_the_terminal),
		cmocka_unit_test(a_very_long_name_is_cut_on_a_terminal_only),
		cmocka_unit_test(what_is_there_to_be_typed_again_is_never_cut),
		cmocka_unit_test(what_steers_a_terminal_is_escaped),
		cmocka_unit_test(colours_change_no_width_and_no_text),
		cmocka_unit_test(the_option_beats_the_environment),
	};

	(void)unsetenv("NO_COLOR");
	(void)unsetenv("CLICOLOR_FORCE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
