/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "hosttree.h"
#include "run/mountinfo.h"

enum {
	MANY = 4
};

struct seen {
	char *path[MANY];
	size_t n, ends_at; /* the number of the one that fails; 0: none */
};

static int see(const char *path, void *ctx)
{
	struct seen *seen = ctx;

	assert_true(seen->n < MANY);
	seen->path[seen->n] = strdup(path);
	assert_non_null(seen->path[seen->n]);
	return ++seen->n == seen->ends_at ? -EPERM : 0;
}

static int each(const char *text, struct seen *seen)
{
	_cleanup_fd_ int proc_fd = open(tree_root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (text)
		tree_put("self/mountinfo", text);
	return mountinfo_each(proc_fd, see, seen);
}

static void forget(struct seen *seen)
{
	for (size_t i = 0; i < seen->n; i++)
		free(seen->path[i]);
}

static void places_are_as_they_are(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(each("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
			      "23 22 0:5 /a\\040b /c\\040d\\011\\012\\134040 rw - tmpfs tmpfs rw\n"
			      "24 22 0:6\n"
			      "25 22 0:7 / /last rw - proc proc rw\n",
			      &seen),
			 0);
	assert_int_equal(seen.n, 3);
	assert_string_equal(seen.path[0], "/");
	assert_string_equal(seen.path[1], "/c d\t\n\\040");
	assert_string_equal(seen.path[2], "/last");
	forget(&seen);
}

static void the_first_failure_ends_it(void **state)
{
	struct seen seen = { .ends_at = 2 };

	(void)state;
	assert_int_equal(each("1 1 0:1 / /a rw - x x rw\n"
			      "2 1 0:2 / /b rw - x x rw\n"
			      "3 1 0:3 / /c rw - x x rw\n",
			      &seen),
			 -EPERM);
	assert_int_equal(seen.n, 2);
	forget(&seen);
}

static void a_list_that_is_missing_is_not_an_empty_one(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(each(NULL, &seen), -ENOENT);
	assert_int_equal(seen.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(places_are_as_they_are, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(the_first_failure_ends_it, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_list_that_is_missing_is_not_an_empty_one,
						tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
