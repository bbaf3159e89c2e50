/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "core/plan_streams.h"

#define TERMINAL(same)                                                                             \
	{                                                                                          \
		STREAM_TERMINAL, true, true, same, same                                            \
	}
#define ONE(kind, self)                                                                            \
	{                                                                                          \
		kind, true, true, self, self                                                       \
	}

static void expect_ways(const struct stream_fact stream[STREAMS], enum pty_mode pty, bool relay,
			enum stream_way in, enum stream_way out, enum stream_way error)
{
	const enum stream_way wanted[STREAMS] = { in, out, error };
	struct stream_plan plan[STREAMS];

	assert_int_equal(plan_streams(stream, pty, relay, plan, NULL), 0);
	for (int i = 0; i < STREAMS; i++)
		assert_int_equal(plan[i].way, wanted[i]);
}

static void terminals_become_the_pty_and_all_else_pipes(void **state)
{
	const struct stream_fact all[STREAMS] = { TERMINAL(0), TERMINAL(0), TERMINAL(0) };
	const struct stream_fact mixed[STREAMS] = { ONE(STREAM_PIPE, 0), TERMINAL(1),
						    ONE(STREAM_SEEKABLE, 2) };

	(void)state;
	expect_ways(all, PTY_AUTO, true, WAY_PTY, WAY_PTY, WAY_PTY);
	expect_ways(mixed, PTY_AUTO, true, WAY_PIPE, WAY_PTY, WAY_PIPE);
}

static void another_terminal_is_reached_by_a_pipe(void **state)
{
	const struct stream_fact two[STREAMS] = { TERMINAL(0), TERMINAL(0), TERMINAL(2) };

	(void)state;
	expect_ways(two, PTY_AUTO, true, WAY_PTY, WAY_PTY, WAY_PIPE);
	expect_ways(two, PTY_AUTO, false, WAY_PTY, WAY_PTY, WAY_PIPE);
}

static void a_terminal_is_passed_only_where_both_are_asked_for(void **state)
{
	const struct stream_fact all[STREAMS] = { TERMINAL(0), TERMINAL(0), TERMINAL(0) };

	(void)state;
	expect_ways(all, PTY_AUTO, false, WAY_PTY, WAY_PTY, WAY_PTY);
	expect_ways(all, PTY_NEVER, true, WAY_PIPE, WAY_PIPE, WAY_PIPE);
	expect_ways(all, PTY_NEVER, false, WAY_PASS, WAY_PASS, WAY_PASS);
}

static void always_is_for_all_three(void **state)
{
	const struct stream_fact none[STREAMS] = { ONE(STREAM_NULL, 0), ONE(STREAM_PIPE, 1),
						   ONE(STREAM_SEEKABLE, 2) };

	(void)state;
	expect_ways(none, PTY_ALWAYS, true, WAY_PTY, WAY_PTY, WAY_PTY);
}

static void one_open_file_has_one_pipe(void **state)
{
	const struct stream_fact shared[STREAMS] = { ONE(STREAM_NULL, 0), ONE(STREAM_SEEKABLE, 1),
						     ONE(STREAM_SEEKABLE, 1) };
	const struct stream_fact apart[STREAMS] = { ONE(STREAM_NULL, 0), ONE(STREAM_SEEKABLE, 1),
						    ONE(STREAM_SEEKABLE, 2) };
	struct stream_plan plan[STREAMS];

	(void)state;
	assert_int_equal(plan_streams(shared, PTY_AUTO, true, plan, NULL), 0);
	assert_int_equal(plan[1].with, 1);
	assert_int_equal(plan[2].with, 1);
	assert_int_equal(plan_streams(apart, PTY_AUTO, true, plan, NULL), 0);
	assert_int_equal(plan[2].with, 2);
}

/* A socket that is all three, as inetd has it: reading and writing are two pipes all the same. */
static void input_and_output_never_share(void **state)
{
	const struct stream_fact socket[STREAMS] = { ONE(STREAM_SOCKET, 0), ONE(STREAM_SOCKET, 0),
						     ONE(STREAM_SOCKET, 0) };
	struct stream_plan plan[STREAMS];

	(void)state;
	assert_int_equal(plan_streams(socket, PTY_AUTO, true, plan, NULL), 0);
	assert_int_equal(plan[0].with, 0);
	assert_int_equal(plan[1].with, 1);
	assert_int_equal(plan[2].with, 1);
}

static void a_directory_to_read_from_is_refused(void **state)
{
	const struct stream_fact dir[STREAMS] = { ONE(STREAM_DIRECTORY, 0), ONE(STREAM_PIPE, 1),
						  ONE(STREAM_PIPE, 2) };
	struct stream_plan plan[STREAMS];
	struct error err = { 0 };

	(void)state;
	assert_int_equal(plan_streams(dir, PTY_AUTO, true, plan, &err), -EISDIR);
	assert_string_equal(err.text, "standard input: Is a directory");
	error_done(&err);
	expect_ways(dir, PTY_AUTO, false, WAY_PASS, WAY_PASS, WAY_PASS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminals_become_the_pty_and_all_else_pipes),
		cmocka_unit_test(another_terminal_is_reached_by_a_pipe),
		cmocka_unit_test(a_terminal_is_passed_only_where_both_are_asked_for),
		cmocka_unit_test(always_is_for_all_three),
		cmocka_unit_test(one_open_file_has_one_pipe),
		cmocka_unit_test(input_and_output_never_share),
		cmocka_unit_test(a_directory_to_read_from_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
