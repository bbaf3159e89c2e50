/* SPDX-License-Identifier: MIT */
/* Containers of LXC, LXD and Incus, by what they leave on the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/lxc.h"
#include "find/lxcsock.h"
#include "find/procscan.h"
#include "hosttree.h"

#define HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"
#define LINE "0000000000000000: 00000002 00000000 00010000 0001 01 640804 "

/* What list() tells of the host's tree. */
static void list(const struct known_filter *filter, struct known_list *ret_list)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();
	struct procscan scan = { 0 };
	struct runtime_context ctx = { .host = &host, .scan = &scan };

	assert_int_equal(runtime_lxc.list(&ctx, filter, ret_list, NULL), 0);
	procscan_done(&scan);
}

static const struct known *by_id(const struct known_list *list_of, const char *id)
{
	for (size_t i = 0; i < list_of->n; i++)
		if (strcmp(list_of->item[i].id, id) == 0)
			return &list_of->item[i];
	fail_msg("no \"%s\" is listed", id);
	return NULL;
}

static void a_directory_with_a_configuration_is_a_container(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("var/lib/lxc/web/config", "lxc.uts.name = other\n");
	tree_put("var/lib/lxc/lxc-monitord.log", "");
	tree_put("var/lib/lxc/empty/rootfs/x", "");
	tree_put("proc/1/net/unix", HEAD LINE "@/var/lib/lxc/web/command\n");
	list(&any, &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.item[0].id, "web");
	assert_string_equal(got.item[0].name, "web");
	assert_false(got.item[0].stopped);
	assert_ptr_equal(got.item[0].runtime, &runtime_lxc);
}

static void without_its_monitors_socket_it_is_stopped(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("var/lib/lxc/web/config", "");
	tree_put("proc/1/net/unix",
		 HEAD LINE "@/var/lib/lxc/web/commands\n" LINE "@/var/lib/lxc/webb/command\n" LINE
			   "/var/lib/lxc/web/command\n");
	list(&any, &got);
	assert_int_equal(got.n, 1);
	assert_true(got.item[0].stopped);
}

static void a_socket_tells_of_containers_at_other_places(void **state)
{
	const struct known_filter named = { .name = "web" };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("srv/my lxc/web/config", "");
	tree_put("proc/1/net/unix", HEAD LINE "@/srv/my lxc/web/command\n");
	list(&named, &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.item[0].state_root, "/srv/my lxc");
	assert_int_equal(got.item[0].owner, geteuid());
}

static void a_socket_alone_makes_no_container(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("usr/share/web/README", "");
	tree_put("srv/lxc/real/config", "");
	tree_put("tmp/x", "");
	tree_put("proc/1/net/unix",
		 HEAD LINE "@/usr/share/web/command\n" LINE "@/nowhere/web/command\n" LINE
			   "@web/command\n" LINE "@/web/command\n" LINE "@//command\n" LINE
			   "@/srv/lxc/../lxc/real/command\n" LINE "@/srv/lxc/real\n");
	list(&any, &got);
	assert_int_equal(got.n, 0);
}

static void a_link_to_a_place_of_root_is_not_followed(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };
	_cleanup_free_ char *link = NULL;

	(void)state;
	tree_put("srv/lxc/web/config", "");
	tree_put("proc/1/net/unix", HEAD LINE "@/planted/web/command\n");
	assert_true(asprintf(&link, "%s/planted", tree_root) > 0);
	assert_int_equal(symlink("srv/lxc", link), 0);
	list(&any, &got);
	assert_int_equal(got.n, 0);
}

static void a_user_s_container_is_listed_for_that_user_only(void **state)
{
	const uid_t ana = 1017;
	const struct known_filter hers = { .owner = &ana }, plain = { .name = "web" };
	_cleanup_known_list_ struct known_list got = { 0 }, none = { 0 };
	_cleanup_free_ char *config = NULL;

	(void)state;
	if (geteuid() != 0)
		skip();
	tree_put("home/ana/lxc/web/config", "");
	tree_put("var/lib/lxc/other/config", "");
	tree_put("proc/1/net/unix", HEAD LINE "@/home/ana/lxc/web/command\n");
	assert_true(asprintf(&config, "%s/home/ana/lxc/web/config", tree_root) > 0);
	assert_int_equal(chown(config, ana, ana), 0);
	list(&hers, &got);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.item[0].owner, ana);
	list(&plain, &none);
	assert_int_equal(none.n, 0);
}

static void a_path_that_fits_no_socket_is_hashed(void **state)
{
	static const char lxcpath[] =
		"/tmp/b-lxc/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaa";
	_cleanup_lxcsock_ struct lxcsock sockets = { 0 };

	(void)state;
	/* As LXC 5.0.2 was seen to call it. */
	assert_int_equal(
		lxcsock_parse_consume(strdup(LINE "@lxc/cc9dbcc37bf65ea5/command\n"), &sockets), 0);
	assert_true(lxcsock_has(&sockets, lxcpath, "t1"));
	assert_false(lxcsock_has(&sockets, lxcpath, "t2"));
}

static void incus_projects_stand_before_the_instance(void **state)
{
	const struct known_filter any = { .name = NULL }, named = { .name = "c2" };
	_cleanup_known_list_ struct known_list got = { 0 }, one = { 0 };

	(void)state;
	tree_copy("host-incus");
	list(&any, &got);
	assert_int_equal(got.n, 4);
	assert_string_equal(by_id(&got, "c1")->name, "c1");
	assert_false(by_id(&got, "c1")->stopped);
	assert_string_equal(by_id(&got, "proj_c2")->name, "c2");
	assert_false(by_id(&got, "proj_c2")->stopped);
	assert_true(by_id(&got, "old")->stopped);
	assert_null(by_id(&got, "old")->refuse);
	list(&named, &one);
	assert_int_equal(one.n, 1);
	assert_string_equal(one.item[0].id, "proj_c2");
}

static void virtual_machines_are_refused_with_the_reason(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_copy("host-lxd");
	list(&any, &got);
	assert_int_equal(got.n, 3);
	assert_false(by_id(&got, "snapped")->stopped);
	assert_null(by_id(&got, "snapped")->refuse);
	assert_non_null(strstr(by_id(&got, "work_win")->refuse, "virtual machine"));
	assert_string_equal(by_id(&got, "work_win")->name, "win");
}

static void a_numbered_container_is_called_by_its_host_name(void **state)
{
	const struct known_filter named = { .name = "mailhost" };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_copy("host-lxd");
	list(&named, &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.item[0].id, "101");
}

static void an_empty_host_name_is_none(void **state)
{
	const struct known_filter any = { .name = NULL };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("var/lib/lxc/102/config",
		 "lxc.uts.name = web\nlxc.uts.name =\nlxc.arch = amd64\n");
	list(&any, &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.item[0].name, "102");
}

static void a_pod_is_no_container_of_lxc(void **state)
{
	const struct known_filter pod = { .pod = "web" };
	_cleanup_known_list_ struct known_list got = { 0 };

	(void)state;
	tree_put("var/lib/lxc/web/config", "");
	list(&pod, &got);
	assert_int_equal(got.n, 0);
}

static void monitors_tell_path_and_name(void **state)
{
	char plain[] = "[lxc monitor] /var/lib/lxc web";
	char blank[] = "[lxc monitor] /srv/my lxc web.1";
	const char *lxcpath, *name;

	(void)state;
	assert_int_equal(lxc_split_monitor(plain, &lxcpath, &name), 0);
	assert_string_equal(lxcpath, "/var/lib/lxc");
	assert_string_equal(name, "web");
	assert_int_equal(lxc_split_monitor(blank, &lxcpath, &name), 0);
	assert_string_equal(lxcpath, "/srv/my lxc");
	assert_string_equal(name, "web.1");
}

static void what_is_no_monitor_tells_nothing(void **state)
{
	static const char *const odd[] = {
		"",
		"[lxc monitor] ",
		"[lxc monitor] /var/lib/lxc",
		"[lxc monitor] /var/lib/lxc ",
		"[lxc monitor] web web",
		"[lxc monitor] / ../x",
		"lxc monitor /var/lib/lxc web",
	};
	const char *lxcpath, *name;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		_cleanup_free_ char *text = strdup(odd[i]);

		assert_int_equal(lxc_split_monitor(text, &lxcpath, &name), -EBADMSG);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_directory_with_a_configuration_is_a_container,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(without_its_monitors_socket_it_is_stopped,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_socket_tells_of_containers_at_other_places,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_socket_alone_makes_no_container, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_link_to_a_place_of_root_is_not_followed,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_user_s_container_is_listed_for_that_user_only,
						tree_make, tree_remove),
		cmocka_unit_test(a_path_that_fits_no_socket_is_hashed),
		cmocka_unit_test_setup_teardown(incus_projects_stand_before_the_instance, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(virtual_machines_are_refused_with_the_reason,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_numbered_container_is_called_by_its_host_name,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(an_empty_host_name_is_none, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_pod_is_no_container_of_lxc, tree_make,
						tree_remove),
		cmocka_unit_test(monitors_tell_path_and_name),
		cmocka_unit_test(what_is_no_monitor_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
