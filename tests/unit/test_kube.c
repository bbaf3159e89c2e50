/* SPDX-License-Identifier: MIT */
/* Names that the kubelet gives, and the containers that only its log files tell of. */
#include "knowntree.h"

#include "find/kube.h"
#include "find/nomad.h"

#define ANY ((struct known_filter){ 0 })
#define ID  "1111222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define UID "5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10"

static int setup_kubelet(void **state)
{
	return knowntree_setup(state, "host-kubelet");
}

static int setup_nomad(void **state)
{
	return knowntree_setup(state, "host-nomad");
}

static void a_name_tells_pod_namespace_container_and_uid(void **state)
{
	_cleanup_known_ struct known k = { 0 };

	(void)state;
	assert_int_equal(kube_parse_name("k8s_app_api-5d_prod_" UID "_3", &k), 1);
	assert_string_equal(k.name, "prod/api-5d/app");
	assert_string_equal(k.pod, "api-5d");
	assert_string_equal(k.pod_namespace, "prod");
	assert_string_equal(k.container, "app");
	assert_string_equal(k.pod_uid, UID);
	assert_false(k.sandbox);
}

static void pod_in_upper_case_is_the_sandbox(void **state)
{
	_cleanup_known_ struct known k = { 0 };

	(void)state;
	assert_int_equal(kube_parse_name("k8s_POD_api_prod_" UID "_0", &k), 1);
	assert_string_equal(k.name, "prod/api");
	assert_null(k.container);
	assert_true(k.sandbox);
}

static void names_that_were_made_otherwise_are_none(void **state)
{
	static const char *const names[] = {
		"",
		"web",
		"k8s",
		"k8s_app_api_prod_" UID,
		"k9s_app_api_prod_" UID "_0",
		"k8s__api_prod_" UID "_0",
		"k8s_app__prod_" UID "_0",
		"k8s_app_api__" UID "_0",
		"k8s_a/b_api_prod_" UID "_0",
		"k8s_app_api\n_prod_" UID "_0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_known_ struct known k = { 0 };

		if (kube_parse_name(names[i], &k) != 0)
			fail_msg("\"%s\" was taken", names[i]);
	}
}

static void a_uid_that_is_too_long_is_left_out(void **state)
{
	_cleanup_known_ struct known k = { 0 };

	(void)state;
	assert_int_equal(kube_parse_name("k8s_app_api_prod_" UID UID "_0", &k), 1);
	assert_string_equal(k.pod_uid, "");
}

static void a_log_file_tells_the_id_as_well(void **state)
{
	_cleanup_known_ struct known k = { 0 };

	(void)state;
	assert_int_equal(kube_parse_log("api-5d_prod_my-app-" ID ".log", &k), 1);
	assert_string_equal(k.id, ID);
	assert_string_equal(k.name, "prod/api-5d/my-app");
}

static void other_files_beside_the_logs_are_none(void **state)
{
	static const char *const names[] = {
		"",
		".log",
		"api_prod_app-" ID,
		"api_prod_app" ID ".log",
		"api_prod-" ID ".log",
		"api_prod_app_x-" ID ".log",
		"api_prod_app-.log",
		"api_prod_app-xyz.log",
		"_prod_app-" ID ".log",
		"api_prod_-" ID ".log",
		"api_prod_app-" ID ".log.gz",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_known_ struct known k = { 0 };

		if (kube_parse_log(names[i], &k) != 0)
			fail_msg("\"%s\" was taken", names[i]);
	}
}

static void logs_name_the_containers_that_run(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	knowntree_list(*state, &runtime_cri, ANY, &list);
	assert_int_equal(list.n, 2); /* of three files one is an earlier container's */
	k = knowntree_find(&list, "prod/api/app");
	assert_string_equal(k->id,
			    "e81918accb1d84e0bef603f592e116a435d31a1e07d81c13cc10a24ea2227756");
	assert_ptr_equal(k->runtime, &runtime_cri);
	assert_int_equal(k->pid, 0);
}

static void an_id_that_was_cut_is_completed(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(*state, &runtime_cri, (struct known_filter){ .prefix = "a690f62f" }, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(strlen(list.item[0].id), 64);
	assert_int_equal(strlen(list.item[0].container), 63);
}

static void tasks_of_nomad_are_called_after_their_directories(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(*state, &runtime_nomad, ANY, &list);
	assert_int_equal(list.n, 2);
	assert_string_equal(knowntree_find(&list, "redis")->id,
			    "b36c5d0a-7f7a-3b43-2d4c-5cf8f5b6b7d1.redis");
	assert_int_equal(
		knowntree_count(*state, &runtime_nomad, (struct known_filter){ .name = "redis" }),
		1);
}

int main(void)
{
#define IN(fixture, test) cmocka_unit_test_setup_teardown(test, setup_##fixture, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_tells_pod_namespace_container_and_uid),
		cmocka_unit_test(pod_in_upper_case_is_the_sandbox),
		cmocka_unit_test(names_that_were_made_otherwise_are_none),
		cmocka_unit_test(a_uid_that_is_too_long_is_left_out),
		cmocka_unit_test(a_log_file_tells_the_id_as_well),
		cmocka_unit_test(other_files_beside_the_logs_are_none),
		IN(kubelet, logs_name_the_containers_that_run),
		IN(kubelet, an_id_that_was_cut_is_completed),
		IN(nomad, tasks_of_nomad_are_called_after_their_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
