/* SPDX-License-Identifier: MIT */
/* What help, version and the completions' plumbing print, and that the table is in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/complete.h"
#include "cli/option_set.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "cli/verb_options.h"
#include "util/fd.h"

enum {
	OUTPUT_MAX = 16384
};

struct captured {
	char text[OUTPUT_MAX];
	int r;
	struct error err;
};

typedef int printer(const void *arg, struct error *err);

/* Runs @print with standard output in @file, and reads back what was written. */
static void capture_in(int file, printer *print, const void *arg, struct captured *ret)
{
	_cleanup_fd_ int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	ssize_t n;

	memset(ret, 0, sizeof(*ret));
	assert_true(saved >= 0);
	(void)fflush(stdout);
	assert_int_equal(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
	ret->r = print(arg, &ret->err);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	n = pread(file, ret->text, sizeof(ret->text) - 1, 0);
	assert_true(n < (ssize_t)sizeof(ret->text) - 1); /* -1: not a file to read from */
}

static void capture(printer *print, const void *arg, struct captured *ret)
{
	char name[] = "/tmp/nsjoin-usage-XXXXXX";
	_cleanup_fd_ int file = mkostemp(name, O_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(unlink(name), 0);
	capture_in(file, print, arg, ret);
}

static int print_help(const void *topic, struct error *err)
{
	return usage_help(topic, err);
}

static int print_version(const void *json, struct error *err)
{
	return usage_version(json != NULL, err);
}

static int print_verb(const void *command, struct error *err)
{
	return usage_verb(command, err);
}

static int print_completion(const void *words, struct error *err)
{
	return complete_run((char *const *)words, err);
}

static void help_has_every_option_in_80_columns(void **state)
{
	struct captured c;
	char form[OPTION_SPELLED_MAX + 4];

	(void)state;
	capture(print_help, NULL, &c);
	assert_int_equal(c.r, 0);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		if (row->letter)
			(void)snprintf(form, sizeof(form), "  -%c, --%s", row->letter, row->name);
		else
			(void)snprintf(form, sizeof(form), "      --%s", row->name);
		assert_non_null(strstr(c.text, form));
		assert_non_null(strstr(c.text, row->help));
	}
	for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n")) {
		if (strlen(line) > 80)
			fail_msg("longer than 80 columns: %s", line);
		assert_null(strchr(line, '\t'));
	}
}

static void help_about_one_thing(void **state)
{
	static const char *const topics[] = { "n", "-n", "net", "--net" };
	struct captured c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		capture(print_help, topics[i], &c);
		assert_int_equal(c.r, 0);
		assert_string_equal(c.text, "  -n, --net[=FILE]          network\n");
	}
	capture(print_help, "targets", &c);
	assert_non_null(strstr(c.text, "docker://ID"));
	capture(print_help, "frob", &c);
	assert_int_equal(c.r, -EINVAL);
	assert_int_equal(c.err.id, ERROR_USAGE);
	assert_string_equal(c.text, "");
	error_done(&c.err);
}

static void help_about_a_verb(void **state)
{
	static const char *const topics[] = { "ps", "inspect" };
	struct captured c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		capture(print_help, topics[i], &c);
		assert_int_equal(c.r, 0);
		for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++) {
			bool has = verb_table[id].verbs & VERB_BIT(verb_of(topics[i]));

			assert_int_equal(strstr(c.text, verb_table[id].row.help) != NULL, has);
			if (has)
				assert_non_null(strstr(c.text, verb_table[id].row.name));
		}
		for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(strlen(line) <= 80);
	}
}

static void version_as_text_and_json(void **state)
{
	struct captured c;

	(void)state;
	capture(print_version, NULL, &c);
	assert_int_equal(c.r, 0);
	assert_ptr_equal(strstr(c.text, "nsjoin "), c.text);
	assert_non_null(strstr(c.text, "\nfeatures: "));
	capture(print_version, "json", &c);
	assert_int_equal(c.r, 0);
	assert_ptr_equal(strstr(c.text, "{\"schema\":1,\"name\":\"nsjoin\",\"version\":\""),
			 c.text);
	assert_non_null(strstr(c.text, "\"features\":[\"pid\","));
}

static void words_after_a_verb_are_checked(void **state)
{
	char json[] = "--json", other[] = "--yaml";
	char *one[] = { json, NULL }, *wrong[] = { other, NULL }, *two[] = { json, json, NULL };
	struct command command = { .verb = VERB_VERSION, .words = one };
	struct captured c;

	(void)state;
	capture(print_verb, &command, &c);
	assert_int_equal(c.text[0], '{');
	command.words = wrong;
	capture(print_verb, &command, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	assert_non_null(strstr(c.err.text, "\"--yaml\""));
	error_done(&c.err);
	command.words = two;
	capture(print_verb, &command, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	error_done(&c.err);
	command = (struct command){ .verb = VERB_HELP, .words = two };
	capture(print_verb, &command, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	error_done(&c.err);
}

static void a_full_disk_is_an_error(void **state)
{
	_cleanup_fd_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct captured c;

	(void)state;
	assert_true(full >= 0);
	capture_in(full, print_help, NULL, &c);
	assert_int_equal(c.r, -ENOSPC);
	assert_int_equal(c.err.id, ERROR_SYSTEM);
	assert_string_equal(c.err.text, "write to standard output: No space left on device");
	error_done(&c.err);
}

static void the_table_for_programs(void **state)
{
	char options[] = "options", other[] = "x", ps[] = "ps";
	char *words[] = { options, NULL, NULL }, *wrong[] = { other, NULL }, *none[] = { NULL };
	struct captured c;
	size_t lines = 0;

	(void)state;
	capture(print_completion, words, &c);
	assert_int_equal(c.r, 0);
	assert_non_null(strstr(c.text, "n\tnet\tnsfile\tFILE\tyes\n"));
	assert_non_null(strstr(c.text, "-\tdry-run\tnone\t-\tno\n"));
	for (const char *s = c.text; (s = strchr(s, '\n')); s++)
		lines++;
	assert_int_equal(lines, OPTION_COUNT);
	words[1] = ps;
	capture(print_completion, words, &c);
	assert_int_equal(c.r, 0);
	assert_non_null(strstr(c.text, "o\toutput\trequired\tCOLUMNS\tno\n"));
	words[1] = other;
	capture(print_completion, words, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	error_done(&c.err);
	capture(print_completion, wrong, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	error_done(&c.err);
	capture(print_completion, none, &c);
	assert_int_equal(c.err.id, ERROR_USAGE);
	error_done(&c.err);
}

static void the_table_is_in_order(void **state)
{
	char buf[OPTION_SPELLED_MAX];

	(void)state;
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		const struct option_use use = { id, true, NULL };

		assert_non_null(row->name);
		assert_non_null(row->group);
		assert_true(strlen(row->help) <= 50);
		assert_true(strlen(row->name) + 2 < OPTION_SPELLED_MAX);
		assert_string_equal(option_spell(&use, buf) + 2, row->name);
		assert_true((row->arg == ARG_NONE) == (row->value == NULL));
		assert_true(row->complete != COMPLETE_WORDS || row->words);
		assert_int_equal(option_by_name(row->name, strlen(row->name)), id);
		if (row->letter)
			assert_int_equal(option_by_letter(row->letter), id);
	}
}

static void the_table_knows_which_options_are_nsenters(void **state)
{
	static const char nsenters[] =
		" all cgroup env follow-context help ipc join-cgroup keep-caps mount net "
		"net-socket "
		"no-fork pid preserve-credentials root setgid setuid target time user user-parent "
		"uts version wd wdns ";
	char word[OPTION_SPELLED_MAX];

	(void)state;
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		(void)snprintf(word, sizeof(word), " %s ", option_table[id].name);
		assert_int_equal(option_table[id].nsenter, strstr(nsenters, word) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_has_every_option_in_80_columns),
		cmocka_unit_test(help_about_one_thing),
		cmocka_unit_test(help_about_a_verb),
		cmocka_unit_test(version_as_text_and_json),
		cmocka_unit_test(words_after_a_verb_are_checked),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(the_table_for_programs),
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(the_table_knows_which_options_are_nsenters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
