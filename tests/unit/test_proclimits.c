/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/plan_limits.h"
#include "sys/proclimits.h"
#include "util/fd.h"
#include "util/macro.h"

static const char text[] =
	"Limit                     Soft Limit           Hard Limit           Units     \n"
	"Max cpu time              unlimited            unlimited            seconds   \n"
	"Max core file size        0                    unlimited            bytes     \n"
	"Max open files            1024                 524288               files     \n"
	"Max of another kernel     1                    2                    bytes     \n"
	"Max nice priority         0                    0                    \n";

static void each_line_is_a_limit(void **state)
{
	struct proclimits limits;

	(void)state;
	assert_int_equal(proclimits_parse(text, &limits), 0);
	assert_true(limits.item[RLIMIT_CPU].known);
	assert_true(limits.item[RLIMIT_CPU].soft == PROCLIMIT_INFINITY);
	assert_true(limits.item[RLIMIT_CPU].hard == PROCLIMIT_INFINITY);
	assert_true(limits.item[RLIMIT_CORE].soft == 0);
	assert_true(limits.item[RLIMIT_CORE].hard == PROCLIMIT_INFINITY);
	assert_true(limits.item[RLIMIT_NOFILE].soft == 1024);
	assert_true(limits.item[RLIMIT_NOFILE].hard == 524288);
	assert_true(limits.item[RLIMIT_NICE].known);
	assert_false(limits.item[RLIMIT_NPROC].known);
}

static void what_tells_no_limit_is_an_error(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		"Max open files",
		"Max open files 1024",
		"Max open files 1024x 2\n",
		"Max open files -1 2\n",
		"Max open files x y\n",
		"max open files 1 2\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct proclimits limits = { .item[0] = { true, 42, 42 } };

		assert_int_equal(proclimits_parse(bad[i], &limits), -EBADMSG);
		assert_int_equal(limits.item[0].soft, 42);
	}
}

static void every_resource_has_a_name_and_a_line_of_ours(void **state)
{
	_cleanup_fd_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proclimits limits;

	(void)state;
	assert_int_equal(proclimits_read(self, &limits), 0);
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit own;

		assert_non_null(rlimit_name((int)i));
		assert_int_equal(getrlimit((__rlimit_resource_t)i, &own), 0);
		assert_true(limits.item[i].known);
		assert_true(limits.item[i].soft == own.rlim_cur);
		assert_true(limits.item[i].hard == own.rlim_max);
	}
	assert_int_equal(RLIMIT_KINDS, RLIM_NLIMITS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_limit),
		cmocka_unit_test(what_tells_no_limit_is_an_error),
		cmocka_unit_test(every_resource_has_a_name_and_a_line_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
