/* SPDX-License-Identifier: MIT */
/* Processes by their names, and by the paths of their cgroups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/cgroupref.h"
#include "find/comm.h"
#include "hosttree.h"

typedef int finder(const struct hostfs *host, const char *word, struct found *ret_found,
		   struct error *err);

static void finds(finder *find, const char *word, pid_t pid)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	if (find(&host, word, &found, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(found.pid, pid);
}

static void refuses(finder *find, const char *word, enum error_id id, const char *text)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	assert_true(find(&host, word, &found, &err) < 0);
	assert_int_equal(err.id, id);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in: %s", text, err.text);
	assert_true(found.proc_fd < 0);
}

/* A process of whoever runs the test, so that it counts for root and for others. */
static void process(int pid, int start, const char *comm)
{
	const struct tree_process p = {
		.pid = pid, .ppid = 1, .start = start, .uid = geteuid(), .comm = comm, .cgroup = "/"
	};

	tree_process(&p);
}

static void ns_link(int pid, const char *type, unsigned int inode)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&path, "%s/proc/%d/ns/%s", tree_root, pid, type) > 0);
	assert_true(asprintf(&text, "%s:[%u]", type, inode) > 0);
	assert_int_equal(symlink(text, path), 0);
}

static void namespaces(int pid, unsigned int pidns, unsigned int mntns)
{
	_cleanup_free_ char *dir = NULL;

	assert_true(asprintf(&dir, "%s/proc/%d/ns", tree_root, pid) > 0);
	assert_int_equal(mkdir(dir, 0755), 0);
	ns_link(pid, "pid", pidns);
	ns_link(pid, "mnt", mntns);
}

static void one_process_of_the_name_is_taken(void **state)
{
	(void)state;
	process(100, 50, "nginx");
	process(101, 51, "nginx-debug");
	process(102, 52, "ngin");
	finds(comm_find, "nginx", 100);
	refuses(comm_find, "ngi", ERROR_TARGET_NOT_FOUND, "no process is called \"ngi\"");
	refuses(comm_find, "nginx\n", ERROR_TARGET_NOT_FOUND, "no process");
}

static void expect_hint(const char *word, const char *hint)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	assert_true(comm_find(&host, word, &found, &err) < 0);
	if (hint && err.hint[0])
		assert_string_equal(err.hint[0], hint);
	else
		assert_true(!hint && !err.hint[0]);
}

static void a_name_that_is_near_is_offered(void **state)
{
	const struct tree_process anothers = { .pid = 104,
					       .ppid = 1,
					       .start = 50,
					       .uid = geteuid() + 1,
					       .comm = "ngimx",
					       .cgroup = "/" };
	_cleanup_free_ char *word = NULL, *hint = NULL;

	(void)state;
	process(100, 50, "nginx-debug");
	process(101, 51, "nginx");
	process(102, 52, "ngi$");
	process(103, 53, "redis");
	tree_process(&anothers);
	assert_true(asprintf(&word, "%u/ngim", geteuid()) > 0);
	assert_true(asprintf(&hint, "did you mean: -t comm:%u/nginx", geteuid()) > 0);
	expect_hint(word, hint);
	expect_hint("NGINX", "did you mean: -t comm:nginx");
	expect_hint("postgres", NULL);
}

static void of_several_that_live_together_the_oldest_is_taken(void **state)
{
	(void)state;
	process(102, 60, "nginx");
	process(300, 50, "nginx");
	process(101, 70, "nginx");
	finds(comm_find, "nginx", 300);
}

static void those_in_different_namespaces_are_listed(void **state)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	process(100, 50, "nginx");
	process(101, 51, "nginx");
	namespaces(100, 4026531836, 4026531832);
	namespaces(101, 4026532201, 4026531832);
	host = tree_host();
	assert_true(comm_find(&host, "nginx", &found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_AMBIGUOUS);
	assert_non_null(strstr(err.detail, "100  uid"));
	assert_non_null(strstr(err.detail, "101  uid"));
}

static void another_mount_namespace_is_another_place(void **state)
{
	(void)state;
	process(100, 50, "nginx");
	process(101, 51, "nginx");
	namespaces(100, 4026531836, 4026531832);
	namespaces(101, 4026531836, 4026532200);
	refuses(comm_find, "nginx", ERROR_TARGET_AMBIGUOUS, "2 processes");
}

static void the_first_of_a_pid_namespace_goes_before_an_older_one(void **state)
{
	const struct tree_process init = { .pid = 101,
					   .ppid = 9,
					   .start = 51,
					   .uid = geteuid(),
					   .comm = "nginx",
					   .nspid = "101\t1",
					   .cgroup = "/" };
	const struct tree_process moved = { .pid = 100,
					    .ppid = 9,
					    .start = 50,
					    .uid = geteuid(),
					    .comm = "nginx",
					    .nspid = "100\t7",
					    .cgroup = "/" };

	(void)state;
	tree_process(&init);
	tree_process(&moved);
	finds(comm_find, "nginx", 101);
}

static void a_long_name_is_compared_as_far_as_the_kernel_keeps_it(void **state)
{
	(void)state;
	process(100, 50, "NetworkManager-");
	finds(comm_find, "NetworkManager-dispatcher", 100);
	finds(comm_find, "NetworkManager-", 100);
	refuses(comm_find, "NetworkManager", ERROR_TARGET_NOT_FOUND, "no process");
}

static void another_user_s_process_has_to_be_spelled_for_root(void **state)
{
	const struct tree_process hers = {
		.pid = 200, .ppid = 1, .start = 10, .uid = 1017, .comm = "nginx", .cgroup = "/"
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	tree_process(&hers);
	refuses(comm_find, "nginx", ERROR_TARGET_NOT_FOUND, "owned by uid 1017");
	finds(comm_find, "1017/nginx", 200);
	process(100, 50, "nginx");
	finds(comm_find, "nginx", 100);
}

static void a_name_may_hold_anything(void **state)
{
	(void)state;
	process(100, 50, "a) S (b");
	process(101, 50, "x\ny");
	finds(comm_find, "a) S (b", 100);
	finds(comm_find, "x\ny", 101);
}

static void cgroup_of(const char *path, const char *pids)
{
	_cleanup_free_ char *file = NULL;

	assert_true(asprintf(&file, "sys/fs/cgroup/%scgroup.procs", path) > 0);
	tree_put(file, pids);
}

static void a_cgroup_leads_to_its_oldest_process(void **state)
{
	(void)state;
	process(100, 60, "b");
	process(101, 50, "a");
	process(102, 40, "other");
	cgroup_of("", "102\n");
	cgroup_of("some/place/", "100\n101\n");
	finds(cgroupref_find, "/some/place", 101);
	finds(cgroupref_find, "some/place/", 101);
	finds(cgroupref_find, "/some", 101);
}

static void its_own_init_goes_before_who_came_earlier(void **state)
{
	const struct tree_process init = { .pid = 101,
					   .ppid = 9,
					   .start = 51,
					   .uid = 0,
					   .comm = "init",
					   .nspid = "101\t1",
					   .cgroup = "/x" };

	(void)state;
	process(100, 50, "moved");
	tree_process(&init);
	cgroup_of("", "");
	cgroup_of("x/", "100\n101\n");
	finds(cgroupref_find, "/x", 101);
}

static void an_empty_or_missing_cgroup_is_told_apart(void **state)
{
	(void)state;
	cgroup_of("", "");
	cgroup_of("empty/", "");
	refuses(cgroupref_find, "/empty", ERROR_TARGET_NOT_FOUND, "has no process");
	refuses(cgroupref_find, "/nowhere", ERROR_TARGET_NOT_FOUND, "no cgroup \"/nowhere\"");
	refuses(cgroupref_find, "/empty/cgroup.procs", ERROR_TARGET_NOT_FOUND, "no cgroup");
	refuses(cgroupref_find, "/../x", ERROR_USAGE, "without \"..\"");
	refuses(cgroupref_find, "/x/..", ERROR_USAGE, "without \"..\"");
}

static void all_hierarchies_are_asked(void **state)
{
	(void)state;
	process(100, 50, "x");
	tree_put("proc/1/cgroup", "2:pids:/\n1:name=systemd:/\n0::/\n");
	cgroup_of("unified/", "");
	cgroup_of("pids/x/", "100\n");
	finds(cgroupref_find, "/x", 100);
}

static void what_is_in_another_user_s_cgroup_is_refused(void **state)
{
	_cleanup_free_ char *dir = NULL;

	(void)state;
	if (geteuid() != 0)
		skip();
	process(100, 50, "x");
	cgroup_of("", "");
	cgroup_of("given/planted/", "100\n");
	assert_true(asprintf(&dir, "%s/sys/fs/cgroup/given", tree_root) > 0);
	assert_int_equal(chown(dir, 1017, 1017), 0);
	refuses(cgroupref_find, "/given/planted", ERROR_TARGET_NOT_FOUND, "owned by uid 1017");
	/* Root gave it its name. */
	finds(cgroupref_find, "/given", 100);
}

static void links_are_not_followed(void **state)
{
	_cleanup_free_ char *link = NULL;

	(void)state;
	process(100, 50, "x");
	cgroup_of("", "");
	cgroup_of("real/", "100\n");
	assert_true(asprintf(&link, "%s/sys/fs/cgroup/link", tree_root) > 0);
	assert_int_equal(symlink("real", link), 0);
	refuses(cgroupref_find, "/link", ERROR_TARGET_NOT_FOUND, "no cgroup");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_process_of_the_name_is_taken, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_name_that_is_near_is_offered, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(of_several_that_live_together_the_oldest_is_taken,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(those_in_different_namespaces_are_listed, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(another_mount_namespace_is_another_place, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(
			the_first_of_a_pid_namespace_goes_before_an_older_one, tree_make,
			tree_remove),
		cmocka_unit_test_setup_teardown(
			a_long_name_is_compared_as_far_as_the_kernel_keeps_it, tree_make,
			tree_remove),
		cmocka_unit_test_setup_teardown(another_user_s_process_has_to_be_spelled_for_root,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_name_may_hold_anything, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_cgroup_leads_to_its_oldest_process, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(its_own_init_goes_before_who_came_earlier,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(an_empty_or_missing_cgroup_is_told_apart, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(all_hierarchies_are_asked, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(what_is_in_another_user_s_cgroup_is_refused,
						tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(links_are_not_followed, tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
