/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/shell.h"
#include "run/exec.h"

static char buf[PATH_MAX];

static void what_is_no_shell_is_not_taken_for_one(void **state)
{
	(void)state;
	assert_true(shell_usable_name("/bin/sh"));
	assert_true(shell_usable_name("/usr/bin/nologinsh"));
	assert_false(shell_usable_name("/usr/sbin/nologin"));
	assert_false(shell_usable_name("/sbin/nologin"));
	assert_false(shell_usable_name("/bin/false"));
	assert_false(shell_usable_name("/bin/true"));
	assert_false(shell_usable_name("sh"));
	assert_false(shell_usable_name("../bin/sh"));
	assert_false(shell_usable_name(""));
}

static void busybox_is_known_by_its_own_name_only(void **state)
{
	(void)state;
	assert_true(shell_is_busybox("/bin/busybox"));
	assert_true(shell_is_busybox("busybox"));
	assert_false(shell_is_busybox("/bin/sh"));
	assert_false(shell_is_busybox("/busybox/sh"));
	assert_false(shell_is_busybox("/bin/busybox.static"));
}

static void every_candidate_could_be_a_shell(void **state)
{
	(void)state;
	assert_non_null(shell_candidates[0]);
	for (const char *const *c = shell_candidates; *c; c++)
		assert_true(shell_usable_name(*c));
}

static void each_directory_of_a_path_comes_once(void **state)
{
	const char *path = "/usr/bin:/bin";

	(void)state;
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "/usr/bin/ls");
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "/bin/ls");
	assert_null(path);
	assert_false(path_next(&path, "ls", buf));
}

static void an_empty_directory_is_the_working_directory(void **state)
{
	const char *path = ":/bin:";

	(void)state;
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "./ls");
	assert_true(path_next(&path, "ls", buf));
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "./ls");
	assert_false(path_next(&path, "ls", buf));
}

static void an_empty_path_is_the_working_directory(void **state)
{
	const char *path = "";

	(void)state;
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "./ls");
	assert_false(path_next(&path, "ls", buf));
}

static void a_directory_that_is_too_long_is_passed_over(void **state)
{
	static char text[PATH_MAX + sizeof(":/bin")];
	const char *path = text;

	(void)state;
	memset(text, 'x', PATH_MAX);
	strcpy(text + PATH_MAX, ":/bin");
	assert_true(path_next(&path, "ls", buf));
	assert_string_equal(buf, "/bin/ls");
}

static void the_longest_path_that_fits_is_taken_whole(void **state)
{
	static char text[PATH_MAX];
	const char *path = text;

	(void)state;
	/* With "/ls" and the final NUL it is PATH_MAX bytes. */
	memset(text, 'x', PATH_MAX - 4);
	assert_true(path_next(&path, "ls", buf));
	assert_int_equal(strlen(buf), PATH_MAX - 1);
	path = text;
	assert_false(path_next(&path, "lsx", buf));
}

/* Whatever has failed before. */
static void a_directory_of_that_name_is_no_program_and_is_not_absent(void **state)
{
	char file[PATH_MAX];

	(void)state;
	errno = ENOENT;
	assert_int_equal(exec_search("self", "/nowhere:/proc", file), EACCES);
	errno = EACCES;
	assert_int_equal(exec_search("self", "/nowhere:/proc/version", file), ENOENT);
}

/* Cut off where there is no more room, it would name another file. */
static void a_file_whose_name_is_too_long_is_not_found(void **state)
{
	static char text[PATH_MAX + 1];
	const struct step step = { .exec.file = text };

	(void)state;
	memset(text, '/', PATH_MAX);
	assert_int_equal(exec_find(&step, NULL, buf), ENAMETOOLONG);
	text[PATH_MAX - 1] = '\0';
	assert_int_equal(exec_find(&step, NULL, buf), 0);
	assert_string_equal(buf, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_shell_is_not_taken_for_one),
		cmocka_unit_test(busybox_is_known_by_its_own_name_only),
		cmocka_unit_test(every_candidate_could_be_a_shell),
		cmocka_unit_test(each_directory_of_a_path_comes_once),
		cmocka_unit_test(an_empty_directory_is_the_working_directory),
		cmocka_unit_test(an_empty_path_is_the_working_directory),
		cmocka_unit_test(a_directory_that_is_too_long_is_passed_over),
		cmocka_unit_test(the_longest_path_that_fits_is_taken_whole),
		cmocka_unit_test(a_directory_of_that_name_is_no_program_and_is_not_absent),
		cmocka_unit_test(a_file_whose_name_is_too_long_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
