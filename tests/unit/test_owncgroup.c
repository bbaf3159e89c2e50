/* SPDX-License-Identifier: MIT */
/* A cgroup of the program's own, and those that were left behind; directories stand for cgroups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/target.h"
#include "hosttree.h"
#include "run/steps.h"

/* Greater than any that a process can have. */
#define NOBODY "4194305"

static bool made_is_filled; /* what is made has the file that a cgroup has from the start */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

/* A cgroup is removed with the files that are in it. */
long __wrap_syscall(long number, ...)
{
	va_list args;
	long a, b, c, r;
	char procs[PATH_MAX];

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	va_end(args);
	(void)snprintf(procs, sizeof(procs), "%s/%s/cgroup.procs", tree_root, (const char *)b);
	if (number == SYS_unlinkat)
		(void)unlink(procs);
	r = __real_syscall(number, a, b, c);
	if (number == SYS_mkdirat && made_is_filled)
		assert_int_equal(close(creat(procs, 0644)), 0);
	return r;
}

static bool stands(const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", tree_root, name);
	return access(path, F_OK) == 0;
}

static void put(const char *name)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", tree_root, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static int own_cgroup(struct target *t, const char *name, struct error *err)
{
	struct run run = { .target = t };

	*t = (struct target)TARGET_INIT;
	t->facts.cgroup_v2 = 0;
	t->facts.cgroup_path[0] = "/the/cgroup.procs";
	(void)snprintf(t->own_cgroup, sizeof(t->own_cgroup), "%s", name);
	t->own_above_fd = open(tree_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return step_own_cgroup(&run, &(struct step){ .kind = STEP_OWN_CGROUP }, err);
}

static void one_is_made_and_removed(void **state)
{
	struct target t;

	(void)state;
	made_is_filled = true;
	assert_int_equal(own_cgroup(&t, OWN_CGROUP "7-1", NULL), 0);
	assert_true(stands(OWN_CGROUP "7-1/cgroup.procs"));
	assert_true(t.cgroup_dir_fd >= 0 && t.cgroup_fd[0] >= 0);
	own_cgroup_remove(&t);
	assert_false(stands(OWN_CGROUP "7-1"));
	target_done(&t);
}

static void one_that_cannot_be_used_does_not_stay(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct target t;

	(void)state;
	made_is_filled = false;
	assert_int_equal(own_cgroup(&t, OWN_CGROUP "7-1", &err), -ENOENT);
	assert_int_equal(err.id, ERROR_CGROUP_JOIN);
	assert_false(stands(OWN_CGROUP "7-1"));
	target_done(&t);
}

static void somebodys_of_our_name_is_not_taken(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct target t;

	(void)state;
	put(OWN_CGROUP "7-1");
	assert_int_equal(own_cgroup(&t, OWN_CGROUP "7-1", &err), -EEXIST);
	own_cgroup_remove(&t);
	assert_true(stands(OWN_CGROUP "7-1"));
	target_done(&t);
}

static void who_is_no_more_has_left_his_behind(void **state)
{
	static const char *const goes[] = { OWN_CGROUP "7-" NOBODY, OWN_CGROUP "7-" NOBODY "-2" };
	static const char *const stay[] = {
		OWN_CGROUP "77-" NOBODY,   OWN_CGROUP "8-" NOBODY,
		OWN_CGROUP NOBODY,	   "other-7-" NOBODY,
		OWN_CGROUP "7-",	   OWN_CGROUP "7-x",
		OWN_CGROUP "7-0",	   OWN_CGROUP "7--" NOBODY,
		OWN_CGROUP "7-4299161601", /* NOBODY and 1 << 32 */
	};
	char alive[NAME_MAX], ours[2][NAME_MAX], own[NAME_MAX];
	struct target t;

	(void)state;
	(void)snprintf(alive, sizeof(alive), OWN_CGROUP "7-%d", getppid());
	(void)snprintf(ours[0], sizeof(ours[0]), OWN_CGROUP "7-%d", getpid());
	(void)snprintf(ours[1], sizeof(ours[1]), OWN_CGROUP "7-%d-2", getpid());
	(void)snprintf(own, sizeof(own), OWN_CGROUP "7-%d-3", getpid());
	for (size_t i = 0; i < ARRAY_SIZE(goes); i++)
		put(goes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(stay); i++)
		put(stay[i]);
	put(alive);
	put(ours[0]);
	put(ours[1]);
	made_is_filled = true;
	assert_int_equal(own_cgroup(&t, own, NULL), 0);
	target_done(&t);
	for (size_t i = 0; i < ARRAY_SIZE(goes); i++)
		assert_false(stands(goes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(stay); i++)
		assert_true(stands(stay[i]));
	assert_true(stands(alive));
	assert_false(stands(ours[0]) || stands(ours[1]));
	assert_true(stands(own));
}

static void what_is_in_use_stays(void **state)
{
	struct target t;

	(void)state;
	put(OWN_CGROUP "7-" NOBODY);
	put(OWN_CGROUP "7-" NOBODY "/below");
	made_is_filled = true;
	assert_int_equal(own_cgroup(&t, OWN_CGROUP "7-1", NULL), 0);
	assert_true(stands(OWN_CGROUP "7-" NOBODY "/below"));
	put(OWN_CGROUP "7-1/below");
	own_cgroup_remove(&t);
	assert_true(stands(OWN_CGROUP "7-1/below"));
	target_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_is_made_and_removed, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(one_that_cannot_be_used_does_not_stay, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(somebodys_of_our_name_is_not_taken, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(who_is_no_more_has_left_his_behind, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(what_is_in_use_stays, tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
