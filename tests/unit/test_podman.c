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
		TEST(crios_containers_are_not_podmans),
		TEST(damaged_lists_list_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
