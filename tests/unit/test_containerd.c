/* SPDX-License-Identifier: MIT */
/* Bundles of containerd, in a host's tree. */
#include "knowntree.h"

#include "find/containerd.h"
#include "find/kata.h"
#include "find/kube.h"
#include "find/ocistate.h"
#include "find/vm.h"

#define TASKS "/run/containerd/io.containerd.runtime.v2.task/"
#define ANY   ((struct known_filter){ 0 })

static int setup(void **state)
{
	return knowntree_setup(state, NULL);
}

static int setup_k3s(void **state)
{
	return knowntree_setup(state, "host-k3s");
}

static int setup_kata(void **state)
{
	return knowntree_setup(state, "host-kata");
}

static int setup_gvisor(void **state)
{
	return knowntree_setup(state, "host-gvisor");
}

/* A bundle with this text as its config.json. */
static void put_bundle(const char *ns, const char *id, const char *config)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, TASKS "%s/%s/config.json", ns, id) > 0);
	tree_put(path, config);
}

static void a_container_of_ctr_is_called_after_its_namespace_and_id(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("default", "ctr1", "{\"linux\":{\"cgroupsPath\":\"/default/ctr1\"}}");
	tree_put(TASKS "default/ctr1/init.pid", "4242");
	knowntree_list(*state, &runtime_containerd, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].id, "ctr1");
	assert_string_equal(list.item[0].name, "default/ctr1");
	assert_string_equal(list.item[0].cgroup, "/default/ctr1");
	assert_string_equal(list.item[0].state_root, "/run/containerd");
	assert_int_equal(list.item[0].pid, 4242);
	assert_int_equal(list.item[0].start_time, 0);
	assert_null(list.item[0].pod);
	assert_null(list.item[0].refuse);
	assert_ptr_equal(list.item[0].runtime, &runtime_containerd);
}

static void the_same_id_in_two_namespaces_is_two_containers(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("default", "ctr1", "{}");
	put_bundle("myns", "ctr1", "{}");
	knowntree_list(*state, &runtime_containerd, (struct known_filter){ .name = "ctr1" }, &list);
	assert_int_equal(list.n, 2);
	(void)knowntree_find(&list, "default/ctr1");
	(void)knowntree_find(&list, "myns/ctr1");
}

static void what_docker_keeps_in_containerd_is_left_to_docker(void **state)
{
	put_bundle("moby", "ctr1", "{}");
	assert_int_equal(knowntree_count(*state, &runtime_containerd, ANY), 0);
	assert_int_equal(knowntree_count(*state, &runtime_cri, ANY), 0);
}

static void the_start_time_comes_from_the_oci_runtime(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("default", "ctr1", "{}");
	tree_put(TASKS "default/ctr1/init.pid", "4242\n");
	tree_put("/run/containerd/runc/default/ctr1/state.json",
		 "{\"id\":\"ctr1\",\"init_process_pid\":4242,\"init_process_start\":99,"
		 "\"config\":{\"cgroups\":{\"path\":\"/x/y\"}}}");
	knowntree_list(*state, &runtime_containerd, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].pid, 4242);
	assert_int_equal(list.item[0].start_time, 99);
	assert_string_equal(list.item[0].cgroup, "/x/y");
}

static void the_state_of_another_process_or_container_is_not_taken(void **state)
{
	static const char *const other[] = {
		"{\"id\":\"ctr1\",\"init_process_pid\":7,\"init_process_start\":99}",
		"{\"id\":\"ctr2\",\"init_process_pid\":4242,\"init_process_start\":99}",
		"{\"id\":\"ctr1\",\"init_process_pid\":4242,\"init_process_start\":-1}",
		"{\"id\":\"ctr1\",\"init_process_pid\":4242}",
	};

	put_bundle("default", "ctr1", "{}");
	tree_put(TASKS "default/ctr1/init.pid", "4242");
	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };

		tree_put("/run/containerd/runc/default/ctr1/state.json", other[i]);
		knowntree_list(*state, &runtime_containerd, ANY, &list);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.item[0].pid, 4242);
		assert_int_equal(list.item[0].start_time, 0);
	}
}

static void the_oci_runtime_can_have_been_told_another_root(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("default", "ctr1", "{}");
	tree_put(TASKS "default/ctr1/options.json", "{\"root\":\"/srv/crun\"}");
	tree_put("/srv/crun/default/ctr1/status",
		 "{\"pid\":77,\"process-start-time\":88,\"cgroup-path\":\"/x.slice/a.scope\"}");
	knowntree_list(*state, &runtime_containerd, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.item[0].pid, 77);
	assert_int_equal(list.item[0].start_time, 88);
	assert_string_equal(list.item[0].cgroup, "/x.slice/a.scope");
}

static void pods_have_their_names_and_a_sandbox(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	const struct known *k;

	knowntree_list(*state, &runtime_cri, ANY, &list);
	assert_int_equal(list.n, 5);
	k = knowntree_find(&list, "prod/api/app");
	assert_string_equal(k->pod, "api");
	assert_string_equal(k->pod_namespace, "prod");
	assert_string_equal(k->container, "app");
	assert_string_equal(k->pod_uid, "01042b28-179d-446a-954a-7266557e12cd");
	assert_false(k->sandbox);
	assert_int_equal(k->pid, 2002);
	assert_int_equal(k->start_time, 0); /* in a listing of all the cgroup has to do */
	assert_string_equal(k->state_root, "/run/k3s/containerd");
	k = knowntree_find(&list, "prod/api");
	assert_true(k->sandbox);
	assert_null(k->container);
	(void)knowntree_find(&list, "default/web/nginx");
	(void)knowntree_find(&list, "default/web/sidecar");
}

static void a_path_for_systemd_becomes_that_of_the_scope(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	_cleanup_free_ char *expected = NULL;
	const struct known *k;

	knowntree_list(*state, &runtime_cri, (struct known_filter){ .name = "app" }, &list);
	k = knowntree_find(&list, "prod/api/app");
	assert_int_equal(k->start_time, 20020);
	assert_true(asprintf(&expected,
			     "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
			     "01042b28_179d_446a_954a_7266557e12cd.slice/cri-containerd-%s.scope",
			     k->id) > 0);
	assert_string_equal(k->cgroup, expected);
}

static void a_filter_selects_by_name_pod_container_and_prefix(void **state)
{
	_cleanup_known_list_ struct known_list all = { 0 };
	char prefix[9] = "";

	knowntree_list(*state, &runtime_cri, ANY, &all);
	memcpy(prefix, knowntree_find(&all, "prod/api/app")->id, sizeof(prefix) - 1);
#define COUNT(...) knowntree_count(*state, &runtime_cri, (struct known_filter){ __VA_ARGS__ })
	assert_int_equal(COUNT(.name = "web"), 3);
	assert_int_equal(COUNT(.name = "default/web/nginx"), 1);
	assert_int_equal(COUNT(.name = "we"), 0);
	assert_int_equal(COUNT(.pod = "api"), 2);
	assert_int_equal(COUNT(.pod = "web", .container = "sidecar"), 1);
	assert_int_equal(COUNT(.prefix = prefix), 1);
	assert_int_equal(COUNT(.prefix = "ffffffffffff"), 0);
	assert_int_equal(knowntree_count(*state, &runtime_containerd, ANY), 1);
}

static void annotations_that_are_no_names_are_not_taken(void **state)
{
	static const char *const pods[] = { "", "a/b", "Api", "a b", "\\u001b[31m", ".", "-a" };

	for (size_t i = 0; i < ARRAY_SIZE(pods); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };
		_cleanup_free_ char *config = NULL;

		assert_true(asprintf(&config,
				     "{\"annotations\":{\"io.kubernetes.cri.container-type\":"
				     "\"sandbox\",\"io.kubernetes.cri.sandbox-name\":\"%s\","
				     "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}",
				     pods[i]) > 0);
		put_bundle("k8s.io", "id1", config);
		knowntree_list(*state, &runtime_cri, ANY, &list);
		assert_int_equal(list.n, 1);
		assert_null(list.item[0].pod);
		assert_string_equal(list.item[0].name, "k8s.io/id1");
	}
}

static void the_image_of_a_pods_container_is_known(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("k8s.io", "id1",
		   "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"container\","
		   "\"io.kubernetes.cri.image-name\":\"docker.io/app:2\"}}");
	knowntree_list(*state, &runtime_cri, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].image, "docker.io/app:2");
}

static void pod_names_count_in_the_namespace_of_kubernetes_only(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	put_bundle("default", "ctr1",
		   "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"sandbox\","
		   "\"io.kubernetes.cri.sandbox-name\":\"api\","
		   "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}");
	knowntree_list(*state, &runtime_containerd, ANY, &list);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].name, "default/ctr1");
	assert_null(list.item[0].pod);
	assert_int_equal(knowntree_count(*state, &runtime_cri, ANY), 0);
}

static void containers_on_another_kernel_are_refused_with_the_reason(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };

	knowntree_list(*state, &runtime_cri, (struct known_filter){ .container = "app" }, &list);
	assert_int_equal(list.n, 1);
	assert_non_null(list.item[0].refuse);
	assert_non_null(list.item[0].pod);
}

static void a_virtual_machine_without_state_is_known_by_its_cgroup(void **state)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	struct known_filter any = { 0 };
	size_t unnamed = 0;

	knowntree_list(*state, &runtime_cri, any, &list);
	assert_int_equal(list.n, 2);
	knowntree_list(*state, &runtime_kata, any, &list);
	assert_int_equal(list.n, 4); /* the sandbox has state and cgroup, and is there once */
	for (size_t i = 0; i < list.n; i++) {
		assert_non_null(list.item[i].refuse);
		unnamed += !list.item[i].name;
	}
	assert_int_equal(unnamed, 2);
	any.prefix = list.item[3].id;
	assert_int_equal(knowntree_count(*state, &runtime_kata, any), 1);
}

static void the_reason_is_that_of_the_runtime(void **state)
{
	(void)state;
	assert_non_null(strstr(vm_of_runtime("io.containerd.kata.v2"), "kata"));
	assert_non_null(
		strstr(vm_of_runtime("/opt/kata/bin/containerd-shim-kata-qemu-v2"), "kata"));
	assert_non_null(strstr(vm_of_runtime("kata"), "kata"));
	assert_non_null(strstr(vm_of_runtime("io.containerd.runsc.v1"), "gVisor"));
	assert_non_null(strstr(vm_of_runtime("runsc"), "gVisor"));
	assert_null(vm_of_runtime("/usr/bin/containerd-shim-runc-v2"));
	assert_null(vm_of_runtime("/kata/bin/runc"));
	assert_null(vm_of_runtime("katana"));
	assert_null(vm_of_runtime(""));
}

static void damaged_and_odd_bundles_do_not_stop_the_search(void **state)
{
	static const char *const text[] = {
		"", "{", "[]", "\"x\"", "{\"annotations\":[[[[", "{\"annotations\":\"x\"} y",
	};
	_cleanup_free_ char *fifo = knowntree_path(TASKS "default/fifo/config.json");
	_cleanup_free_ char *link = knowntree_path(TASKS "default/link/config.json");
	_cleanup_known_list_ struct known_list list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		char id[] = "damaged0";

		id[sizeof(id) - 2] = (char)('0' + i);
		put_bundle("default", id, text[i]);
	}
	put_bundle("default", "good", "{}");
	put_bundle("default", "fifo", "{}");
	put_bundle("default", "link", "{}");
	tree_put(TASKS "default/dir/config.json/x", "");
	assert_int_equal(unlink(fifo), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("../good/config.json", link), 0);
	knowntree_list(*state, &runtime_containerd, ANY, &list);
	(void)knowntree_find(&list, "default/good");
	/* "[]" and "\"x\"" are JSON that says nothing. */
	assert_int_equal(list.n, 3);
}

static void names_of_directories_that_are_no_ids_are_left_out(void **state)
{
	put_bundle("default", "a\nb", "{}");
	put_bundle("default", "-a", "{}");
	put_bundle("default", "a\x1b[31m", "{}");
	put_bundle("na\tme", "good", "{}");
	assert_int_equal(knowntree_count(*state, &runtime_containerd, ANY), 0);
}

static void a_directory_that_everybody_may_write_to_is_not_believed(void **state)
{
	_cleanup_free_ char *dir = knowntree_path(TASKS "default");

	put_bundle("default", "ctr1", "{}");
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(knowntree_count(*state, &runtime_containerd, ANY), 0);
}

static void a_huge_file_is_left_out(void **state)
{
	_cleanup_free_ char *text = malloc(STATE_FILE_MAX + 2);

	assert_non_null(text);
	memset(text, ' ', STATE_FILE_MAX + 1);
	memcpy(text, "{}", 2);
	text[STATE_FILE_MAX + 1] = '\0';
	put_bundle("default", "huge", text);
	put_bundle("default", "good", "{}");
	assert_int_equal(knowntree_count(*state, &runtime_containerd, ANY), 1);
}

static void odd_pid_files_hold_no_pid(void **state)
{
	static const char *const text[] = { "", "0", "-1", "1x", "4294967297", "1 2", "\n" };

	put_bundle("default", "ctr1", "{}");
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };

		tree_put(TASKS "default/ctr1/init.pid", text[i]);
		knowntree_list(*state, &runtime_containerd, ANY, &list);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.item[0].pid, 0);
		assert_int_equal(list.item[0].pid_written, 0);
	}
}

/* An item of the scan, as a shim or daemon would have left it. */
static void put_item(struct knowntree *t, struct procscan_item item, const char *words, size_t n)
{
	t->scan.done = true;
	t->scan.item = reallocarray(t->scan.item, t->scan.n + 1, sizeof(item));
	item.cmdline = malloc(n);
	assert_non_null(item.cmdline);
	memcpy(item.cmdline, words, n);
	item.cmdline_size = n - 1;
	t->scan.item[t->scan.n++] = item;
}

static size_t count_scanned(struct knowntree *t)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	struct known_filter any = { 0 };

	assert_int_equal(runtime_containerd.list_scanned(&t->ctx, &any, &list, NULL), 0);
	return list.n;
}

static void shims_and_daemons_tell_of_other_state_directories(void **state)
{
	static const char shim[] = "containerd-shim-runc-v2\0-namespace\0x\0-id\0a";
	static const char daemon[] = "containerd\0--state\0/srv/two";
	const char *cwd = "/srv/one/io.containerd.runtime.v2.task/x/a";

	tree_put("/srv/one/io.containerd.runtime.v2.task/x/a/config.json", "{}");
	tree_put("/srv/one/io.containerd.runtime.v2.task/x/b/config.json", "{}");
	tree_put("/srv/two/io.containerd.runtime.v2.task/x/c/config.json", "{}");
	put_bundle("default", "usual", "{}");
	put_item(*state, (struct procscan_item){ .kind = PROCSCAN_SHIM, .cwd = strdup(cwd) }, shim,
		 sizeof(shim));
	assert_int_equal(count_scanned(*state), 2);
	/* A second shim of the same containerd changes nothing. */
	put_item(*state, (struct procscan_item){ .kind = PROCSCAN_SHIM, .cwd = strdup(cwd) }, shim,
		 sizeof(shim));
	assert_int_equal(count_scanned(*state), 2);
	put_item(*state, (struct procscan_item){ .kind = PROCSCAN_CONTAINERD }, daemon,
		 sizeof(daemon));
	assert_int_equal(count_scanned(*state), 3);
}

static void the_shim_of_another_user_is_not_believed(void **state)
{
	static const char shim[] = "containerd-shim-runc-v2\0-namespace\0x\0-id\0a";
	const char *cwd = "/srv/one/io.containerd.runtime.v2.task/x/a";

	tree_put("/srv/one/io.containerd.runtime.v2.task/x/a/config.json", "{}");
	put_item(*state,
		 (struct procscan_item){
			 .kind = PROCSCAN_SHIM, .uid = geteuid() + 7, .cwd = strdup(cwd) },
		 shim, sizeof(shim));
	assert_int_equal(count_scanned(*state), 0);
}

static void cgroup_paths_are_read_as_runc_reads_them(void **state)
{
	static const struct {
		const char *path, *expected;
	} rows[] = {
		{ "/a/b", "/a/b" },
		{ "system.slice:nerdctl:abc", "/system.slice/nerdctl-abc.scope" },
		{ "a-b-c.slice:p:n", "/a.slice/a-b.slice/a-b-c.slice/p-n.scope" },
		{ ":foo:bar", "/system.slice/foo-bar.scope" },
		{ "-.slice:p:n", "/p-n.scope" },
		{ "user.slice::n", "/user.slice/n.scope" },
		{ "", NULL },
		{ "relative", NULL },
		{ "a:b", NULL },
		{ "a.slice:b:", NULL },
		{ "noslice:p:n", NULL },
		{ ".slice:p:n", NULL },
		{ "a.slice:p:../../x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *path = NULL;
		int r = ocistate_cgroup(rows[i].path, &path);

		assert_int_equal(r, rows[i].expected ? 1 : 0);
		if (rows[i].expected)
			assert_string_equal(path, rows[i].expected);
	}
}

/* What runc's or crun's file says of "web". Return: as ocistate_read(). */
static int read_state(struct knowntree *t, const char *file, const char *text,
		      struct known *ret_known)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, "/run/oci/web/%s", file) > 0);
	tree_put(path, text);
	known_done(ret_known);
	ret_known->id = strdup("web");
	return ocistate_read(&t->ctx, "/run/oci/web", ret_known, NULL);
}

#define STATE(start, path)                                                                         \
	"{\"id\":\"web\",\"init_process_pid\":7,\"init_process_start\":" start                     \
	",\"config\":{\"rlimits\":[{\"id\":\"x\"}],\"cgroups\":{\"path\":" path                    \
	",\"parent\":\"a.slice\",\"scope_prefix\":\"p\",\"name\":\"n\"}}}"

/* Plain texts are read where they stand, others by the parser. */
static void a_state_says_the_same_however_it_is_written(void **state)
{
	static const struct {
		const char *file, *text;
		uint64_t start; /* 0: it says nothing */
		const char *cgroup;
	} rows[] = {
		{ "state.json", STATE("42", "\"/a/b\""), 42, "/a/b" },
		{ "state.json", STATE("42", "\"\\u002fa\\/b\""), 42, "/a/b" },
		{ "state.json", STATE("42", "\"\""), 42, "/a.slice/p-n.scope" },
		{ "state.json", STATE("42", "null"), 42, "/a.slice/p-n.scope" },
		{ "state.json", STATE("\"42\"", "\"/a\""), 0, NULL },
		{ "state.json", STATE("-42", "\"/a\""), 0, NULL },
		{ "state.json", STATE("42,\"id\":\"db\"", "\"/a\""), 0, NULL },
		{ "state.json", STATE("42", "\"/a\"") "}", 0, NULL },
		{ "state.json", "{\"init_process_pid\":7,\"init_process_start\":42}", 0, NULL },
		{ "status", "{\"pid\": 7, \"process-start-time\": 42, \"cgroup-path\": \"/c\"}", 42,
		  "/c" },
		{ "status", "{\"pid\": 7}", 0, NULL },
	};
	_cleanup_free_ char *json = knowntree_path("/run/oci/web/state.json");
	struct known known = { .pid = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)unlink(json); /* of the row before */
		assert_int_equal(read_state(*state, rows[i].file, rows[i].text, &known),
				 rows[i].start ? 1 : 0);
		assert_int_equal(known.pid, rows[i].start ? 7 : 0);
		assert_int_equal(known.start_time, rows[i].start);
		if (rows[i].cgroup)
			assert_string_equal(known.cgroup, rows[i].cgroup);
	}
	known_done(&known);
}

int main(void)
{
#define EMPTY(test)	  cmocka_unit_test_setup_teardown(test, setup, knowntree_teardown)
#define IN(fixture, test) cmocka_unit_test_setup_teardown(test, setup_##fixture, knowntree_teardown)
	static const struct CMUnitTest tests[] = {
		EMPTY(a_state_says_the_same_however_it_is_written),
		EMPTY(a_container_of_ctr_is_called_after_its_namespace_and_id),
		EMPTY(the_same_id_in_two_namespaces_is_two_containers),
		EMPTY(what_docker_keeps_in_containerd_is_left_to_docker),
		EMPTY(the_start_time_comes_from_the_oci_runtime),
		EMPTY(the_state_of_another_process_or_container_is_not_taken),
		EMPTY(the_oci_runtime_can_have_been_told_another_root),
		IN(k3s, pods_have_their_names_and_a_sandbox),
		IN(k3s, a_path_for_systemd_becomes_that_of_the_scope),
		IN(k3s, a_filter_selects_by_name_pod_container_and_prefix),
		EMPTY(annotations_that_are_no_names_are_not_taken),
		EMPTY(the_image_of_a_pods_container_is_known),
		EMPTY(pod_names_count_in_the_namespace_of_kubernetes_only),
		IN(kata, containers_on_another_kernel_are_refused_with_the_reason),
		IN(gvisor, containers_on_another_kernel_are_refused_with_the_reason),
		IN(kata, a_virtual_machine_without_state_is_known_by_its_cgroup),
		cmocka_unit_test(the_reason_is_that_of_the_runtime),
		EMPTY(damaged_and_odd_bundles_do_not_stop_the_search),
		EMPTY(names_of_directories_that_are_no_ids_are_left_out),
		EMPTY(a_directory_that_everybody_may_write_to_is_not_believed),
		EMPTY(a_huge_file_is_left_out),
		EMPTY(odd_pid_files_hold_no_pid),
		EMPTY(shims_and_daemons_tell_of_other_state_directories),
		EMPTY(the_shim_of_another_user_is_not_believed),
		cmocka_unit_test(cgroup_paths_are_read_as_runc_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
