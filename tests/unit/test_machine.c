/* SPDX-License-Identifier: MIT */
/* Machines, by the files of systemd-machined and of libvirt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/machine.h"
#include "find/procscan.h"
#include "hosttree.h"

static void list(const struct runtime *runtime, const struct known_filter *filter,
		 struct known_list *ret_list)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();
	struct procscan scan = { 0 };
	struct runtime_context ctx = { .host = &host, .scan = &scan };

	assert_int_equal(runtime->list(&ctx, filter, ret_list, NULL), 0);
	procscan_done(&scan);
}

static const struct known *by_name(const struct known_list *got, const char *name)
{
	for (size_t i = 0; i < got->n; i++)
		if (strcmp(got->item[i].name, name) == 0)
			return &got->item[i];
	fail_msg("no \"%s\" is listed", name);
	return NULL;
}

static void list_machines(struct known_list *ret_list)
{
	const struct known_filter any = { .name = NULL };

	tree_copy("host-machined");
	list(&runtime_machine, &any, ret_list);
}

static void a_machine_has_its_leader_and_its_cgroup(void **state)
{
	_cleanup_known_list_ struct known_list got = { 0 };
	const struct known *k;

	(void)state;
	list_machines(&got);
	k = by_name(&got, "my-mach");
	assert_string_equal(k->id, "my-mach");
	assert_int_equal(k->pid, 4101);
	assert_int_equal(k->start_time, 910);
	assert_string_equal(k->cgroup, "/machine.slice/machine-my\\x2dmach.scope");
	assert_false(k->stopped);
	assert_ptr_equal(k->runtime, &runtime_machine);
}

static void a_machine_may_live_in_any_unit(void **state)
{
	_cleanup_known_list_ struct known_list got = { 0 };
	const struct known *k;

	(void)state;
	list_machines(&got);
	k = by_name(&got, "keeper");
	assert_string_equal(k->id, "keeper");
	assert_int_equal(k->pid, 4201);
	assert_int_equal(k->pidfd_inode, 77777);
	assert_string_equal(k->cgroup, "/system.slice/custom.service");
}

static void a_virtual_machine_is_refused_with_the_reason(void **state)
{
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	list_machines(&got);
	assert_non_null(strstr(by_name(&got, "guest")->refuse, "virtual machine"));
	assert_int_equal(by_name(&got, "guest")->pid, 0);
}

/* Of a user who made a cgroup of the unit's name, of another process, of none. */
static void a_leader_that_is_not_in_the_unit_is_not_believed(void **state)
{
	static const char *const names[] = { "stale", "reused", "gone" };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	list_machines(&got);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(by_name(&got, names[i])->pid, 0);
		assert_int_equal(by_name(&got, names[i])->start_time, 0);
		assert_true(by_name(&got, names[i])->stopped);
	}
}

static void a_file_that_bears_another_name_is_left_out(void **state)
{
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	list_machines(&got);
	for (size_t i = 0; i < got.n; i++) {
		assert_string_not_equal(got.item[i].name, "renamed");
		assert_string_not_equal(got.item[i].name, "other");
	}
}

static void libvirts_containers_and_rkts_pods_are_machines(void **state)
{
	_cleanup_known_list_ struct known_list got = { 0 };
	const struct known *k;

	(void)state;
	list_machines(&got);
	k = by_name(&got, "lxc-5-web");
	assert_ptr_equal(k->runtime, &runtime_libvirt_lxc);
	assert_string_equal(k->id, "web");
	assert_int_equal(k->pid, 4501);
	k = by_name(&got, "rkt-5c1f6ba7-1c60-4ccb-8a36-7a3ef4c1c2a1");
	assert_int_equal(k->pid, 4601);
	assert_string_equal(k->id, k->name);
}

static void a_link_of_a_unit_is_no_machine(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };
	_cleanup_free_ char *link = NULL;

	(void)state;
	tree_put("run/systemd/machines/m", "NAME=m\nSCOPE=machine-m.scope\nLEADER=9\n");
	assert_true(asprintf(&link, "%s/run/systemd/machines/unit:machine-m.scope", tree_root) > 0);
	assert_int_equal(symlink("m", link), 0);
	list(&runtime_machine, &any, &got);
	assert_int_equal(got.n, 1);
}

static void damaged_files_do_not_hide_the_others(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };
	_cleanup_free_ char *fifo = NULL;
	_cleanup_free_ char *large = calloc(1, STATE_FILE_MAX + 2);

	(void)state;
	assert_non_null(large);
	memset(large, 'x', STATE_FILE_MAX + 1);
	tree_put("run/systemd/machines/empty", "");
	tree_put("run/systemd/machines/odd", "NAME\n=\n\nLEADER=1");
	tree_put_bytes("run/systemd/machines/large", large, STATE_FILE_MAX + 1);
	tree_put("run/systemd/machines/good", "NAME=good\nLEADER=-1\nSCOPE=machine-good.scope\n");
	assert_true(asprintf(&fifo, "%s/run/systemd/machines/fifo", tree_root) > 0);
	assert_int_equal(mkfifo(fifo, 0644), 0);
	list(&runtime_machine, &any, &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.item[0].name, "good");
	assert_true(got.item[0].stopped);
}

static void only_the_wanted_name_is_returned(void **state)
{
	const struct known_filter named = { .name = "keeper" };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_copy("host-machined");
	list(&runtime_machine, &named, &got);
	assert_int_equal(got.n, 1);
}

static void escapes_of_values_are_resolved(void **state)
{
	struct machine_file file;

	(void)state;
	assert_int_equal(machine_parse("NAME=a\\x2fb\\\\c\\n\\101\\q\\\nSCOPE=x\nSCOPE=y\nFOO=1\n"
				       "LEADER=",
				       &file),
			 0);
	assert_string_equal(file.name, "a/b\\c\nA\\q\\");
	assert_string_equal(file.unit, "y");
	assert_string_equal(file.leader, "");
	assert_null(file.class);
	machine_file_done(&file);
}

/* As systemd 258 writes what has other characters than letters and digits. */
static void a_value_may_be_quoted(void **state)
{
	struct machine_file file;

	(void)state;
	assert_int_equal(machine_parse("NAME=my-mach\nSCOPE=\"machine-my\\\\x2dmach.scope\"\n"
				       "CLASS=\"a\\\"b\\nc\nLEADER=\"\"\nUID=\"",
				       &file),
			 0);
	assert_string_equal(file.name, "my-mach");
	assert_string_equal(file.unit, "machine-my\\x2dmach.scope");
	assert_string_equal(file.class, "a\"b\\nc");
	assert_string_equal(file.leader, "");
	assert_string_equal(file.uid, "");
	machine_file_done(&file);
}

static void a_machine_of_a_newer_systemd_has_its_leader(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_copy("host-machined");
	tree_put("run/systemd/machines/my-mach",
		 "# This is private data. Do not parse.\nNAME=my-mach\nUID=0\n"
		 "SCOPE=\"machine-my\\\\x2dmach.scope\"\nSERVICE=systemd-nspawn\n"
		 "ROOT=/var/lib/machines/my-mach\nLEADER=4101\nCLASS=container\n");
	list(&runtime_machine, &any, &got);
	assert_int_equal(by_name(&got, "my-mach")->pid, 4101);
	assert_string_equal(by_name(&got, "my-mach")->cgroup,
			    "/machine.slice/machine-my\\x2dmach.scope");
}

static void a_libvirt_container_is_the_child_of_its_controller(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_copy("host-libvirt");
	list(&runtime_libvirt_lxc, &any, &got);
	assert_int_equal(got.n, 3);
	assert_int_equal(by_name(&got, "web")->pid, 5101);
	assert_int_equal(by_name(&got, "web")->start_time, 910);
	/* Another user's process of that number and name; two numbers. */
	assert_true(by_name(&got, "dead")->stopped);
	assert_int_equal(by_name(&got, "dead")->pid, 0);
	assert_true(by_name(&got, "odd")->stopped);
}

struct command_line {
	const char *words; /* each ends in NUL */
	size_t n;
	const char *name;
};

#define WORDS(text) text, sizeof(text)

static void nspawn_is_told_the_name_in_many_ways(void **state)
{
	static const struct command_line lines[] = {
		{ WORDS("systemd-nspawn\0-M\0web\0-D\0/srv/x"), "web" },
		{ WORDS("systemd-nspawn\0--machine=web\0-b"), "web" },
		{ WORDS("systemd-nspawn\0-Mweb"), "web" },
		{ WORDS("systemd-nspawn\0--directory=/srv/tree/"), "tree" },
		{ WORDS("systemd-nspawn\0-D\0/srv/tree"), "tree" },
		{ WORDS("systemd-nspawn\0-bD\0/srv/tree"), "tree" },
		{ WORDS("systemd-nspawn\0-qbD/srv/tree"), "tree" },
		{ WORDS("systemd-nspawn\0-xM\0web\0-b"), "web" },
		{ WORDS("systemd-nspawn\0-ujoe\0-b"), NULL },
		{ WORDS("systemd-nspawn\0--image=/srv/disk.raw"), "disk" },
		{ WORDS("systemd-nspawn\0-M\0web\0prog\0-M\0other"), "web" },
		{ WORDS("systemd-nspawn\0-b"), NULL },
		{ WORDS("systemd-nspawn\0-M"), NULL },
		{ WORDS("systemd-nspawn\0-D\0/"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_free_ char *name = machine_nspawn_name(lines[i].words, lines[i].n);

		if (lines[i].name) {
			assert_non_null(name);
			assert_string_equal(name, lines[i].name);
		} else {
			assert_null(name);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_machine_has_its_leader_and_its_cgroup, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_machine_may_live_in_any_unit, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_virtual_machine_is_refused_with_the_reason,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_leader_that_is_not_in_the_unit_is_not_believed,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_file_that_bears_another_name_is_left_out,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(libvirts_containers_and_rkts_pods_are_machines,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_link_of_a_unit_is_no_machine, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(damaged_files_do_not_hide_the_others, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(only_the_wanted_name_is_returned, tree_make,
						tree_remove),
		cmocka_unit_test(escapes_of_values_are_resolved),
		cmocka_unit_test(a_value_may_be_quoted),
		cmocka_unit_test_setup_teardown(a_machine_of_a_newer_systemd_has_its_leader,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_libvirt_container_is_the_child_of_its_controller,
						tree_make, tree_remove),
		cmocka_unit_test(nspawn_is_told_the_name_in_many_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
