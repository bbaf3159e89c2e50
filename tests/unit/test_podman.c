/* SPDX-License-Identifier: MIT */
/* podman's lists and bundles, in a host's tree. */
#include "knowntree.h"

#include "find/podman.h"

#define ANY    ((struct known_filter){ 0 })
#define POD    ((struct known_filter){ .pod = "shop" })
#define TAIL   "9e5e7a25fccc95967436e2a8f55463c066ae831a99ae508ee574f58f"
#define INFRA  "1111aaaa" TAIL
#define APP    "2222aaaa" TAIL
#define ALONE  "3333aaaa" TAIL
#define POD_ID "b6c67cf408f80025d3b60b1af40b29e84a0cd94b957730130f7e1848506fa669"
#define ROOT   "/var/lib/containers/storage/"

static int setup(void **state)
{
	return knowntree_setup(state, NULL);
}

static void put_config(const char *id, const char *text)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, ROOT "overlay-containers/%s/userdata/config.json", id) > 0);
	tree_put(path, text);
}

static void put_list(const char *file, const char *text)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, ROOT "overlay-containers/%s", file) > 0);
	tree_put(path, text);
}

#define ITEM(id, name) "{\"id\":\"" id "\",\"names\":[\"" name "\"]}"
#define UTS	       "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"uts\"}]"
#define PID_ONLY       "\"namespaces\":[{\"type\":\"pid\"}]"
#define CGROUP(id)     "\"cgroupsPath\":\"/libpod_parent/" POD_ID "/libpod-" id "\""
#define MEMBER_OF(id)  "\"annotations\":{\"io.kubernetes.cri-o.SandboxID\":\"" id "\"}"

static void put_pod(const char *infra)
{
	put_list("containers.json", "[" ITEM(INFRA, "b6c67cf408f8-infra") "," ITEM(APP, "app") "]");
	put_config(INFRA, infra);
	put_config(APP, "{" MEMBER_OF(INFRA) ",\"linux\":{" CGROUP(APP) "}}");
}

static void a_pod_has_the_hostname_of_its_infra_container(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_pod("{\"hostname\":\"shop\",\"linux\":{" CGROUP(INFRA) "," UTS "}}");
	knowntree_list(*state, &runtime_podman, POD, &list);
	assert_int_equal(list.n, 2);
	k = knowntree_find(&list, "b6c67cf408f8-infra");
	assert_true(k->sandbox);
	assert_string_equal(k->pod, "shop");
	assert_string_equal(k->pod_uid, "b6c67cf408f8");
	assert_null(k->container);
	k = knowntree_find(&list, "app");
	assert_false(k->sandbox);
	assert_string_equal(k->pod, "shop");
	assert_string_equal(k->pod_uid, "b6c67cf408f8");
	assert_string_equal(k->container, "app");
}

/* What the pod of "app" is called with this configuration of the infra container. */
static void expect_pod(struct knowntree *t, const char *infra, const char *pod)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_pod(infra);
	knowntree_list(t, &runtime_podman, POD, &list);
	assert_string_equal(knowntree_find(&list, "app")->pod, pod);
}

static void without_a_hostname_of_its_own_it_has_its_id(void **state)
{
	expect_pod(*state, "{\"hostname\":\"shop\",\"linux\":{" CGROUP(INFRA) "," PID_ONLY "}}",
		   "b6c67cf408f8"); /* the host's */
	expect_pod(*state, "{\"linux\":{" CGROUP(INFRA) "," UTS "}}", "b6c67cf408f8");
	expect_pod(*state, "{\"hostname\":\"../x\\n\",\"linux\":{" CGROUP(INFRA) "," UTS "}}",
		   "b6c67cf408f8");
	expect_pod(*state, "{\"hostname\":\"shop\",\"linux\":{", "b6c67cf408f8");
	expect_pod(*state, "", "b6c67cf408f8");
}

static void without_cgroups_the_name_of_the_infra_container_tells_the_id(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_pod("{\"hostname\":\"shop\",\"linux\":{" UTS "},\"x\":\"-infra\"}");
	put_config(APP, "{" MEMBER_OF(INFRA) "}");
	knowntree_list(*state, &runtime_podman, POD, &list);
	k = knowntree_find(&list, "b6c67cf408f8-infra");
	assert_true(k->sandbox);
	assert_string_equal(k->pod_uid, "b6c67cf408f8");
	assert_string_equal(knowntree_find(&list, "app")->pod, "shop");
}

static void a_pod_without_infra_container_has_its_id(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_list("containers.json", "[" ITEM(APP, "app") "]");
	put_config(APP, "{" MEMBER_OF(POD_ID) "}");
	knowntree_list(*state, &runtime_podman, POD, &list);
	k = knowntree_find(&list, "app");
	assert_string_equal(k->pod, "b6c67cf408f8");
	assert_false(k->sandbox);
}

static void what_is_alone_is_in_no_pod(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_list("volatile-containers.json", "[" ITEM(ALONE, "alone") "]");
	put_config(ALONE, "{\"hostname\":\"shop\",\"linux\":{\"cgroupsPath\":"
			  "\"/libpod_parent/libpod-" ALONE "\"," UTS "}}");
	knowntree_list(*state, &runtime_podman, POD, &list);
	k = knowntree_find(&list, "alone");
	assert_null(k->pod);
	assert_false(k->sandbox);
}

static void by_its_name_an_infra_container_is_a_container(void **state)
{
	const struct known_filter filter = { .name = "b6c67cf408f8-infra" };
	_cleanup_known_list_ struct known_list list = { 0 };

	put_pod("{\"hostname\":\"shop\",\"linux\":{" CGROUP(INFRA) "," UTS "}}");
	knowntree_list(*state, &runtime_podman, filter, &list);
	assert_int_equal(list.n, 1);
	assert_false(list.item[0].sandbox);
}

/* JSON within a string within JSON: damaged, it says nothing, and the container is listed still. */
static void the_image_stands_in_the_metadata(void **state)
{
	static const struct {
		const char *metadata, *image;
	} cases[] = {
		{ "{\\\"image-name\\\":\\\"docker.io/library/redis:7\\\"}",
		  "docker.io/library/redis:7" },
		{ "{\\\"image-name\\\":\\\"\\\"}", NULL },
		{ "{\\\"image-name\\\":7}", NULL },
		{ "{\\\"image-name\\\":", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };
		_cleanup_free_ char *text = NULL;
		const char *image;

		assert_true(asprintf(&text,
				     "[{\"id\":\"" ALONE "\",\"names\":[\"alone\"],"
				     "\"metadata\":\"%s\"}]",
				     cases[i].metadata) > 0);
		put_list("containers.json", text);
		knowntree_list(*state, &runtime_podman, ANY, &list);
		image = knowntree_find(&list, "alone")->image;
		assert_true(!image == !cases[i].image);
		if (image)
			assert_string_equal(image, cases[i].image);
	}
}

/* What is called so at places that storage.conf tells of, of root or of one user. */
static size_t count_named(struct knowntree *t, const char *name, const uid_t *owner)
{
	return knowntree_count(t, &runtime_podman,
			       (struct known_filter){ .name = name, .owner = owner });
}

static void storage_conf_tells_of_another_root(void **state)
{
	tree_put("/srv/store/vfs-containers/containers.json", "[" ITEM(APP, "moved") "]");
	tree_put("/run/store/vfs-containers/" APP "/userdata/pidfile", "7");
	put_list("containers.json", "[" ITEM(ALONE, "older") "]");
	assert_int_equal(count_named(*state, "moved", NULL), 0);
	tree_put("/usr/share/containers/storage.conf",
		 "[storage]\nrunroot = '/run/store'\ngraphroot=\"/srv/store\"\n");
	assert_int_equal(count_named(*state, "moved", NULL), 1);
	assert_int_equal(count_named(*state, "older", NULL), 1);
	/* It hides the one that a distribution ships, whole. */
	tree_put("/etc/containers/storage.conf", "[storage]\n");
	assert_int_equal(count_named(*state, "moved", NULL), 0);
}

static void another_run_root_has_the_pid_files(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_list("containers.json", "[" ITEM(APP, "app") "]");
	tree_put("/run/store/overlay-containers/" APP "/userdata/pidfile", "7");
	tree_put("/etc/containers/storage.conf", "[storage]\nrunroot = '/run/store'\n");
	knowntree_list(*state, &runtime_podman, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].pid, 7);
}

/* A user's own file is not asked about root's containers, nor root's about his. */
static void a_users_storage_conf_speaks_for_his_own(void **state)
{
	const uid_t ana = 1000;

	tree_put("/etc/passwd", "ana:x:1000:1000::/home/ana:/bin/sh\n");
	tree_put("/home/ana/.config/containers/storage.conf",
		 "[storage]\ngraphroot = \"/srv/$USER\"\n");
	tree_put("/srv/ana/vfs-containers/containers.json", "[" ITEM(APP, "hers") "]");
	assert_int_equal(count_named(*state, "hers", &ana), 1);
	assert_int_equal(count_named(*state, "hers", NULL), 0);
	tree_put("/etc/containers/storage.conf",
		 "[storage]\ngraphroot = \"/srv/ana\"\nrootless_storage_path='/srv/$UID'\n");
	assert_int_equal(count_named(*state, "hers", NULL), 1);
	tree_put("/srv/1000/vfs-containers/containers.json", "[" ITEM(APP, "there") "]");
	assert_int_equal(count_named(*state, "there", &ana), 1);
	assert_int_equal(count_named(*state, "there", NULL), 0);
}

/* Root follows no link that a user made, and believes nothing that others may write. */
static void a_users_storage_conf_leads_nowhere_else(void **state)
{
	static const char conf[] = "/home/ana/.config/containers/storage.conf";
	_cleanup_free_ char *path = knowntree_path(conf);
	_cleanup_free_ char *link = knowntree_path("/srv/link");
	_cleanup_free_ char *srv = knowntree_path("/srv");
	const uid_t ana = 1000;

	if (geteuid() != 0)
		skip();
	tree_put("/etc/passwd", "ana:x:1000:1000::/home/ana:/bin/sh\n");
	tree_put("/srv/real/vfs-containers/containers.json", "[" ITEM(APP, "hers") "]");
	assert_int_equal(symlink("real", link), 0);
	tree_put(conf, "[storage]\ngraphroot = \"/srv/link\"\n");
	assert_int_equal(chown(path, 1000, 1000), 0);
	assert_int_equal(chown(srv, 1000, 1000), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
	assert_int_equal(chown(srv, 0, 0), 0);
	assert_int_equal(chmod(srv, 01777), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
	tree_put(conf, "[storage]\ngraphroot = \"/srv/real\"\n");
	assert_int_equal(count_named(*state, "hers", &ana), 1);
	assert_int_equal(chown(path, 1001, 1000), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
	assert_int_equal(chown(path, 1000, 1000), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
}

/* As where the whole system is one image: the links above a home are root's. */
static void a_home_may_be_below_a_link_of_roots(void **state)
{
	_cleanup_free_ char *link = knowntree_path("/home"), *other = knowntree_path("/var/link");
	_cleanup_free_ char *data = knowntree_path("/var/home/ana/.local/share/containers");
	_cleanup_free_ char *moved = knowntree_path("/var/home/ana/.local/share/moved");
	_cleanup_free_ char *home = knowntree_path("/var/home/ana");
	const uid_t ana = 1000;

	if (geteuid() != 0)
		skip();
	tree_put("/etc/passwd", "ana:x:1000:1000::/home/ana:/bin/sh\n");
	tree_put("/var/home/ana/.local/share/containers/storage/vfs-containers/containers.json",
		 "[" ITEM(APP, "hers") "]");
	assert_int_equal(chown(home, 1000, 1000), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
	assert_int_equal(symlink("./var/../var/link", link), 0);
	assert_int_equal(symlink("/var/home", other), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 1);
	/* Below it the links are hers. */
	assert_int_equal(rename(data, moved), 0);
	assert_int_equal(symlink("moved", data), 0);
	assert_int_equal(count_named(*state, "hers", &ana), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(symlink("link", other), 0); /* round and round */
	assert_int_equal(count_named(*state, "hers", &ana), 0);
}

static void put_monitor(struct procscan_item *item, pid_t pid, const char *words, size_t size)
{
	*item = (struct procscan_item){
		.kind = PROCSCAN_CONMON, .pid = pid, .uid = geteuid() + 7, .cmdline_size = size
	};
	item->cmdline = malloc(size);
	assert_non_null(item->cmdline);
	memcpy(item->cmdline, words, size);
}

/* Numbers are given again: the monitor of what was exec'ed later can be met first. */
static void what_a_user_has_execed_is_not_his_container(void **state)
{
#define CONMON "conmon\0-c\0" APP "\0-n\0own\0--exit-command\0/usr/bin/podman"
	static const char exec[] = CONMON "\0-e\0--exec-process-spec\0/tmp/spec";
	static const char own[] = CONMON;
	static const struct tree_process processes[] = {
		{ .pid = 20, .comm = "conmon", .start = 900, .children = "21 " },
		{ .pid = 21, .ppid = 20, .comm = "sh", .start = 901, .nspid = "21\t9" },
		{ .pid = 50, .comm = "conmon", .start = 500, .children = "51 " },
		{ .pid = 51, .ppid = 50, .comm = "db", .start = 501, .nspid = "51\t1" },
	};
	struct knowntree *t = *state;
	_cleanup_known_list_ struct known_list list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(processes); i++)
		tree_process(&processes[i]);
	t->scan.done = true;
	t->scan.item = calloc(2, sizeof(*t->scan.item));
	put_monitor(&t->scan.item[0], 20, exec, sizeof(exec));
	put_monitor(&t->scan.item[1], 50, own, sizeof(own));
	t->scan.n = 2;
	assert_int_equal(runtime_podman.list_scanned(&t->ctx, &ANY, &list, NULL), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].name, "own");
	assert_int_equal(list.item[0].pid, 51);
}

static void a_storage_is_read_once_for_all_its_monitors(void **state)
{
#define OF(id)                                                                                     \
	"conmon\0-c\0" id "\0--exit-command\0podman\0--exit-command-arg\0--root\0"                 \
	"--exit-command-arg\0/srv/other\0--exit-command-arg\0--runroot\0--exit-command-arg\0/run/" \
	"other"
	static const char alone[] = OF(ALONE), app[] = OF(APP);
	struct knowntree *t = *state;
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known_filter web = { .name = "web" };

	tree_put("srv/other/vfs-containers/containers.json",
		 "[" ITEM(ALONE, "alone") "," ITEM(APP, "app") "," ITEM(INFRA, "web") "]");
	t->scan.done = true;
	t->scan.item = calloc(2, sizeof(*t->scan.item));
	put_monitor(&t->scan.item[0], 20, alone, sizeof(alone));
	put_monitor(&t->scan.item[1], 50, app, sizeof(app));
	t->scan.item[0].uid = t->scan.item[1].uid = geteuid();
	t->scan.n = 2;
	assert_int_equal(runtime_podman.list_scanned(&t->ctx, &web, &list, NULL), 0);
	assert_int_equal(list.n, 1);
}

static void crios_containers_are_not_podmans(void **state)
{
	put_list("containers.json",
		 "[{\"id\":\"" APP "\",\"names\":[\"x\"],\"metadata\":\"{\\\"pod-id\\\":1}\"}]");
	assert_int_equal(knowntree_count(*state, &runtime_podman, ANY), 0);
}

static void damaged_lists_list_nothing(void **state)
{
	static const char *const text[] = {
		"", "[", "{}", "[[]]", "[{\"id\":1}]", "[" ITEM("../../x", "a") "]", "null",
	};

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		put_list("containers.json", text[i]);
		assert_int_equal(knowntree_count(*state, &runtime_podman, ANY), 0);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		TEST(a_pod_has_the_hostname_of_its_infra_container),
		TEST(without_a_hostname_of_its_own_it_has_its_id),
		TEST(without_cgroups_the_name_of_the_infra_container_tells_the_id),
		TEST(a_pod_without_infra_container_has_its_id),
		TEST(what_is_alone_is_in_no_pod),
		TEST(by_its_name_an_infra_container_is_a_container),
		TEST(the_image_stands_in_the_metadata),
		TEST(storage_conf_tells_of_another_root),
		TEST(another_run_root_has_the_pid_files),
		TEST(a_users_storage_conf_speaks_for_his_own),
		TEST(a_users_storage_conf_leads_nowhere_else),
		TEST(a_home_may_be_below_a_link_of_roots),
		TEST(what_a_user_has_execed_is_not_his_container),
		TEST(a_storage_is_read_once_for_all_its_monitors),
		TEST(crios_containers_are_not_podmans),
		TEST(damaged_lists_list_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
