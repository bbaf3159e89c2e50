/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/pids.h"

/* After cmocka.h and errno.h, which it uses. */
#include "hosttree.h"

static int read_text(const char *text, struct pids *pids)
{
	_cleanup_fd_ int fd = -EBADF;

	tree_put("cgroup.procs", text);
	fd = open(tree_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return pids_read(fd, "cgroup.procs", pids);
}

static void numbers_are_added_to_those_that_are_there(void **state)
{
	_cleanup_pids_ struct pids pids = { 0 };

	(void)state;
	assert_int_equal(read_text("40\n7\n", &pids), 0);
	assert_int_equal(read_text("", &pids), 0);
	assert_int_equal(read_text("9\n", &pids), 0);
	assert_int_equal(pids.n, 3);
	assert_int_equal(pids.item[0], 40);
	assert_int_equal(pids.item[2], 9);
	assert_false(pids.unseen);
}

static void who_has_no_number_here_is_told(void **state)
{
	_cleanup_pids_ struct pids pids = { 0 };

	(void)state;
	assert_int_equal(read_text("0\n12\n0\n", &pids), 0);
	assert_int_equal(pids.n, 1);
	assert_true(pids.unseen);
}

static void sorted_each_is_there_once(void **state)
{
	_cleanup_pids_ struct pids pids = { 0 };

	(void)state;
	pids_sort(&pids);
	assert_false(pids_has(&pids, 7));
	assert_int_equal(read_text("40\n7\n40\n7\n8\n", &pids), 0);
	pids_sort(&pids);
	assert_int_equal(pids.n, 3);
	assert_int_equal(pids.item[0], 7);
	assert_int_equal(pids.item[1], 8);
	assert_int_equal(pids.item[2], 40);
	assert_true(pids_has(&pids, 40));
	assert_false(pids_has(&pids, 9));
}

static void the_last_of_a_part_may_be_cut(void **state)
{
	_cleanup_pids_ struct pids pids = { .partial = true };

	(void)state;
	assert_int_equal(pids_take("40\n7\n12", &pids), 0);
	assert_int_equal(pids.n, 2);
	pids.partial = false;
	assert_int_equal(pids_take("12", &pids), 0);
	assert_int_equal(pids.item[2], 12);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	_cleanup_pids_ struct pids pids = { 0 };

	(void)state;
	assert_int_equal(pids_read(AT_FDCWD, "/nonexistent/cgroup.procs", &pids), -ENOENT);
	assert_int_equal(pids.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_are_added_to_those_that_are_there,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(who_has_no_number_here_is_told, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(sorted_each_is_there_once, tree_make, tree_remove),
		cmocka_unit_test(the_last_of_a_part_may_be_cut),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
