/* SPDX-License-Identifier: MIT */
/* What of the host is taken for a view, by processes that may be killed on the way. No mount is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/errand.h"
#include "run/steps.h"
#include "run/view.h"

/* Which errand, and which of those below, is killed before it has done anything; 0: none. */
static int errands, errands_below, killed, killed_below;
static int below_result; /* of making the process */

int __wrap_errand_run(int (*work)(void *ctx), void *ctx);

int __wrap_errand_run(int (*work)(void *ctx), void *ctx)
{
	return ++errands == killed ? 0 : work(ctx);
}

int __wrap_errand_run_below(int (*work)(void *ctx), void *ctx);

int __wrap_errand_run_below(int (*work)(void *ctx), void *ctx)
{
	if (below_result < 0 || ++errands_below == killed_below)
		return below_result;
	return work(ctx);
}

int __wrap_setns(int fd, int flags);

int __wrap_setns(int fd, int flags)
{
	(void)fd;
	(void)flags;
	return 0;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

/* A copy of a tree of mounts is a handle, and all else that has to do with mounts succeeds. */
long __wrap_syscall(long number, ...)
{
	va_list args;
	long a, b, c, d, e;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	d = va_arg(args, long);
	e = va_arg(args, long);
	va_end(args);
	switch (number) {
	case SYS_open_tree:
		return openat((int)a, (const char *)b, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	case SYS_unshare:
	case SYS_mount:
	case SYS_mount_setattr:
		return 0;
	default:
		return __real_syscall(number, a, b, c, d, e);
	}
}

/* Where the target has no /dev, so that devices are taken, too. @owner: who will own its view. */
static int take(bool locks, bool *ret_devices)
{
	char base[] = "/", empty[] = "/tmp/nsjoin-tree-XXXXXX";
	struct target target = TARGET_INIT;
	struct run run = { .target = &target };
	int r;

	errands = errands_below = 0;
	assert_non_null(mkdtemp(empty));
	target.name = "web";
	target.tools_base = base;
	target.tree_fd = open(empty, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*(locks ? &target.tree_user_fd : &target.lock_user_fd) =
		open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	r = step_take_tools(&run, &(struct step){ .kind = STEP_TAKE_TOOLS }, NULL);
	*ret_devices = run.view->device[0] >= 0;
	view_free(run.view);
	target.tools_base = NULL;
	target_done(&target);
	assert_int_equal(rmdir(empty), 0);
	return r;
}

static int start(void **state)
{
	(void)state;
	killed = killed_below = below_result = 0;
	return 0;
}

static void trees_and_devices_are_taken(void **state)
{
	bool devices;

	(void)state;
	for (int locks = 0; locks < 2; locks++) {
		assert_int_equal(take(locks, &devices), 0);
		assert_true(devices);
		assert_int_equal(errands, 2);
		assert_int_equal(errands_below, locks ? 2 : 0);
	}
}

static void who_is_killed_has_taken_nothing(void **state)
{
	bool devices;

	(void)state;
	for (killed = 1; killed <= 2; killed++) {
		assert_int_equal(take(false, &devices), -ECHILD);
		assert_false(devices);
	}
	killed = 0;
	for (killed_below = 1; killed_below <= 2; killed_below++) {
		assert_int_equal(take(true, &devices), -ECHILD);
		assert_false(devices);
	}
}

static void where_no_namespace_can_be_made_they_are_taken_unlocked(void **state)
{
	static const int errors[] = { EPERM, ENOSPC };
	bool devices;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		below_result = -errors[i];
		assert_int_equal(take(true, &devices), 0);
		assert_true(devices);
		assert_int_equal(errands, 4);
	}
	below_result = -ENOMEM;
	assert_int_equal(take(true, &devices), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(trees_and_devices_are_taken, start),
		cmocka_unit_test_setup(who_is_killed_has_taken_nothing, start),
		cmocka_unit_test_setup(where_no_namespace_can_be_made_they_are_taken_unlocked,
				       start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
