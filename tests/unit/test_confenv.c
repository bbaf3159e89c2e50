/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "find/confenv.h"
#include "sys/proc.h"
#include "util/fd.h"

static int parse(const char *text, struct strv *env)
{
	return confenv_parse(text, strlen(text), env, NULL);
}

static void the_environment_is_that_of_the_process(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(
		parse("{\"env\":[\"NO=1\"],\"process\":{\"env\":[\"A=1\",\"B=x=y\"]}}", &env), 0);
	assert_int_equal(env.n, 2);
	assert_string_equal(env.item[0], "A=1");
	assert_string_equal(env.item[1], "B=x=y");
}

static void what_is_no_assignment_is_left_out(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(parse("{\"process\":{\"env\":[\"A\",\"=b\",7,null,\"C=\"]}}", &env), 0);
	assert_int_equal(env.n, 1);
	assert_string_equal(env.item[0], "C=");
}

static void without_one_there_is_none(void **state)
{
	struct strv env = { 0 };

	(void)state;
	assert_int_equal(parse("{}", &env), -ENOENT);
	assert_int_equal(parse("{\"process\":{\"env\":\"A=1\"}}", &env), -ENOENT);
	assert_int_equal(parse("{\"process\":{\"env\":[]}}", &env), -ENOENT);
	assert_int_equal(parse("{\"process\"", &env), -ENOENT);
	assert_int_equal(parse("", &env), -ENOENT);
}

static void who_has_no_monitor_has_none(void **state)
{
	struct found self = FOUND_NONE;
	struct strv env = { 0 };

	(void)state;
	self.proc_fd = proc_open(getpid());
	assert_int_equal(confenv_read(&self, NULL, &env, NULL), -ENOENT);
	found_done(&self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_is_that_of_the_process),
		cmocka_unit_test(what_is_no_assignment_is_left_out),
		cmocka_unit_test(without_one_there_is_none),
		cmocka_unit_test(who_has_no_monitor_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
