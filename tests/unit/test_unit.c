/* SPDX-License-Identifier: MIT */
/* Units by their cgroups: which directory, and which of its processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "find/unit.h"
#include "find/unitpath.h"
#include "hosttree.h"

#define USER "user.slice/user-1000.slice/user@1000.service/"

static const struct tree_process systemd = { .pid = 1, .comm = "systemd", .cgroup = "/init.scope" };

static void cgroup(const char *path, const char *pids)
{
	_cleanup_free_ char *file = NULL;

	assert_true(asprintf(&file, "sys/fs/cgroup/%scgroup.procs", path) > 0);
	tree_put(file, pids);
}

static void environment(int pid, const char *told)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/environ", pid);
	tree_put(path, told);
}

static int find(const char *word, struct found *ret_found, struct error *err)
{
	_cleanup_hostfs_ struct hostfs host = tree_host();

	return unit_find(&host, word, ret_found, err);
}

/* The pid of the unit's main process; 0 for a refusal of this id. */
static void finds(const char *word, pid_t pid)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	if (find(word, &found, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(found.pid, pid);
	assert_string_equal(found.runtime, "unit");
	assert_null(found.id);
}

static void refuses(const char *word, enum error_id id, const char *text)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	assert_true(find(word, &found, &err) < 0);
	assert_int_equal(err.id, id);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in: %s", text, err.text);
	assert_true(found.proc_fd < 0);
}

static int setup(void **state)
{
	if (tree_make(state) < 0)
		return -1;
	tree_process(&systemd);
	cgroup("", "");
	cgroup("init.scope/", "1\n");
	return 0;
}

static void redis(void)
{
	const struct tree_process process = { .pid = 100,
					      .ppid = 1,
					      .start = 50,
					      .uid = 999,
					      .comm = "redis-server",
					      .cgroup = "/system.slice/redis.service" };

	tree_process(&process);
	cgroup("system.slice/redis.service/", "100\n");
}

static void a_service_is_found_with_and_without_suffix(void **state)
{
	(void)state;
	redis();
	finds("redis", 100);
	finds("redis.service", 100);
	refuses("redis.scope", ERROR_TARGET_NOT_FOUND, "no unit \"redis.scope\"");
	refuses("redi", ERROR_TARGET_NOT_FOUND, "no unit");
	refuses("system.slice", ERROR_USAGE, "slice");
}

static void a_unit_may_be_below_any_slice(void **state)
{
	const struct tree_process process = { .pid = 100,
					      .ppid = 1,
					      .start = 50,
					      .comm = "x",
					      .cgroup = "/a.slice/a-b.slice/x.service" };

	(void)state;
	tree_process(&process);
	cgroup("a.slice/a-b.slice/x.service/", "100\n");
	finds("x", 100);
}

static void escapes_may_be_typed_as_what_they_mean(void **state)
{
	const struct tree_process process = { .pid = 100,
					      .ppid = 1,
					      .start = 50,
					      .comm = "x",
					      .cgroup = "/system.slice/t@a-b\\x2dc.service" };

	(void)state;
	tree_process(&process);
	cgroup("system.slice/t@a-b\\x2dc.service/", "100\n");
	finds("t@a-b\\x2dc.service", 100);
	finds("t@a-b-c.service", 100);
	finds("t@a-b-c", 100);
}

static void what_is_within_a_container_is_no_unit_of_the_host(void **state)
{
	const struct tree_process process = { .pid = 100,
					      .ppid = 1,
					      .start = 50,
					      .comm = "x",
					      .cgroup = "/docker/abc/system.slice/x.service" };

	(void)state;
	tree_process(&process);
	cgroup("docker/abc/system.slice/x.service/", "100\n");
	cgroup("system.slice/docker-abc.scope/system.slice/x.service/", "100\n");
	refuses("x", ERROR_TARGET_NOT_FOUND, "no unit \"x\"");
}

/* The process that systemd started is told its number; what that started has others. */
static void the_main_process_is_the_one_that_was_told_its_number(void **state)
{
	const struct tree_process left = { .pid = 90,
					   .ppid = 1,
					   .start = 40,
					   .comm = "left",
					   .cgroup = "/system.slice/x.service" };
	const struct tree_process main_process = {
		.pid = 100, .ppid = 1, .start = 50, .comm = "x", .cgroup = "/system.slice/x.service"
	};
	const struct tree_process child = { .pid = 101,
					    .ppid = 100,
					    .start = 51,
					    .comm = "x",
					    .cgroup = "/system.slice/x.service" };

	(void)state;
	tree_process(&left);
	tree_process(&main_process);
	tree_process(&child);
	environment(90, "SYSTEMD_EXEC_PID=77");
	environment(100, "SYSTEMD_EXEC_PID=100");
	environment(101, "SYSTEMD_EXEC_PID=100");
	cgroup("system.slice/x.service/", "101\n90\n100\n");
	finds("x", 100);
}

static void without_that_it_is_the_oldest_whose_parent_is_outside(void **state)
{
	const struct tree_process main_process = {
		.pid = 300, .ppid = 1, .start = 50, .comm = "x", .cgroup = "/system.slice/x.service"
	};
	const struct tree_process child = { .pid = 101,
					    .ppid = 300,
					    .start = 51,
					    .comm = "x",
					    .cgroup = "/system.slice/x.service/sub" };

	(void)state;
	tree_process(&main_process);
	tree_process(&child);
	cgroup("system.slice/x.service/", "300\n");
	cgroup("system.slice/x.service/sub/", "101\n");
	finds("x", 300);
}

static void a_child_that_claims_to_be_the_main_process_is_not(void **state)
{
	const struct tree_process main_process = {
		.pid = 100, .ppid = 1, .start = 50, .comm = "x", .cgroup = "/system.slice/x.service"
	};
	const struct tree_process child = { .pid = 101,
					    .ppid = 100,
					    .start = 51,
					    .uid = 33,
					    .comm = "x",
					    .cgroup = "/system.slice/x.service" };

	(void)state;
	tree_process(&main_process);
	tree_process(&child);
	environment(101, "SYSTEMD_EXEC_PID=101");
	cgroup("system.slice/x.service/", "100\n101\n");
	finds("x", 100);
}

static void a_lesser_user_s_claim_is_not_believed_against_root(void **state)
{
	const struct tree_process main_process = {
		.pid = 100, .ppid = 1, .start = 50, .comm = "x", .cgroup = "/system.slice/x.service"
	};
	const struct tree_process orphan = { .pid = 101,
					     .ppid = 1,
					     .start = 51,
					     .uid = 33,
					     .comm = "x",
					     .cgroup = "/system.slice/x.service" };

	(void)state;
	tree_process(&main_process);
	tree_process(&orphan);
	environment(101, "SYSTEMD_EXEC_PID=101");
	cgroup("system.slice/x.service/", "100\n101\n");
	refuses("x", ERROR_TARGET_AMBIGUOUS, "several processes");
	environment(100, "SYSTEMD_EXEC_PID=100");
	refuses("x", ERROR_TARGET_AMBIGUOUS, "several processes");
}

/* All that could be it are listed, however many children were started in between. */
static void two_that_claim_to_be_the_main_process_are_listed(void **state)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };
	char pids[256] = "30\n";

	(void)state;
	tree_process(&(struct tree_process){
		.pid = 30, .ppid = 1, .start = 100, .comm = "master", .cgroup = "/" });
	for (int pid = 31; pid < 51; pid++) {
		tree_process(&(struct tree_process){ .pid = pid,
						     .ppid = 30,
						     .start = 100 + pid,
						     .comm = "worker",
						     .cgroup = "/" });
		(void)snprintf(pids + strlen(pids), sizeof(pids) - strlen(pids), "%d\n", pid);
	}
	tree_process(&(struct tree_process){
		.pid = 51, .ppid = 1, .start = 200, .comm = "reload", .cgroup = "/" });
	environment(30, "SYSTEMD_EXEC_PID=30");
	environment(51, "SYSTEMD_EXEC_PID=51");
	(void)snprintf(pids + strlen(pids), sizeof(pids) - strlen(pids), "51\n");
	cgroup("system.slice/many.service/", pids);
	assert_true(find("many", &found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_AMBIGUOUS);
	assert_string_equal(err.detail, "30  master  uid 0\n51  reload  uid 0\n");
}

static void a_unit_of_a_user_has_to_be_spelled_with_the_user(void **state)
{
	const struct tree_process process = { .pid = 100,
					      .ppid = 9,
					      .start = 50,
					      .uid = 1000,
					      .comm = "x",
					      .cgroup = "/" USER "app.slice/mine.service" };

	(void)state;
	if (geteuid() == 1000)
		skip();
	tree_put("etc/passwd", "root:x:0:0::/:/bin/sh\nana:x:1000:1000::/:/bin/sh\n");
	tree_process(&process);
	cgroup(USER "app.slice/mine.service/", "100\n");
	refuses("mine", ERROR_TARGET_NOT_FOUND, "belongs to uid 1000");
	finds("1000/mine", 100);
	finds("ana/mine.service", 100);
	refuses("1001/mine", ERROR_TARGET_NOT_FOUND, "uid 1000");
	refuses("eve/mine", ERROR_TARGET_NOT_FOUND, "no unit");
}

/* A user's manager runs below a service of the system's, which is a unit as well. */
static void a_planted_unit_does_not_stand_in_for_the_systems(void **state)
{
	const struct tree_process process = { .pid = 200,
					      .ppid = 9,
					      .start = 20,
					      .uid = 1000,
					      .comm = "x",
					      .cgroup = "/" USER "redis.service" };

	(void)state;
	if (geteuid() == 1000)
		skip();
	tree_process(&process);
	cgroup(USER "redis.service/", "200\n");
	refuses("redis", ERROR_TARGET_NOT_FOUND, "belongs to uid 1000");
	redis();
	finds("redis", 100);
}

static void several_of_a_name_are_listed(void **state)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	redis();
	cgroup("system.slice/redis.scope/", "100\n");
	assert_true(find("redis", &found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_AMBIGUOUS);
	assert_non_null(strstr(err.detail, "unit:redis.scope"));
	assert_non_null(strstr(err.detail, "unit:redis.service"));
	finds("redis.service", 100);
}

static void a_unit_without_processes_has_none_to_enter(void **state)
{
	(void)state;
	cgroup("system.slice/done.service/", "");
	cgroup("system.slice/dead.service/", "4999\n");
	refuses("done", ERROR_TARGET_NOT_FOUND, "has no process");
	refuses("dead", ERROR_TARGET_NOT_FOUND, "has no process");
}

static void a_host_without_systemd_has_no_units(void **state)
{
	const struct tree_process init = { .pid = 1, .comm = "init", .cgroup = "/" };
	_cleanup_free_ char *scope = NULL;
	_cleanup_hostfs_ struct hostfs host = tree_host();
	_cleanup_units_ struct units before = { 0 }, units = { 0 };

	(void)state;
	assert_int_equal(unit_list(&host, &before, NULL), 0);
	assert_int_equal(before.n, 1);
	assert_string_equal(before.item[0].name, "init.scope");
	/* Without it what engines make there has other names. */
	assert_true(asprintf(&scope, "%s/sys/fs/cgroup/init.scope", tree_root) > 0);
	assert_int_equal(nftw(scope, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	tree_process(&init);
	cgroup("docker/abc/", "100\n");
	assert_int_equal(unit_list(&host, &units, NULL), 0);
	assert_int_equal(units.n, 0);
	refuses("redis", ERROR_TARGET_NOT_FOUND, "no unit");
}

static void systemds_tree_may_begin_anywhere(void **state)
{
	const struct tree_process inner = { .pid = 1,
					    .comm = "systemd",
					    .cgroup = "/docker/abc/init.scope" };
	const struct tree_process process = { .pid = 100,
					      .ppid = 1,
					      .start = 50,
					      .comm = "x",
					      .cgroup = "/docker/abc/system.slice/x.service" };

	(void)state;
	tree_process(&inner);
	tree_process(&process);
	cgroup("docker/abc/system.slice/x.service/", "100\n");
	finds("x", 100);
}

static bool is_in(const char *path, const char *base, const char *name)
{
	struct unitpath unit;

	return unitpath_parse(path, base, &unit) && unit.name_size == strlen(name) &&
	       strncmp(unit.name, name, unit.name_size) == 0;
}

static void a_path_is_in_one_unit(void **state)
{
	struct unitpath unit;

	(void)state;
	assert_true(is_in("/system.slice/a.service", "", "a.service"));
	assert_true(is_in("/system.slice/a.service/sub/b.service", "", "a.service"));
	assert_true(is_in("/x/system.slice/a.service", "/x", "a.service"));
	assert_true(is_in("/init.scope", "", "init.scope"));
	assert_true(is_in("/" USER "app.slice/b.service", "", "b.service"));
	assert_true(
		is_in("/user.slice/user-1000.slice/user@1000.service", "", "user@1000.service"));
	assert_false(is_in("/xy/a.service", "/x", "a.service"));
	assert_false(unitpath_parse("/docker/abc/a.service", "", &unit));
	assert_false(unitpath_parse("/", "", &unit));
	assert_false(unitpath_parse("/a.slice", "", &unit));
	assert_true(unitpath_parse("/" USER "b.service", "", &unit));
	assert_true(unit.of_user);
	assert_int_equal(unit.user, 1000);
}

static void the_exact_name_goes_before_what_it_means(void **state)
{
	(void)state;
	assert_int_equal(unitpath_match("a\\x2db.service", "a\\x2db.service"), UNIT_EXACT);
	assert_int_equal(unitpath_match("a\\x2db.service", "a\\x2db"), UNIT_BARE);
	assert_int_equal(unitpath_match("a\\x2db.service", "a-b"), UNIT_UNESCAPED);
	assert_int_equal(unitpath_match("a-b.service", "a-b"), UNIT_BARE);
	assert_int_equal(unitpath_match("_cpu.service", "cpu.service"), UNIT_EXACT);
	assert_int_equal(unitpath_match("a.service", "a.scope"), UNIT_DIFFERS);
	assert_int_equal(unitpath_match("a.mount", "a"), UNIT_DIFFERS);
	assert_int_equal(unitpath_match("a\\x00.service", "a"), UNIT_DIFFERS);
	assert_int_equal(unitpath_match("a\\x2", "a\\x2"), UNIT_EXACT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_service_is_found_with_and_without_suffix, setup,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_unit_may_be_below_any_slice, setup, tree_remove),
		cmocka_unit_test_setup_teardown(escapes_may_be_typed_as_what_they_mean, setup,
						tree_remove),
		cmocka_unit_test_setup_teardown(what_is_within_a_container_is_no_unit_of_the_host,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(
			the_main_process_is_the_one_that_was_told_its_number, setup, tree_remove),
		cmocka_unit_test_setup_teardown(
			without_that_it_is_the_oldest_whose_parent_is_outside, setup, tree_remove),
		cmocka_unit_test_setup_teardown(a_child_that_claims_to_be_the_main_process_is_not,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(two_that_claim_to_be_the_main_process_are_listed,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(a_lesser_user_s_claim_is_not_believed_against_root,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(a_unit_of_a_user_has_to_be_spelled_with_the_user,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(a_planted_unit_does_not_stand_in_for_the_systems,
						setup, tree_remove),
		cmocka_unit_test_setup_teardown(several_of_a_name_are_listed, setup, tree_remove),
		cmocka_unit_test_setup_teardown(a_unit_without_processes_has_none_to_enter, setup,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_host_without_systemd_has_no_units, setup,
						tree_remove),
		cmocka_unit_test_setup_teardown(systemds_tree_may_begin_anywhere, setup,
						tree_remove),
		cmocka_unit_test(a_path_is_in_one_unit),
		cmocka_unit_test(the_exact_name_goes_before_what_it_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
