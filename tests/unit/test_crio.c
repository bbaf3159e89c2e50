/* SPDX-License-Identifier: MIT */
/* CRI-O's bundles and state files, in a host's tree. */
#include "knowntree.h"

#include "find/crio.h"

#define ANY	((struct known_filter){ 0 })
#define ID	"1111222233334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define NAME	"k8s_app_api_prod_5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10_0"
#define BUNDLES "/run/containers/storage/overlay-containers/"
#define STATES	"/var/lib/containers/storage/overlay-containers/"

static int setup(void **state)
{
	return knowntree_setup(state, NULL);
}

static int setup_crio(void **state)
{
	return knowntree_setup(state, "host-crio");
}

static void put_config(const char *dir, const char *more)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&path, "%s/config.json", dir) > 0);
	assert_true(asprintf(&text,
			     "{\"annotations\":{\"io.kubernetes.cri-o.Name\":\"" NAME "\"%s}}",
			     more) > 0);
	tree_put(path, text);
}

/* The one container that is listed. */
static const struct known *only(struct knowntree *t, struct known_list *list)
{
	knowntree_list(t, &runtime_crio, ANY, list);
	assert_int_equal(list->n, 1);
	return &list->item[0];
}

static void pods_have_their_names_and_a_sandbox(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	knowntree_list(*state, &runtime_crio, ANY, &list);
	assert_int_equal(list.n, 3); /* podman's is not among them */
	k = knowntree_find(&list, "prod/api");
	assert_true(k->sandbox);
	assert_string_equal(k->pod, "api");
	assert_string_equal(k->pod_namespace, "prod");
	assert_string_equal(k->pod_uid, "5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10");
	assert_null(k->container);
	assert_int_equal(k->pid, 3001);
	assert_int_equal(k->start_time, 30010);
	assert_non_null(strstr(k->cgroup, ".slice/crio-"));
	assert_string_equal(knowntree_find(&list, "prod/api/app")->container, "app");
}

static void the_container_before_is_told_to_be_stopped(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	size_t stopped = 0;

	knowntree_list(*state, &runtime_crio, (struct known_filter){ .container = "app" }, &list);
	assert_int_equal(list.n, 2);
	for (size_t i = 0; i < list.n; i++) {
		stopped += list.item[i].stopped;
		assert_int_equal(list.item[i].pid, list.item[i].stopped ? 3002 : 3003);
	}
	assert_int_equal(stopped, 1);
}

static void a_filter_selects_by_pod_and_container(void **state)
{
#define COUNT(...) knowntree_count(*state, &runtime_crio, (struct known_filter){ __VA_ARGS__ })
	assert_int_equal(COUNT(.pod = "api"), 3);
	assert_int_equal(COUNT(.pod = "other"), 0);
	assert_int_equal(COUNT(.name = "prod/api/app"), 2);
	assert_int_equal(COUNT(.name = "nginx"), 0);
	assert_int_equal(COUNT(.prefix = "0123456789ab"), 0);
}

static void expect_image(struct knowntree *t, const char *more, const char *image)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_config(BUNDLES ID "/userdata", more);
	k = only(t, &list);
	assert_string_equal(k->image ? k->image : "none", image);
}

static void the_image_is_called_as_it_was_asked_for(void **state)
{
#define IMAGE ",\"io.kubernetes.cri-o.Image\":\"sha256:0011\""
	expect_image(*state, IMAGE ",\"io.kubernetes.cri-o.ImageName\":\"quay.io/app:1\"",
		     "quay.io/app:1");
	expect_image(*state, IMAGE, "sha256:0011");
	expect_image(*state, "", "none");
}

static void the_files_that_keep_namespaces_are_asked_for_with_a_pod(void **state)
{
	static const char config[] =
		"{\"annotations\":{\"io.kubernetes.cri-o.Name\":\"" NAME "\"},"
		"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},"
		"{\"type\":\"network\",\"path\":\"/var/run/netns/a\"},"
		"{\"type\":\"network\",\"path\":\"/var/run/netns/b\"},"
		"{\"type\":\"ipc\",\"path\":\"/proc/7/ns/ipc\"},"
		"{\"type\":\"uts\",\"path\":\"/run/../proc/7/ns/uts\"},"
		"{\"type\":7,\"path\":\"/run/x\"},7,{\"type\":\"mount\",\"path\":\"/run/m\"}]}}";
	_cleanup_known_list_ struct known_list all = { 0 }, pod = { 0 };

	tree_put(BUNDLES ID "/userdata/config.json", config);
	assert_null(only(*state, &all)->pinned[NS_NET]);
	knowntree_list(*state, &runtime_crio, (struct known_filter){ .pod = "api" }, &pod);
	assert_int_equal(pod.n, 1);
	assert_string_equal(pod.item[0].pinned[NS_NET], "/var/run/netns/a");
	assert_null(pod.item[0].pinned[NS_IPC]);
	assert_null(pod.item[0].pinned[NS_UTS]);
	assert_null(pod.item[0].pinned[NS_MNT]);
}

static void storage_conf_tells_of_another_place(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_config("/run/store/overlay-containers/" ID "/userdata", "");
	tree_put("/srv/store/overlay-containers/" ID "/userdata/state.json",
		 "{\"status\":\"running\",\"initPid\":6,\"initStartTime\":\"66\"}");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 0);
	tree_put("/etc/containers/storage.conf",
		 "[storage]\nrunroot='/run/store'\ngraphroot='/srv/store'\n");
	k = only(*state, &list);
	assert_int_equal(k->pid, 6);
	assert_int_equal(k->start_time, 66);
}

static void the_state_of_the_oci_runtime_goes_first(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_config(BUNDLES ID "/userdata", "");
	tree_put(BUNDLES ID "/userdata/pidfile", "5");
	tree_put(STATES ID "/userdata/state.json",
		 "{\"status\":\"running\",\"initPid\":6,\"initStartTime\":\"66\"}");
	tree_put("/run/crun/" ID "/status", "{\"pid\":7,\"process-start-time\":77}");
	k = only(*state, &list);
	assert_int_equal(k->pid, 7);
	assert_int_equal(k->start_time, 77);
}

static void without_state_the_pid_file_has_to_do(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	put_config(BUNDLES ID "/userdata", "");
	tree_put(BUNDLES ID "/userdata/pidfile", "5");
	k = only(*state, &list);
	assert_int_equal(k->pid, 5);
	assert_int_equal(k->start_time, 0);
	assert_true(k->pid_written > 0);
	assert_false(k->stopped);
}

static void a_start_time_that_is_no_number_proves_nothing(void **state)
{
	static const char *const times[] = { "\"\"", "\"1x\"", "\"-1\"",
					     "12",   "null",   "\"99999999999999999999\"" };

	put_config(BUNDLES ID "/userdata", "");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };
		_cleanup_free_ char *text = NULL;

		assert_true(asprintf(&text, "{\"initPid\":6,\"initStartTime\":%s}", times[i]) > 0);
		tree_put(STATES ID "/userdata/state.json", text);
		assert_int_equal(only(*state, &list)->start_time, 0);
	}
}

static void what_podman_made_is_left_to_podman(void **state)
{
	put_config(BUNDLES ID "/userdata", ",\"io.container.manager\":\"libpod\"");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 0);
	put_config(BUNDLES ID "/userdata", ",\"io.container.manager\":\"cri-o\"");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 1);
}

static void a_handler_on_another_kernel_is_refused(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_config(BUNDLES ID "/userdata", ",\"io.kubernetes.cri-o.RuntimeHandler\":\"kata\"");
	assert_non_null(only(*state, &list)->refuse);
}

static void damaged_files_and_names_are_left_out(void **state)
{
	tree_put(BUNDLES ID "/userdata/config.json",
		 "{\"annotations\":{\"io.kubernetes.cri-o.Name\":\"k8s_app_api");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 0);
	tree_put(BUNDLES ID "/userdata/config.json",
		 "{\"annotations\":{\"io.kubernetes.cri-o.Name\":\"k8s_app_../x_prod_uid_0\"}}");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 0);
	put_config(BUNDLES "short/userdata", "");
	assert_int_equal(knowntree_count(*state, &runtime_crio, ANY), 0);
}

static void put_conmon(struct knowntree *t, const char *words, size_t size)
{
	t->scan.done = true;
	t->scan.item = calloc(1, sizeof(*t->scan.item));
	t->scan.item[0] =
		(struct procscan_item){ .kind = PROCSCAN_CONMON, .cmdline_size = size - 1 };
	t->scan.item[0].cmdline = malloc(size);
	memcpy(t->scan.item[0].cmdline, words, size);
	t->scan.n = 1;
}

static void conmon_tells_of_other_roots(void **state)
{
	static const char words[] =
		"conmon\0-b\0/srv/ctr/userdata\0-c\0" ID "\0--runtime-arg\0--root=/srv/runc";
	struct knowntree *t = *state;
	_cleanup_known_list_ struct known_list list = { 0 };
	struct known_filter any = { 0 };

	put_config("/srv/ctr/userdata", "");
	tree_put("/srv/runc/" ID "/state.json",
		 "{\"id\":\"" ID "\",\"init_process_pid\":8,\"init_process_start\":88}");
	put_conmon(t, words, sizeof(words));
	assert_int_equal(runtime_crio.list_scanned(&t->ctx, &any, &list, NULL), 0);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].pid, 8);
	assert_int_equal(list.item[0].start_time, 88);
	known_list_done(&list);
	t->scan.item[0].uid = geteuid() + 7;
	assert_int_equal(runtime_crio.list_scanned(&t->ctx, &any, &list, NULL), 0);
	assert_int_equal(list.n, 0);
}

static void a_root_beside_the_usual_one_is_another(void **state)
{
#define BESIDE "/run/containers/storage-crio/overlay-containers/" ID "/userdata"
	static const char words[] = "conmon\0-b\0" BESIDE "\0-c\0" ID;
	struct knowntree *t = *state;
	_cleanup_known_list_ struct known_list list = { 0 };
	struct known_filter any = { 0 };

	put_config(BESIDE, "");
	put_conmon(t, words, sizeof(words));
	assert_int_equal(runtime_crio.list_scanned(&t->ctx, &any, &list, NULL), 0);
	assert_int_equal(list.n, 1);
}

int main(void)
{
#define EMPTY(test)	  cmocka_unit_test_setup_teardown(test, setup, knowntree_teardown)
#define IN(fixture, test) cmocka_unit_test_setup_teardown(test, setup_##fixture, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		IN(crio, pods_have_their_names_and_a_sandbox),
		IN(crio, the_container_before_is_told_to_be_stopped),
		IN(crio, a_filter_selects_by_pod_and_container),
		EMPTY(the_image_is_called_as_it_was_asked_for),
		EMPTY(the_files_that_keep_namespaces_are_asked_for_with_a_pod),
		EMPTY(storage_conf_tells_of_another_place),
		EMPTY(the_state_of_the_oci_runtime_goes_first),
		EMPTY(without_state_the_pid_file_has_to_do),
		EMPTY(a_start_time_that_is_no_number_proves_nothing),
		EMPTY(what_podman_made_is_left_to_podman),
		EMPTY(a_handler_on_another_kernel_is_refused),
		EMPTY(damaged_files_and_names_are_left_out),
		EMPTY(conmon_tells_of_other_roots),
		EMPTY(a_root_beside_the_usual_one_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
