/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/sched.h>
#include <string.h>

#include "sys/nstype.h"

static void every_row_is_filled_and_its_own(void **state)
{
	(void)state;
	for (enum ns_type a = 0; a < NS_COUNT; a++) {
		assert_non_null(ns_table[a].name);
		assert_memory_equal(ns_table[a].link, "ns/", strlen("ns/"));
		assert_string_equal(ns_table[a].link + strlen("ns/"), ns_table[a].name);
		assert_non_null(ns_table[a].current);
		assert_memory_equal(ns_table[a].clone_name, "CLONE_NEW", strlen("CLONE_NEW"));
		for (enum ns_type b = 0; b < a; b++) {
			assert_string_not_equal(ns_table[a].name, ns_table[b].name);
			assert_int_not_equal(ns_table[a].clone_flag, ns_table[b].clone_flag);
			assert_int_not_equal(ns_table[a].letter, ns_table[b].letter);
		}
	}
}

static void rows_stand_where_the_enum_says(void **state)
{
	(void)state;
	assert_string_equal(ns_table[NS_MNT].name, "mnt");
	assert_string_equal(ns_table[NS_MNT].clone_name, "CLONE_NEWNS");
	assert_int_equal(ns_table[NS_MNT].clone_flag, CLONE_NEWNS);
	assert_int_equal(ns_table[NS_TIME].clone_flag, CLONE_NEWTIME);
	assert_int_equal(ns_table[NS_CGROUP].letter, 'C');
	assert_string_equal(ns_table[NS_PID].current, "pid_for_children");
}

static void flags_and_types_are_inverse(void **state)
{
	(void)state;
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		assert_int_equal(ns_clone_flags(NS_BIT(t)), ns_table[t].clone_flag);
		assert_int_equal(ns_from_clone_flag(ns_table[t].clone_flag), t);
	}
	assert_int_equal(ns_clone_flags(0), 0);
	assert_int_equal(ns_clone_flags(NS_BIT(NS_NET) | NS_BIT(NS_PID)),
			 CLONE_NEWNET | CLONE_NEWPID);
	assert_int_equal(ns_from_clone_flag(0), NS_COUNT);
	assert_int_equal(ns_from_clone_flag(CLONE_NEWNET | CLONE_NEWPID), NS_COUNT);
}

static void names_fit_the_buffer_and_follow_the_order(void **state)
{
	char buf[NS_NAMES_MAX];

	(void)state;
	assert_string_equal(ns_names(0, buf), "");
	assert_string_equal(ns_names(NS_BIT(NS_PID) | NS_BIT(NS_NET), buf), "pid net");
	assert_string_equal(ns_names(NS_ALL, buf), "user mnt pid net ipc uts cgroup time");
	assert_int_equal(strlen(buf) + 1, sizeof(buf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_filled_and_its_own),
		cmocka_unit_test(rows_stand_where_the_enum_says),
		cmocka_unit_test(flags_and_types_are_inverse),
		cmocka_unit_test(names_fit_the_buffer_and_follow_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
