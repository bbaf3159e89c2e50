/* SPDX-License-Identifier: MIT */
/* Standard error is a socket that keeps messages apart: each one received is one write(2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/error.h"
#include "util/escape.h"
#include "util/log.h"

struct capture {
	int saved, ours;
	char text[4096];
};

static struct capture capture_start(void)
{
	struct capture c = { .saved = dup(STDERR_FILENO) };
	int pair[2];

	assert_true(c.saved >= 0);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(close(pair[1]), 0);
	c.ours = pair[0];
	return c;
}

/* The writes since the start, each one followed by "|". */
static const char *capture_end(struct capture *c)
{
	size_t used = 0;

	assert_int_equal(dup2(c->saved, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(close(c->saved), 0);
	for (;;) {
		ssize_t n = recv(c->ours, c->text + used, sizeof(c->text) - used - 2, 0);

		if (n <= 0)
			break;
		used += (size_t)n;
		c->text[used++] = '|';
	}
	c->text[used] = '\0';
	assert_int_equal(close(c->ours), 0);
	return c->text;
}

static int reset(void **state)
{
	(void)state;
	log_setup(LOG_NORMAL, LOG_TEXT, NULL);
	return 0;
}

static void an_error_is_lines_of_one_write_each(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct capture c;

	(void)state;
	(void)error_set(&err, ERROR_TARGET_AMBIGUOUS, 0, "target \"%s\": two", "a\x1b");
	err.detail = strdup("one\ntwo\n");
	error_hint(&err, "nsjoin ps");
	c = capture_start();
	log_error(&err);
	assert_string_equal(capture_end(&c), "nsjoin: target \"a\\x1b\": two\n|  one\n|  two\n|"
					     "hint: nsjoin ps\n|");
}

static void an_error_as_json_is_one_write(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct capture c;

	(void)state;
	(void)error_set(&err, ERROR_TARGET_NOT_FOUND, 3, "no \"wbe\"");
	err.target = strdup("wbe");
	err.status = STATUS_NOT_FOUND;
	error_hint(&err, "did you mean web?");
	log_setup(LOG_NORMAL, LOG_JSON, NULL);
	c = capture_start();
	log_error(&err);
	assert_string_equal(
		capture_end(&c),
		"{\"schema\":1,\"id\":\"target-not-found\","
		"\"message\":\"no \\\"wbe\\\": No such process\",\"details\":[],\"target\":\"wbe\","
		"\"hints\":[\"did you mean web?\"],\"errno\":\"ESRCH\",\"status\":127}"
		"\n|");
}

static void what_matches_is_listed_in_json_as_well(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct capture c;

	(void)state;
	(void)error_set(&err, ERROR_TARGET_AMBIGUOUS, 0, "two");
	err.detail = strdup("lxc:web  pid 71\noci:\"web\"\n");
	log_setup(LOG_NORMAL, LOG_JSON, NULL);
	c = capture_start();
	log_error(&err);
	assert_non_null(strstr(capture_end(&c), "\"message\":\"two\",\"details\":[\"lxc:web  pid "
						"71\",\"oci:\\\"web\\\"\"],\"target\":null"));
}

static void json_says_null_and_125_where_nothing_is_known(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct capture c;

	(void)state;
	(void)error_set(&err, ERROR_USAGE, 0, "x");
	log_setup(LOG_NORMAL, LOG_JSON, NULL);
	c = capture_start();
	log_error(&err);
	assert_non_null(strstr(capture_end(&c),
			       "\"target\":null,\"hints\":[],\"errno\":null,\"status\":125}"));
	log_setup(LOG_NORMAL, LOG_JSON, "web");
	c = capture_start();
	log_error(&err);
	assert_non_null(strstr(capture_end(&c), "\"target\":\"web\""));
}

static void notes_are_left_out_when_quiet_or_json(void **state)
{
	struct capture c = capture_start();

	(void)state;
	log_note("a %s", "note");
	log_setup(LOG_QUIET, LOG_TEXT, NULL);
	log_note("quiet");
	log_setup(LOG_NORMAL, LOG_JSON, NULL);
	log_note("json");
	assert_string_equal(capture_end(&c), "nsjoin: note: a note\n|");
}

static void lines_appear_from_their_level_on(void **state)
{
	struct capture c = capture_start();

	(void)state;
	log_line(LOG_VERBOSE, "hidden");
	log_setup(LOG_VERBOSE, LOG_TEXT, NULL);
	log_line(LOG_VERBOSE, "plan %d", 1);
	log_line(LOG_TRACE, "hidden");
	assert_string_equal(capture_end(&c), "plan 1\n|");
	assert_true(log_enabled(LOG_NORMAL));
	assert_false(log_enabled(LOG_TRACE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_error_is_lines_of_one_write_each, reset),
		cmocka_unit_test_setup(an_error_as_json_is_one_write, reset),
		cmocka_unit_test_setup(what_matches_is_listed_in_json_as_well, reset),
		cmocka_unit_test_setup(json_says_null_and_125_where_nothing_is_known, reset),
		cmocka_unit_test_setup(notes_are_left_out_when_quiet_or_json, reset),
		cmocka_unit_test_setup(lines_appear_from_their_level_on, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
