/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/runtime.h"
#include "find/spec.h"
#include "util/macro.h"

static enum spec_kind kind_of(const char *text)
{
	_cleanup_error_ struct error err = { 0 };
	struct spec spec = { 0 };

	assert_int_equal(spec_parse(text, &spec, &err), 0);
	return spec.kind;
}

static void digits_alone_are_a_pid(void **state)
{
	struct spec spec;

	(void)state;
	assert_int_equal(spec_parse("14251", &spec, NULL), 0);
	assert_int_equal(spec.kind, SPEC_PID);
	assert_int_equal(spec.pid, 14251);
}

static void a_number_past_every_pid_is_never_cut_to_a_smaller_one(void **state)
{
	static const char *const text[] = { "2147483648", "4294967296", "4294967297",
					    "18446744073709551617", "99999999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		struct spec spec;

		assert_int_equal(spec_parse(text[i], &spec, NULL), 0);
		assert_int_equal(spec.kind, SPEC_PID);
		assert_int_equal(spec.pid, 0);
	}
}

static void what_strtol_would_take_for_a_number_is_a_name(void **state)
{
	static const char *const text[] = { " 1", "1 ", "+1", "-1", "0x1", "\t1", "1\n", "1.0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		assert_int_equal(kind_of(text[i]), SPEC_WORD);
}

static void pid_and_inode_are_read_to_their_full_width(void **state)
{
	struct spec spec;

	(void)state;
	assert_int_equal(spec_parse("1:18446744073709551615", &spec, NULL), 0);
	assert_int_equal(spec.kind, SPEC_PID_INODE);
	assert_int_equal(spec.pid, 1);
	assert_true(spec.inode == UINT64_MAX);
	assert_int_equal(spec_parse("2147483647:1", &spec, NULL), 0);
	assert_int_equal(spec.pid, 2147483647);
}

static void schemes_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(kind_of("host"), SPEC_HOST);
	assert_int_equal(kind_of("hosts"), SPEC_WORD);
	assert_int_equal(kind_of("@/run/x.pid"), SPEC_PIDFILE);
	assert_int_equal(kind_of("id:0123"), SPEC_ID);
	assert_int_equal(kind_of("docker:web"), SPEC_KIND);
	assert_int_equal(kind_of("docker:host"), SPEC_KIND);
	assert_int_equal(kind_of("docker:14251"), SPEC_KIND);
	assert_int_equal(kind_of("docker://0123"), SPEC_KIND_ID);
	assert_int_equal(kind_of("web"), SPEC_WORD);
	assert_int_equal(kind_of("deadbeef"), SPEC_WORD);
}

static void every_form_of_target_has_its_kind(void **state)
{
	static const struct {
		const char *text;
		enum spec_kind kind;
		const char *runtime, *user, *word;
	} row[] = {
		{ "podman:db", SPEC_KIND, "podman", "", "db" },
		{ "podman:ana/db", SPEC_KIND, "podman", "ana", "db" },
		{ "docker:1000/db", SPEC_KIND, "docker", "1000", "db" },
		{ "cri:7d1c55a0", SPEC_KIND, "cri", "", "7d1c55a0" },
		{ "containerd:k8s.io/x", SPEC_KIND, "containerd", "", "k8s.io/x" },
		{ "containerd://0123abcd", SPEC_KIND_ID, "containerd", "", "0123abcd" },
		{ "cri-o://0123abcd", SPEC_KIND_ID, "cri-o", "", "0123abcd" },
		{ "crio:x", SPEC_KIND, "crio", "", "x" },
		{ "lxc:build01", SPEC_KIND, "lxc", "", "build01" },
		{ "machine:a-b", SPEC_KIND, "machine", "", "a-b" },
		{ "unit:redis", SPEC_UNIT, NULL, "", "redis" },
		{ "unit:ana/x.service", SPEC_UNIT, NULL, "", "ana/x.service" },
		{ "cgroup:/a/b:c", SPEC_CGROUP, NULL, "", "/a/b:c" },
		{ "comm:nginx", SPEC_COMM, NULL, "", "nginx" },
		{ "comm:a:b", SPEC_COMM, NULL, "", "a:b" },
		{ "@/run/a:b.pid", SPEC_PIDFILE, NULL, "", "/run/a:b.pid" },
		{ "prod/api", SPEC_WORD, NULL, "", "prod/api" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct spec spec;

		if (spec_parse(row[i].text, &spec, NULL) < 0)
			fail_msg("\"%s\" was refused", row[i].text);
		assert_int_equal(spec.kind, row[i].kind);
		assert_string_equal(spec.word, row[i].word);
		assert_string_equal(spec.user, row[i].user);
		assert_int_equal(!spec.runtime, !row[i].runtime);
		if (row[i].runtime)
			assert_string_equal(spec.runtime, row[i].runtime);
	}
}

static void a_pod_has_a_namespace_and_containers(void **state)
{
	static const struct {
		const char *text, *space, *pod, *container;
		bool two_parts;
	} row[] = {
		{ "pod:api", "", "api", "", false },
		{ "pod:prod/api", "prod", "api", "", true },
		{ "pod:prod/api/app", "prod", "api", "app", false },
		{ "prod/api/app", "prod", "api", "app", false },
		{ "api", "", "api", "", false },
		{ "cri:prod/api", "prod", "api", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct spec spec;

		assert_int_equal(spec_parse(row[i].text, &spec, NULL), 0);
		assert_string_equal(spec.pod_namespace, row[i].space);
		assert_string_equal(spec.pod, row[i].pod);
		assert_string_equal(spec.container, row[i].container);
		assert_int_equal(spec.two_parts, row[i].two_parts);
	}
}

/* Whether "WORD:" can be typed before a container's name. */
static bool is_kind(const char *word)
{
	struct spec spec;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s:web", word);
	return spec_parse(text, &spec, NULL) == 0 && spec.kind == SPEC_KIND;
}

/* What is printed as a TARGET can be typed. */
static void every_runtime_can_be_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < runtime_count; i++) {
		const char *const *scheme = runtime_table[i]->schemes;

		assert_true(is_kind(runtime_table[i]->name));
		for (; scheme && *scheme; scheme++)
			if (!is_kind(*scheme))
				fail_msg("%s cannot be typed", *scheme);
	}
	for (enum cgname_runtime i = CGNAME_NONE + 1; i < CGNAME_COUNT; i++)
		if (!is_kind(cgname_runtime_name(i)))
			fail_msg("%s cannot be typed", cgname_runtime_name(i));
	assert_false(is_kind("nonesuch"));
	assert_false(is_kind("dock"));
	assert_false(is_kind("pod"));
}

static void the_word_is_what_follows_the_scheme(void **state)
{
	struct spec spec;

	(void)state;
	assert_int_equal(spec_parse("docker:web", &spec, NULL), 0);
	assert_string_equal(spec.word, "web");
	assert_int_equal(spec_parse("docker://0123", &spec, NULL), 0);
	assert_string_equal(spec.word, "0123");
	assert_int_equal(spec_parse("@:", &spec, NULL), 0);
	assert_string_equal(spec.word, ":");
}

static void what_can_name_nothing_is_refused(void **state)
{
	static const char *const text[] = {
		"",
		"0",
		"00",
		"0:5",
		"1:",
		":1",
		"1:x",
		"1: 2",
		"1:-2",
		"1:2:3",
		"1:0x2",
		"2147483648:1",
		"docker:",
		"docker://",
		"id:",
		"@",
		"id:abc",
		"id:ABCD",
		"id:0x12",
		"docker://web",
		"docker:/x",
		"podman:ana/",
		"podman:../x",
		"pod:",
		"pod:/",
		"pod:a//b",
		"pod:a/b/c/d",
		"pod:../x",
		"pod:.",
		"comm:",
		"cgroup:",
		"unit:",
		"DOCKER:x",
		"foo:bar",
		":",
		"99999999999999999999:1",
		"4294967297:1",
		"1:18446744073709551616",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		_cleanup_error_ struct error err = { 0 };
		struct spec spec = { .text = "before" };

		if (spec_parse(text[i], &spec, &err) >= 0)
			fail_msg("\"%s\" was taken", text[i]);
		assert_string_equal(spec.text, "before");
		assert_int_equal(err.id, ERROR_USAGE);
		assert_non_null(err.text);
	}
}

static void a_name_where_an_id_has_to_be_is_said_how_to_type(void **state)
{
	_cleanup_error_ struct error err = { 0 }, other = { 0 };
	struct spec spec;

	(void)state;
	assert_true(spec_parse("cri-o://web", &spec, &err) < 0);
	assert_string_equal(err.hint[0], "a name goes without the slashes: cri-o:web");
	assert_true(spec_parse("docker://abc", &spec, &other) < 0); /* an id that is too short */
	assert_null(other.hint[0]);
}

static void a_very_long_target_is_refused_in_a_short_line(void **state)
{
	static const char *const prefix[] = { "", "1", "id:", "docker:", "@", "docker://" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefix); i++) {
		_cleanup_error_ struct error err = { 0 };
		char text[4200];
		struct spec spec;

		memset(text, prefix[i][0] == '1' ? '1' : 'a', sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		memcpy(text, prefix[i], strlen(prefix[i]));
		assert_true(spec_parse(text, &spec, &err) < 0);
		assert_true(strlen(err.text) < 200);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_alone_are_a_pid),
		cmocka_unit_test(a_number_past_every_pid_is_never_cut_to_a_smaller_one),
		cmocka_unit_test(what_strtol_would_take_for_a_number_is_a_name),
		cmocka_unit_test(pid_and_inode_are_read_to_their_full_width),
		cmocka_unit_test(schemes_are_told_apart),
		cmocka_unit_test(every_form_of_target_has_its_kind),
		cmocka_unit_test(a_pod_has_a_namespace_and_containers),
		cmocka_unit_test(every_runtime_can_be_typed),
		cmocka_unit_test(the_word_is_what_follows_the_scheme),
		cmocka_unit_test(what_can_name_nothing_is_refused),
		cmocka_unit_test(a_name_where_an_id_has_to_be_is_said_how_to_type),
		cmocka_unit_test(a_very_long_target_is_refused_in_a_short_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
