/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "show/cgnames.h"

#define ID "c52b4665e6b019016c8f74c27d9960b0b9fba8648b97ab16acf5601b62316927"

static void expect(const char *line, const char *wanted)
{
	struct text out = { 0 };
	char *copy = strdup(line);

	assert_non_null(copy);
	cgnames_print(copy, &out);
	assert_string_equal(out.buf, wanted);
	text_done(&out);
	free(copy);
}

static void a_container_is_told_with_its_runtime(void **state)
{
	(void)state;
	expect("0::/docker/" ID, "docker\t" ID "\t-\n");
	expect("9:name=systemd:/machine.slice/machine-my\\x2dmach.scope/payload",
	       "nspawn\tmy-mach\t-\n");
	expect("0::/../" ID, "oci\t" ID "\t-\n");
}

static void a_pod_is_told_by_its_uid(void **state)
{
	(void)state;
	expect("4:cpu:/kubepods/besteffort/podac04f3f2-1f2c-11e9-b015-1ebee232acfa/" ID,
	       "k8s\t" ID "\tac04f3f2-1f2c-11e9-b015-1ebee232acfa\n");
}

static void everything_else_is_none(void **state)
{
	(void)state;
	expect("0::/", "none\t-\t-\n");
	expect("0::/default/ctr1", "none\t-\t-\n");
	expect("", "none\t-\t-\n");
	expect("no colons", "none\t-\t-\n");
	expect("0:", "none\t-\t-\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_told_with_its_runtime),
		cmocka_unit_test(a_pod_is_told_by_its_uid),
		cmocka_unit_test(everything_else_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
