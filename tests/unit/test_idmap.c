/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/idmap.h"
#include "util/fd.h"

/* As the kernel prints them. */
static const char host[] = "         0          0 4294967295\n";
static const char rootless[] = "         0       1000          1\n"
			       "         1     100000      65536\n";

static void the_hosts_map_is_the_identity(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	uint32_t id;

	(void)state;
	assert_int_equal(idmap_parse(host, &map), 0);
	assert_int_equal(map.n, 1);
	assert_true(idmap_to_inside(&map, 0, &id));
	assert_int_equal(id, 0);
	assert_true(idmap_to_inside(&map, 4294967294u, &id));
	assert_int_equal(id, 4294967294u);
	assert_false(idmap_to_inside(&map, IDMAP_NO_ID, &id));
	assert_false(idmap_to_outside(&map, IDMAP_NO_ID, &id));
	assert_false(idmap_has(&map, IDMAP_NO_ID));
}

static void ids_are_translated_in_both_directions(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	uint32_t id = 7;

	(void)state;
	assert_int_equal(idmap_parse(rootless, &map), 0);
	assert_true(idmap_to_inside(&map, 1000, &id));
	assert_int_equal(id, 0);
	assert_true(idmap_to_inside(&map, 100000, &id));
	assert_int_equal(id, 1);
	assert_true(idmap_to_inside(&map, 165535, &id));
	assert_int_equal(id, 65536);
	assert_true(idmap_to_outside(&map, 65536, &id));
	assert_int_equal(id, 165535);
	assert_true(idmap_to_outside(&map, 0, &id));
	assert_int_equal(id, 1000);
}

static void an_unmapped_id_sets_nothing(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	uint32_t id = 7;

	(void)state;
	assert_int_equal(idmap_parse(rootless, &map), 0);
	assert_false(idmap_to_inside(&map, 0, &id));
	assert_false(idmap_to_inside(&map, 999, &id));
	assert_false(idmap_to_inside(&map, 1001, &id));
	assert_false(idmap_to_inside(&map, 165536, &id));
	assert_false(idmap_to_outside(&map, 65537, &id));
	assert_int_equal(id, 7);
	assert_true(idmap_has(&map, 65536));
	assert_false(idmap_has(&map, 65537));
}

static void an_empty_map_maps_nothing(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	uint32_t id;

	(void)state;
	assert_int_equal(idmap_parse("", &map), 0);
	assert_int_equal(map.n, 0);
	assert_false(idmap_to_inside(&map, 0, &id));
	assert_false(idmap_has(&map, 0));
}

static void a_range_unknown_on_our_side_still_exists_inside(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	uint32_t id;

	(void)state;
	assert_int_equal(idmap_parse("0 4294967295 10\n", &map), 0);
	assert_true(idmap_has(&map, 9));
	assert_false(idmap_to_outside(&map, 9, &id));
	assert_false(idmap_to_inside(&map, 4294967295u, &id));
	assert_false(idmap_to_inside(&map, 4, &id));
}

static void what_is_not_a_map_is_refused(void **state)
{
	static const char *const bad[] = {
		"0",
		"0 0",
		"0 0\n1\n",
		"0 0 0\n",
		"0 0 1 1\n",
		"a 0 1\n",
		"0 0 1a\n",
		"-1 0 1\n",
		"0 0 4294967296\n",
		"4294967296 0 1\n",
		"18446744073709551616 0 1\n",
		"1 0 4294967295\n",
		"0 1 4294967295\n",
		"4294967295 0 1\n",
		"\n",
		"0 0 1\n\n",
		"0 0 1\nx",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct idmap map = { .n = 7 };

		assert_int_equal(idmap_parse(bad[i], &map), -EBADMSG);
		assert_int_equal(map.n, 7);
	}
}

static void more_ranges_than_the_kernel_has_are_refused(void **state)
{
	static char text[(IDMAP_RANGES_MAX + 1) * sizeof("4294967295 4294967295 1\n")];
	_cleanup_idmap_ struct idmap map = { 0 };
	struct idmap none;
	char *p = text;

	(void)state;
	for (int i = 0; i < IDMAP_RANGES_MAX; i++)
		p += sprintf(p, "%d %d 1\n", i * 2, i * 2);
	assert_int_equal(idmap_parse(text, &map), 0);
	assert_int_equal(map.n, IDMAP_RANGES_MAX);
	(void)sprintf(p, "5000 5000 1\n");
	assert_int_equal(idmap_parse(text, &none), -EBADMSG);
}

static void check_description(const char *text, const char *expected)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	char buf[IDMAP_TEXT_MAX];

	assert_int_equal(idmap_parse(text, &map), 0);
	assert_string_equal(idmap_describe(&map, buf), expected);
}

static void descriptions_name_what_exists_inside(void **state)
{
	(void)state;
	check_description("", "none");
	check_description(host, "0-4294967294");
	check_description("5 5 1\n", "5");
	check_description("0 1000 1\n1 100000 65535\n", "0, 1-65535");
}

static void a_long_description_is_cut_within_its_buffer(void **state)
{
	static const char line[] = "4000000000 0 1000000\n";
	_cleanup_idmap_ struct idmap map = { 0 };
	char text[sizeof(line) * 40] = "";
	char buf[IDMAP_TEXT_MAX + 1];

	(void)state;
	for (int i = 0; i < 40; i++)
		(void)strcat(text, line);
	assert_int_equal(idmap_parse(text, &map), 0);
	buf[IDMAP_TEXT_MAX] = '#';
	assert_string_equal(idmap_describe(&map, buf),
			    "4000000000-4000999999, 4000000000-4000999999, "
			    "4000000000-4000999999, 4000000000-4000999999, ...");
	assert_int_equal(strlen(buf) + 1, IDMAP_TEXT_MAX);
	assert_int_equal(buf[IDMAP_TEXT_MAX], '#');
}

static void short_ranges_fill_the_buffer_and_no_more(void **state)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	char text[sizeof("1 1 1\n") * 60] = "";
	char buf[IDMAP_TEXT_MAX + 8];

	(void)state;
	for (int i = 0; i < 60; i++)
		(void)strcat(text, "1 1 1\n");
	assert_int_equal(idmap_parse(text, &map), 0);
	memset(buf, '#', sizeof(buf));
	(void)idmap_describe(&map, buf);
	assert_true(strnlen(buf, sizeof(buf)) < IDMAP_TEXT_MAX);
	assert_int_equal(buf[IDMAP_TEXT_MAX], '#');
}

static void our_own_map_can_be_read(void **state)
{
	_cleanup_fd_ int proc_fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_idmap_ struct idmap map = { 0 };

	(void)state;
	assert_int_equal(idmap_read(proc_fd, "uid_map", &map), 0);
	assert_true(idmap_has(&map, getuid()));
	assert_int_equal(idmap_read(proc_fd, "no_map", &map), -ENOENT);
}

/* A directory with a file "setgroups" of this text, or without one. */
static int check_setgroups(const char *text, bool *ret_denied)
{
	char dir[] = "/tmp/nsjoin-idmap-XXXXXX";
	_cleanup_fd_ int dir_fd = -EBADF;
	int r;

	assert_non_null(mkdtemp(dir));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir_fd >= 0);
	if (text) {
		_cleanup_fd_ int fd =
			openat(dir_fd, "setgroups", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	}
	r = setgroups_denied(dir_fd, ret_denied);
	(void)unlinkat(dir_fd, "setgroups", 0); /* is not there in one case */
	assert_int_equal(rmdir(dir), 0);
	return r;
}

static void setgroups_is_allowed_denied_or_unclear(void **state)
{
	bool denied = true;

	(void)state;
	assert_int_equal(check_setgroups("allow\n", &denied), 0);
	assert_false(denied);
	assert_int_equal(check_setgroups("deny\n", &denied), 0);
	assert_true(denied);
	assert_int_equal(check_setgroups(NULL, &denied), 0);
	assert_false(denied);
	denied = true;
	assert_int_equal(check_setgroups("", &denied), -EBADMSG);
	assert_int_equal(check_setgroups("denied\n", &denied), -EBADMSG);
	assert_true(check_setgroups("a long text\n", &denied) < 0);
	assert_true(denied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hosts_map_is_the_identity),
		cmocka_unit_test(ids_are_translated_in_both_directions),
		cmocka_unit_test(an_unmapped_id_sets_nothing),
		cmocka_unit_test(an_empty_map_maps_nothing),
		cmocka_unit_test(a_range_unknown_on_our_side_still_exists_inside),
		cmocka_unit_test(what_is_not_a_map_is_refused),
		cmocka_unit_test(more_ranges_than_the_kernel_has_are_refused),
		cmocka_unit_test(descriptions_name_what_exists_inside),
		cmocka_unit_test(a_long_description_is_cut_within_its_buffer),
		cmocka_unit_test(short_ranges_fill_the_buffer_and_no_more),
		cmocka_unit_test(our_own_map_can_be_read),
		cmocka_unit_test(setgroups_is_allowed_denied_or_unclear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
