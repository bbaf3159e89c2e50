/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>

#include "sys/caps.h"
#include "util/fd.h"
#include "util/take.h"

#define STATUS                                                                                     \
	"Name:\tCapEff:\\tx\nGroups:\t0 \nCapInh:\t0000000000000001\nCapPrm:\t000001ffffffffff\n"  \
	"CapEff:\t00000000a80425fb\nCapBnd:\t0000003fffffffff\n"

static void names_are_those_of_the_kernel(void **state)
{
	(void)state;
	assert_string_equal(caps_name(CAP_SYS_ADMIN), "sys_admin");
	assert_string_equal(caps_name(CAP_CHOWN), "chown");
	assert_non_null(caps_name(CAP_LAST_CAP));
	assert_null(caps_name(-1));
	assert_null(caps_name(CAP_LAST_CAP + 1));
	assert_null(caps_name(1000000));
}

static void the_sets_are_read_from_status_text(void **state)
{
	struct caps_sets sets;

	(void)state;
	assert_int_equal(caps_parse(STATUS "CapAmb:\t0000000000000002\nNoNewPrivs:\t0\n", &sets),
			 0);
	assert_true(sets.inheritable == 1);
	assert_true(sets.permitted == 0x1ffffffffff);
	assert_true(sets.effective == 0xa80425fb);
	assert_true(sets.bounding == 0x3fffffffff);
	assert_true(sets.ambient == 2);
}

static void old_kernels_have_no_ambient_set(void **state)
{
	struct caps_sets sets;

	(void)state;
	assert_int_equal(caps_parse(STATUS, &sets), 0);
	assert_true(sets.ambient == 0);
}

static void text_without_sets_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"Name:\tx\n",
		"\nCapInh:\t1\nCapPrm:\t1\nCapEff:\t1\nCapBnd:\t1\n",
		STATUS "CapAmb:\t2\n",
		STATUS "CapAmb:\t00000000000000020\n",
		STATUS "CapAmb:\t-000000000000002\n",
		STATUS "CapAmb:\t0000000000000002",
	};
	struct caps_sets sets = { .effective = 7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(caps_parse(bad[i], &sets), -EBADMSG);
	assert_true(sets.effective == 7);
}

static void what_we_have_is_what_the_kernel_says(void **state)
{
	_cleanup_fd_ int proc_fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct caps_sets sets;

	(void)state;
	assert_int_equal(caps_read(proc_fd, &sets), 0);
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		assert_int_equal(caps_have(cap), sets.effective >> cap & 1);
	assert_false(caps_have(-1));
	assert_false(caps_have(CAP_LAST_CAP + 1));
}

static void all_are_as_many_as_the_kernel_counts(void **state)
{
	char text[8];
	uint64_t last;

	(void)state;
	assert_true(fd_read_file(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", text, sizeof(text)) >
		    0);
	assert_non_null(take_uint(text, 10, &last));
	assert_true(caps_all() == ((uint64_t)1 << last << 1) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_the_kernel),
		cmocka_unit_test(the_sets_are_read_from_status_text),
		cmocka_unit_test(old_kernels_have_no_ambient_set),
		cmocka_unit_test(text_without_sets_is_refused),
		cmocka_unit_test(what_we_have_is_what_the_kernel_says),
		cmocka_unit_test(all_are_as_many_as_the_kernel_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
