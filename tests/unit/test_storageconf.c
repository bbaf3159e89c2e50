/* SPDX-License-Identifier: MIT */
/* storage.conf as text: what is taken of it, and what is passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "find/storageconf.h"
#include "find/storageplaces.h"

static void expect_text(const char *got, const char *wanted)
{
	assert_string_equal(got ? got : "none", wanted ? wanted : "none");
}

static void expect(const char *text, const char *graphroot, const char *runroot,
		   const char *rootless)
{
	_cleanup_storageconf_ struct storageconf conf = { .graphroot = NULL };

	assert_int_equal(storageconf_parse(text, &conf), 0);
	expect_text(conf.graphroot, graphroot);
	expect_text(conf.runroot, runroot);
	expect_text(conf.rootless, rootless);
}

static void the_keys_of_its_table(void **state)
{
	(void)state;
	expect("# as shipped\n\n[storage]\n\n"
	       "driver = \"overlay\"\n"
	       "# Temporary\nrunroot = \"/run/x\"  # volatile\n"
	       "  graphroot='/srv/$HOME'\n"
	       "rootless_storage_path = \"$HOME/st\"\n"
	       "[storage.options]\nadditionalimagestores = [\n]\n",
	       "/srv/$HOME", "/run/x", "$HOME/st");
	expect("", NULL, NULL, NULL);
	expect("[ storage ]\r\ngraphroot = \"/a\"\r\n", "/a", NULL, NULL);
	expect("[\"storage\"]\n\"graphroot\" = \"/a\"", "/a", NULL, NULL);
	expect("storage.graphroot = \"/a\"\nstorage . runroot = '/b'", "/a", "/b", NULL);
}

static void the_same_words_elsewhere_are_others(void **state)
{
	(void)state;
	expect("graphroot = \"/a\"\n[other]\ngraphroot = \"/b\"\n", NULL, NULL, NULL);
	expect("[storage.options]\ngraphroot = \"/a\"\n", NULL, NULL, NULL);
	expect("[[storage]]\ngraphroot = \"/a\"\n", NULL, NULL, NULL);
	expect("[storage]\n#graphroot = \"/a\"\nx = \"y\"#graphroot = '/b'\n", NULL, NULL, NULL);
}

static void what_stands_within_values_is_no_key(void **state)
{
	(void)state;
	expect("[storage]\nx = \"\"\"\ngraphroot = '/a'\n\\\"\"\"\n\"\"\"\"\ngraphroot = '/b'",
	       "/b", NULL, NULL);
	expect("[storage]\nx = '''\n[storage]\ngraphroot = '/a'\n'''\n", NULL, NULL, NULL);
	expect("[storage]\nx = [\n  \"a]\", # ]\n  ['b\"'],\n]\nrunroot = '/b'\n", NULL, "/b",
	       NULL);
	expect("[storage]\nx = { graphroot = \"/a\" }\nrunroot = '/b'\n", NULL, "/b", NULL);
	expect("[storage]\nx = \"a\\\"\"\nrunroot = '/b'\n", NULL, "/b", NULL);
}

static void values_of_another_kind_say_nothing(void **state)
{
	(void)state;
	expect("[storage]\ngraphroot = 7\nrunroot = true\n", NULL, NULL, NULL);
	expect("[storage]\ngraphroot = \"\"\nrunroot = ['/a']\n", NULL, NULL, NULL);
	expect("[storage]\ngraphroot = \"/a\\u0041\"\n", NULL, NULL, NULL);
	expect("[storage]\ngraphroot = \"\"\"/a\"\"\"\n", NULL, NULL, NULL);
}

static void a_damaged_file_says_nothing(void **state)
{
	static const char *const bad[] = {
		"[storage",
		"[storage]x",
		"[]",
		"[storage]\ngraphroot",
		"[storage]\ngraphroot =",
		"[storage]\ngraphroot = \"/a",
		"[storage]\ngraphroot = \"/a\" x\n",
		"[storage]\ngraphroot = \"/a\"\ngraphroot = \"/b\"\n",
		"[storage]\ngraphroot = '/a'\n= 1\n",
		"[storage]\nx = [\n",
		"[storage]\nx = ]\n",
		"[storage]\nx = \"\"\"a",
		"[[storage]\n",
		"x = [[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct storageconf conf = { .runroot = (char *)(uintptr_t)bad };
		int r = storageconf_parse(bad[i], &conf);

		if (r != -EBADMSG)
			fail_msg("%d for %s", r, bad[i]);
		assert_ptr_equal(conf.runroot, bad);
	}
}

static void a_path_has_the_values_of_its_user(void **state)
{
	static const struct storage_user ana = { "/home/ana", "ana", 1000 }, nobody = { .uid = 7 };
	static const struct {
		const struct storage_user *user;
		const char *path, *wanted;
	} cases[] = {
		{ &ana, "/srv/x", "/srv/x" },
		{ &ana, "$HOME/x", "/home/ana/x" },
		{ &ana, "/srv/${USER}_$UID", "/srv/ana_1000" },
		{ &ana, "/srv/$XDG_DATA_HOME", NULL },
		{ &ana, "/srv/$USERNAME", NULL },
		{ &ana, "/srv/${USER", NULL },
		{ &ana, "/srv/$", NULL },
		{ &ana, "srv/x", NULL },
		{ &ana, "", NULL },
		{ &nobody, "$HOME/x", NULL },
		{ &nobody, "/srv/$UID", "/srv/7" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *got = storageconf_expand(cases[i].path, cases[i].user);

		expect_text(got, cases[i].wanted);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_of_its_table),
		cmocka_unit_test(the_same_words_elsewhere_are_others),
		cmocka_unit_test(what_stands_within_values_is_no_key),
		cmocka_unit_test(values_of_another_kind_say_nothing),
		cmocka_unit_test(a_damaged_file_says_nothing),
		cmocka_unit_test(a_path_has_the_values_of_its_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
