/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/cgname.h"
#include "find/ident.h"
#include "sys/cgroupfs.h"
#include "util/macro.h"

#include "hosttree.h"

#define A "aaaa222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define B "bbbb222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"

/* One line of the table: cgroup line, runtime, id, pod uid. "opaque": the path does not tell. */
static void check_sample(char *sample)
{
	char *rest = sample;
	char *line = strsep(&rest, "\t");
	const char *runtime = strsep(&rest, "\t");
	const char *id = strsep(&rest, "\t");
	const char *pod = strsep(&rest, "\t");
	_cleanup_free_ char *shown = strdup(line);
	struct cgroup_line parts;
	struct cgname name = { .runtime = CGNAME_NONE };

	assert_non_null(pod);
	if (strcmp(runtime, "opaque") == 0)
		runtime = "none";
	if (strcmp(runtime, "none") == 0)
		id = "";
	if (strcmp(pod, "-") == 0)
		pod = "";
	/* Its answer is in the runtime as well. */
	if (cgroup_line_next(&line, &parts) > 0)
		assert_int_equal(cgname_parse(parts.path, &name), cgname_is_container(parts.path));
	if (strcmp(cgname_runtime_name(name.runtime), runtime) != 0 || strcmp(name.id, id) != 0 ||
	    strcmp(name.pod, pod) != 0)
		fail_msg("%s: got %s \"%s\" pod \"%s\"", shown, cgname_runtime_name(name.runtime),
			 name.id, name.pod);
}

static void each_sample_gives_its_runtime_id_and_pod(void **state)
{
	FILE *in = fopen(FIXTURES "/cgroup-samples.tsv", "re");
	char line[8192];
	int n = 0;

	(void)state;
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		check_sample(line);
		n++;
	}
	(void)fclose(in);
	assert_true(n > 100);
}

static void the_innermost_container_wins_and_the_outer_one_is_told(void **state)
{
	struct cgname name;

	(void)state;
	assert_true(cgname_parse("/docker/" A "/docker/" B, &name));
	assert_string_equal(name.id, B);
	assert_string_equal(name.outer, A);
	assert_true(cgname_parse("/docker/" A "/init.scope", &name));
	assert_string_equal(name.id, A);
	assert_string_equal(name.outer, "");
}

static void a_session_of_an_ordinary_user_is_told(void **state)
{
	struct cgname name;

	(void)state;
	assert_true(cgname_parse("/user.slice/user-1007.slice/user@1007.service/docker-" A ".scope",
				 &name));
	assert_true(name.user_slice);
	assert_true(cgname_parse("/user-x.slice/docker-" A ".scope", &name));
	assert_false(name.user_slice);
}

static void odd_paths_name_nothing(void **state)
{
	static const char *const path[] = {
		"",
		"/",
		"//",
		"/..",
		"/docker",
		"/docker/",
		"/docker-.scope",
		"/docker-" A "0.scope",
		"/docker/" A "0",
		"/docker/" A ".mount",
		"/docker/" A ".service",
		"/machine-",
		"/lxc.payload.",
		"/lxc/",
		":::",
		"/a:b:c",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		struct cgname name;

		if (cgname_parse(path[i], &name))
			fail_msg("%s: got \"%s\"", path[i], name.id);
	}
}

static void a_very_long_name_does_not_overflow(void **state)
{
	char path[8192];
	struct cgname name;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	memcpy(path, "/lxc/", 5);
	assert_true(cgname_parse(path, &name));
	assert_int_equal(strlen(name.id), CGNAME_ID_MAX - 1);
	memcpy(path, "/machine-\\x2", 12);
	memcpy(path + sizeof(path) - 7, ".scope", 6);
	assert_true(cgname_parse(path, &name));
	assert_int_equal(strlen(name.id), CGNAME_ID_MAX - 1);
}

static void an_escaped_byte_does_not_make_another_name(void **state)
{
	struct cgname name;

	(void)state;
	assert_true(cgname_parse("/machine.slice/machine-web\\x00.scope", &name));
	assert_string_equal(name.id, "web\\x00");
	assert_true(cgname_parse("/machine.slice/machine-..\\x2fweb.scope", &name));
	assert_string_equal(name.id, "..\\x2fweb");
	assert_false(cgname_parse("/machine.slice/machine-\\x2e\\x2e.scope", &name));
	assert_false(cgname_parse("/machine.slice/machine-.scope", &name));
	assert_false(cgname_parse("/lxc.payload...", &name));
}

static void hierarchies_that_disagree_name_nobody(void **state)
{
	char text[] = "2:pids:/docker/" A "\n0::/docker/" B "\n";
	char same[] = "3:pids:/\n2:name=systemd:/x/" A "\n0::/docker/" A "\n";
	struct ident_line line;
	struct cgname name;

	(void)state;
	assert_true(ident_parse(text, &name, NULL) < 0);
	assert_int_equal(ident_parse(same, &name, &line), 1);
	assert_int_equal(name.runtime, CGNAME_DOCKER);
	assert_string_equal(line.controllers, "");
	assert_string_equal(line.path, "/docker/" A);
}

static void v2_tells_the_path_where_all_agree(void **state)
{
	char text[] = "2:name=systemd:/docker/" A "\n1:cpu:/docker/" A "\n0::/docker/" A "\n";
	struct ident_line line;
	struct cgname name;

	(void)state;
	assert_int_equal(ident_parse(text, &name, &line), 1);
	assert_string_equal(line.controllers, "");
}

static void no_container_in_any_hierarchy_is_no_container(void **state)
{
	char text[] = "2:pids:/\n0::/user.slice/user-0.slice/session-1.scope\n";
	char empty[] = "";
	struct cgname name;

	(void)state;
	assert_int_equal(ident_parse(text, &name, NULL), 0);
	assert_int_equal(ident_parse(empty, &name, NULL), 0);
}

static bool fits(const char *text, enum cgname_runtime runtime)
{
	const struct ident_claim claim = { .id = A, .runtime = runtime };
	_cleanup_fd_ int fd = open(tree_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	tree_put("cgroup", text);
	return ident_fits(fd, &claim);
}

static void what_is_above_a_cgroup_namespace_is_nobodys_else(void **state)
{
	(void)state;
	assert_true(fits("0::/docker/" A "\n", CGNAME_DOCKER));
	assert_false(fits("0::/" A "\n", CGNAME_DOCKER));
	/* Of "/docker/ID" for who is in another container of the same engine. */
	assert_true(fits("0::/../" A "\n", CGNAME_DOCKER));
	assert_true(fits("0::/../../docker/" A "\n", CGNAME_DOCKER));
	assert_false(fits("0::/../../libpod_parent/libpod-" A "\n", CGNAME_DOCKER));
	assert_false(fits("0::/../" B "\n", CGNAME_DOCKER));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_above_a_cgroup_namespace_is_nobodys_else,
						tree_make, tree_remove),
		cmocka_unit_test(each_sample_gives_its_runtime_id_and_pod),
		cmocka_unit_test(the_innermost_container_wins_and_the_outer_one_is_told),
		cmocka_unit_test(a_session_of_an_ordinary_user_is_told),
		cmocka_unit_test(odd_paths_name_nothing),
		cmocka_unit_test(a_very_long_name_does_not_overflow),
		cmocka_unit_test(an_escaped_byte_does_not_make_another_name),
		cmocka_unit_test(hierarchies_that_disagree_name_nobody),
		cmocka_unit_test(v2_tells_the_path_where_all_agree),
		cmocka_unit_test(no_container_in_any_hierarchy_is_no_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
