/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "util/error.h"

static void the_reason_follows_what_failed(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(error_set(&err, ERROR_PERMISSION, EPERM, "join %s namespace", "net"),
			 -EPERM);
	assert_int_equal(err.id, ERROR_PERMISSION);
	assert_int_equal(err.errnum, EPERM);
	assert_string_equal(err.text, "join net namespace: Operation not permitted");
}

static void without_an_errno_it_is_einval_and_no_reason(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(error_set(&err, ERROR_USAGE, 0, "no target"), -EINVAL);
	assert_int_equal(err.errnum, 0);
	assert_string_equal(err.text, "no target");
}

static void a_second_error_replaces_the_first(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	(void)error_set(&err, ERROR_USAGE, 0, "first");
	error_hint(&err, "hint of the first");
	err.target = strdup("web");
	err.status = STATUS_NOT_FOUND;
	(void)error_set(&err, ERROR_NO_SHELL, 0, "second");
	assert_string_equal(err.text, "second");
	assert_null(err.hint[0]);
	assert_null(err.target);
	assert_int_equal(err.status, 0);
}

static void the_old_text_can_be_part_of_the_new_one(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	(void)error_set(&err, ERROR_SYSTEM, ENOENT, "open");
	(void)error_set(&err, ERROR_SYSTEM, 0, "probe: %s", err.text);
	assert_string_equal(err.text, "probe: open: No such file or directory");
}

static void the_third_hint_is_dropped(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	error_hint(&err, "%d", 1);
	error_hint(&err, "%d", 2);
	error_hint(&err, "%d", 3);
	assert_string_equal(err.hint[0], "1");
	assert_string_equal(err.hint[1], "2");
}

static void no_place_for_the_error_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_SYSTEM, ENOENT, "x"), -ENOENT);
	error_hint(NULL, "x");
}

static void done_keeps_errno_and_can_be_repeated(void **state)
{
	struct error err = { 0 };

	(void)state;
	(void)error_set(&err, ERROR_SYSTEM, ENOENT, "x");
	errno = EXDEV;
	error_done(&err);
	error_done(&err);
	assert_int_equal(errno, EXDEV);
	assert_null(err.text);
	assert_int_equal(err.id, ERROR_NONE);
}

static void every_id_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum error_id a = 0; a < ERROR_COUNT; a++) {
		assert_non_null(error_id_name(a));
		for (enum error_id b = 0; b < a; b++)
			assert_string_not_equal(error_id_name(a), error_id_name(b));
	}
	assert_string_equal(error_id_name(ERROR_TARGET_NOT_FOUND), "target-not-found");
	assert_string_equal(error_id_name(ERROR_KERNEL_TOO_OLD), "kernel-too-old");
}

static void descriptions_exist_for_numbers_that_do_not(void **state)
{
	(void)state;
	assert_string_equal(error_describe(ENOENT), "No such file or directory");
	assert_non_null(error_describe(-1));
	assert_non_null(error_describe(123456));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reason_follows_what_failed),
		cmocka_unit_test(without_an_errno_it_is_einval_and_no_reason),
		cmocka_unit_test(a_second_error_replaces_the_first),
		cmocka_unit_test(the_old_text_can_be_part_of_the_new_one),
		cmocka_unit_test(the_third_hint_is_dropped),
		cmocka_unit_test(no_place_for_the_error_is_allowed),
		cmocka_unit_test(done_keeps_errno_and_can_be_repeated),
		cmocka_unit_test(every_id_has_a_name_of_its_own),
		cmocka_unit_test(descriptions_exist_for_numbers_that_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
