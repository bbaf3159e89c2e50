/* SPDX-License-Identifier: MIT */
/* Rootless Docker of other users, in a host's tree. */
#include "knowntree.h"

#include "find/docker.h"
#include "find/dockeruser.h"

#define ID   "1111222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define ROOT "/home/ana/.local/share/docker"
#define ANY  ((struct known_filter){ 0 })

static int setup(void **state)
{
	return knowntree_setup(state, NULL);
}

static void give(const char *path, uid_t uid)
{
	_cleanup_free_ char *full = knowntree_path(path);

	assert_int_equal(chown(full, uid, uid), 0);
}

/* A daemon of uid 1000, and what it keeps, which belongs to @owner. */
static void put_daemon(struct knowntree *t, uid_t owner)
{
	tree_put("/etc/passwd", "ana:x:1000:1000::/home/ana:/bin/sh\n");
	tree_put(ROOT "/containers/" ID "/config.v2.json",
		 "{\"ID\":\"" ID "\",\"Name\":\"/own\",\"State\":{\"Running\":true,\"Pid\":7}}");
	give(ROOT "/containers", owner);
	give(ROOT "/containers/" ID, owner);
	t->scan.done = true;
	t->scan.item = calloc(2, sizeof(*t->scan.item));
	for (size_t i = 0; i < 2; i++)
		t->scan.item[i] = (struct procscan_item){ .kind = PROCSCAN_DOCKERD, .uid = 1000 };
	t->scan.n = 2;
}

static void a_users_daemon_tells_of_his_containers_once(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	if (geteuid() != 0)
		skip();
	put_daemon(*state, 1000);
	assert_int_equal(docker_list_users(&((struct knowntree *)*state)->ctx, &ANY, &list, NULL),
			 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].name, "own");
	assert_int_equal(list.item[0].owner, 1000);
}

static void what_is_not_his_makes_no_name(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	if (geteuid() != 0)
		skip();
	put_daemon(*state, 0);
	assert_int_equal(docker_list_users(&((struct knowntree *)*state)->ctx, &ANY, &list, NULL),
			 0);
	assert_int_equal(list.n, 0);
}

static void his_home_may_be_below_a_link(void **state)
{
	_cleanup_free_ char *home = knowntree_path("/home"), *moved = knowntree_path("/var-home");
	const uid_t ana = 1000;

	if (geteuid() != 0)
		skip();
	put_daemon(*state, 1000);
	assert_int_equal(rename(home, moved), 0);
	assert_int_equal(symlink("var-home", home), 0);
	assert_int_equal(knowntree_count(*state, &runtime_docker,
					 (struct known_filter){ .name = "own", .owner = &ana }),
			 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		TEST(a_users_daemon_tells_of_his_containers_once),
		TEST(what_is_not_his_makes_no_name),
		TEST(his_home_may_be_below_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
