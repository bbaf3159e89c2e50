/* SPDX-License-Identifier: MIT */
/* Docker's state on disk, as a tree of fixtures that each test lays out anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/docker.h"
#include "find/find.h"
#include "find/hostfs.h"
#include "find/procscan.h"
#include "util/fd.h"
#include "util/macro.h"

#define TAIL	"33334444555566667777888899990000aaaabbbbccccddddeeeeffff"
#define WEB	"11112222" TAIL
#define DECOY	"deadbeef" TAIL
#define STOPPED "00002222" TAIL

static char *joined(const char *a, const char *b, const char *c)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s%s", a, b, c) > 0);
	return path;
}

static char *text_of(const char *fixture)
{
	char *text = NULL;

	assert_true(fd_read_alloc(AT_FDCWD, fixture, 1 << 20, &text) > 0);
	return text;
}

static void write_file(const char *path, const char *text, size_t size)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, size), 0);
}

/* A container of this id, with this text as its document. */
static void put(const char *root, const char *id, const char *text)
{
	_cleanup_free_ char *dir = joined(root, "containers/", id);
	_cleanup_free_ char *file = joined(dir, "config.v2.json", "");

	assert_int_equal(mkdir(dir, 0700), 0);
	write_file(file, text, strlen(text));
}

static int setup(void **state)
{
	char *root = strdup("/tmp/nsjoin-test-XXXXXX");
	_cleanup_free_ char *containers = NULL;
	_cleanup_free_ char *web = text_of(FIXTURES "/docker-web.json");
	_cleanup_free_ char *decoy = text_of(FIXTURES "/docker-decoy.json");
	_cleanup_free_ char *stopped = text_of(FIXTURES "/docker-stopped.json");

	if (!root || !mkdtemp(root))
		return -1;
	containers = joined(root, "containers", "");
	if (mkdir(containers, 0700) < 0)
		return -1;
	put(root, WEB, web);
	put(root, DECOY, decoy);
	put(root, STOPPED, stopped);
	*state = root;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	int r = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}

/* What is of interest of a container. */
struct first {
	char id[FIND_ID_MAX + 1];
	pid_t pid;
	bool stopped;
};

static int list_root(const char *root, const struct known_filter *filter, struct known_list *list)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;

	assert_int_equal(hostfs_init(NULL, &host, NULL), 0);
	return docker_list_root(&host, root, filter, list, NULL);
}

/* How many are called so; the first of them in *ret_first. */
static size_t count(const char *root, const char *name, const char *prefix, struct first *ret_first)
{
	const struct known_filter filter = { .name = name, .prefix = prefix };
	_cleanup_known_list_ struct known_list list = { 0 };

	assert_int_equal(list_root(root, &filter, &list), 0);
	if (list.n > 0 && ret_first) {
		assert_int_equal(strlen(list.item[0].id), FIND_ID_MAX);
		memcpy(ret_first->id, list.item[0].id, sizeof(ret_first->id));
		ret_first->pid = list.item[0].pid;
		ret_first->stopped = list.item[0].stopped;
	}
	return list.n;
}

static void a_name_gives_its_id_and_pid(void **state)
{
	struct first c = { .pid = 0 };

	assert_int_equal(count(*state, "web", NULL, &c), 1);
	assert_string_equal(c.id, WEB);
	assert_int_equal(c.pid, 4242);
}

static void the_image_is_called_as_it_was_asked_for(void **state)
{
	const struct known_filter filter = { .name = "web" };
	_cleanup_known_list_ struct known_list list = { 0 };

	assert_int_equal(list_root(*state, &filter, &list), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.item[0].image, "nginx:1.27");
}

static void a_label_that_looks_like_a_name_is_none(void **state)
{
	struct first c = { .pid = 0 };
	_cleanup_free_ char *dir = joined(*state, "containers/", WEB);
	_cleanup_free_ char *file = joined(dir, "config.v2.json", "");

	assert_int_equal(unlink(file), 0);
	assert_int_equal(count(*state, "web", NULL, &c), 0);
	assert_int_equal(count(*state, "other", NULL, &c), 1);
	assert_string_equal(c.id, DECOY);
}

static void a_part_of_a_name_is_not_the_name(void **state)
{
	assert_int_equal(count(*state, "we", NULL, NULL), 0);
	assert_int_equal(count(*state, "webb", NULL, NULL), 0);
	assert_int_equal(count(*state, "eb", NULL, NULL), 0);
}

static void the_pid_of_a_stopped_container_is_not_told(void **state)
{
	struct first c = { .pid = 1 };

	assert_int_equal(count(*state, "old", NULL, &c), 1);
	assert_int_equal(c.pid, 0);
	assert_true(c.stopped);
}

static void a_prefix_selects_by_id(void **state)
{
	struct first c = { .pid = 0 };

	assert_int_equal(count(*state, NULL, "deadbeef", &c), 1);
	assert_string_equal(c.id, DECOY);
	assert_int_equal(count(*state, NULL, "", NULL), 3);
	assert_int_equal(count(*state, NULL, "eadbeef", NULL), 0);
}

static void a_document_of_another_id_is_left_out(void **state)
{
	_cleanup_free_ char *web = text_of(FIXTURES "/docker-web.json");

	put(*state, "ffff2222" TAIL, web);
	assert_int_equal(count(*state, NULL, "ffff", NULL), 0);
}

static void damaged_documents_do_not_stop_the_search(void **state)
{
	static const char *const text[] = {
		"", "{", "[\"/web\"]", "{\"Name\":\"/web\"", "\"/web\"", "{\"Name\":[\"/web\"]}",
	};
	struct first c = { .pid = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		char id[FIND_ID_MAX + 1];

		(void)snprintf(id, sizeof(id), "a%07zx%s", i, TAIL);
		put(*state, id, text[i]);
	}
	assert_int_equal(count(*state, "web", NULL, &c), 1);
	assert_string_equal(c.id, WEB);
	assert_int_equal(count(*state, NULL, NULL, NULL), 3);
}

static void odd_files_do_not_hold_the_search(void **state)
{
	static const char linked[] = "{\"ID\":\"b1111111" TAIL "\",\"Name\":\"/web\"}";
	_cleanup_free_ char *elsewhere = joined(*state, "elsewhere", "");
	_cleanup_free_ char *fifo_dir = joined(*state, "containers/", "b0000000" TAIL);
	_cleanup_free_ char *fifo = joined(fifo_dir, "config.v2.json", "");
	_cleanup_free_ char *link_dir = joined(*state, "containers/", "b1111111" TAIL);
	_cleanup_free_ char *link = joined(link_dir, "config.v2.json", "");
	_cleanup_free_ char *dir = joined(*state, "containers/", "b2222222" TAIL);
	_cleanup_free_ char *inner = joined(dir, "config.v2.json", "");

	assert_int_equal(mkdir(fifo_dir, 0700), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(mkdir(link_dir, 0700), 0);
	write_file(elsewhere, linked, strlen(linked));
	assert_int_equal(symlink(elsewhere, link), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	assert_int_equal(count(*state, "web", NULL, NULL), 1);
	assert_int_equal(count(*state, NULL, NULL, NULL), 3);
}

static void a_directory_that_everybody_may_write_to_is_not_believed(void **state)
{
	const struct known_filter filter = { .name = "web" };
	_cleanup_known_list_ struct known_list list = { 0 };
	_cleanup_free_ char *containers = joined(*state, "containers", "");

	assert_int_equal(chmod(containers, 0777), 0);
	assert_int_equal(list_root(*state, &filter, &list), -ENOENT);
}

static void make_dirs(const char *root, const char *path)
{
	_cleanup_free_ char *full = joined(root, path, "/");

	for (char *slash = full + strlen(root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

/* The cgroup of a container of Docker's, with this member. */
static void put_cgroup(const char *root, const char *id, const char *member)
{
	_cleanup_free_ char *dir = joined("sys/fs/cgroup/docker", id, "");
	_cleanup_free_ char *file = joined(root, dir, "/cgroup.procs");

	make_dirs(root, dir);
	write_file(file, member, strlen(member));
}

/* A host whose Docker has its data where it usually is, and who lives in its cgroups. */
struct live {
	struct hostfs host;
	struct procscan scan;
	struct cgtree tree;
	struct runtime_context ctx;
};

static void live_start(struct live *l, const char *root)
{
	_cleanup_free_ char *docker = joined(root, "var/lib/docker", "");
	_cleanup_free_ char *procs = joined(root, "sys/fs/cgroup", "/cgroup.procs");

	make_dirs(root, "var/lib");
	make_dirs(root, "sys/fs/cgroup");
	write_file(procs, "", 0);
	if (symlink("/", docker) < 0) /* the root of the host, which is *state */
		assert_int_equal(errno, EEXIST);
	*l = (struct live){ .host = HOSTFS_NONE, .tree = CGTREE_OF(&l->host) };
	assert_int_equal(hostfs_init(root, &l->host, NULL), 0);
	l->ctx = (struct runtime_context){ .host = &l->host, .scan = &l->scan, .tree = &l->tree };
}

static void live_end(struct live *l)
{
	runtime_context_done(&l->ctx);
	cgtree_done(&l->tree);
	hostfs_done(&l->host);
}

static int has_strangers(const char *root)
{
	struct live l;
	int r;

	live_start(&l, root);
	r = runtime_docker.has_strangers(&l.ctx, NULL);
	live_end(&l);
	return r;
}

static void a_container_of_another_engine_is_noticed(void **state)
{
	assert_int_equal(has_strangers(*state), 0);
	put_cgroup(*state, WEB, "1\n");
	put_cgroup(*state, DECOY, "1\n");
	assert_int_equal(has_strangers(*state), 0);
	put_cgroup(*state, "cccc2222" TAIL, "");
	assert_int_equal(has_strangers(*state), 0); /* left behind */
	put_cgroup(*state, "dddd2222" TAIL, "1\n");
	assert_int_equal(has_strangers(*state), 1);
}

/* Of two documents that bear a name the one whose container has a cgroup is meant. */
static void who_runs_is_read_first(void **state)
{
	static const char format[] = "{\"ID\":\"%s\",\"Name\":\"/twice\",\"State\":{}}";
	static const char *const ids[] = { "aaaa0000" TAIL, "aaaa1111" TAIL };
	const struct known_filter filter = { .name = "twice" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		_cleanup_free_ char *text = NULL;

		assert_true(asprintf(&text, format, ids[i]) > 0);
		put(*state, ids[i], text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };
		_cleanup_free_ char *dir = joined(*state, "sys/fs/cgroup/docker/", ids[i]);
		_cleanup_free_ char *file = joined(dir, "cgroup.procs", "");
		struct live l;

		put_cgroup(*state, ids[i], "1\n");
		live_start(&l, *state);
		assert_int_equal(runtime_docker.list(&l.ctx, &filter, &list, NULL), 0);
		live_end(&l);
		assert_int_equal(list.n, 1);
		assert_string_equal(list.item[0].id, ids[i]);
		assert_int_equal(unlink(file), 0);
		assert_int_equal(rmdir(dir), 0);
	}
}

/* What the container of this id was made with. */
static void put_options(const char *root, const char *id, const char *text)
{
	_cleanup_free_ char *dir = joined(root, "containers/", id);
	_cleanup_free_ char *file = joined(dir, "hostconfig.json", "");

	write_file(file, text, strlen(text));
}

static void a_container_on_another_kernel_is_refused(void **state)
{
	static const struct {
		const char *options, *reason;
	} rows[] = {
		{ "{\"Runtime\":\"runsc\"}", "gVisor" },
		{ "{\"Runtime\":\"io.containerd.kata.v2\"}", "virtual machine" },
		{ "{\"Runtime\":\"runc\",\"Binds\":[\"/kata:/runsc\"]}", NULL },
		{ "{\"Labels\":{\"Runtime\":\"runsc\"}}", NULL },
		{ "{\"Runtime\":[\"runsc\"]}", NULL },
		{ "{\"Runtime\":\"runsc\"", NULL },
		{ "", NULL },
	};
	const struct known_filter filter = { .name = "web" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_known_list_ struct known_list list = { 0 };

		put_options(*state, WEB, rows[i].options);
		assert_int_equal(list_root(*state, &filter, &list), 0);
		assert_int_equal(list.n, 1);
		if (!rows[i].reason) {
			assert_null(list.item[0].refuse);
			continue;
		}
		assert_non_null(list.item[0].refuse);
		assert_non_null(strstr(list.item[0].refuse, rows[i].reason));
	}
}

#define POD_UID "5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10"

static void put_named(const char *root, const char *id, const char *name)
{
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text, "{\"ID\":\"%s\",\"Name\":\"/%s\"}", id, name) > 0);
	put(root, id, text);
}

static void what_cri_dockerd_made_is_of_a_pod(void **state)
{
	const struct known_filter filter = { .pod = "api" };
	_cleanup_known_list_ struct known_list list = { 0 };

	put_named(*state, "c0000000" TAIL, "k8s_app_api_prod_" POD_UID "_0");
	put_named(*state, "c1111111" TAIL, "k8s_POD_api_prod_" POD_UID "_0");
	assert_int_equal(list_root(*state, &filter, &list), 0);
	assert_int_equal(list.n, 2); /* the others are not looked at */
	for (size_t i = 0; i < list.n; i++) {
		const struct known *k = &list.item[i];

		assert_string_equal(k->pod, "api");
		assert_string_equal(k->pod_namespace, "prod");
		assert_string_equal(k->pod_uid, POD_UID);
		assert_int_equal(k->sandbox, k->id[1] == '1');
		assert_memory_equal(k->name, "k8s_", 4);
		if (!k->sandbox)
			assert_string_equal(k->container, "app");
	}
}

static void by_the_name_of_docker_a_sandbox_is_a_container(void **state)
{
	const struct known_filter filter = { .name = "k8s_POD_api_prod_" POD_UID "_0" };
	_cleanup_known_list_ struct known_list list = { 0 };

	put_named(*state, "c1111111" TAIL, filter.name);
	assert_int_equal(list_root(*state, &filter, &list), 0);
	assert_int_equal(list.n, 1);
	assert_false(list.item[0].sandbox);
}

static void names_are_what_docker_allows(void **state)
{
	(void)state;
	assert_true(docker_is_name("web"));
	assert_true(docker_is_name("11"));
	assert_true(docker_is_name("My_app-1.2"));
	assert_false(docker_is_name(""));
	assert_false(docker_is_name("-web"));
	assert_false(docker_is_name("/web"));
	assert_false(docker_is_name("we b"));
	assert_false(docker_is_name("web\n"));
	assert_false(docker_is_name("we\"b"));
	assert_false(docker_is_name("w\xc3\xa9"));
}

static const char *option(const char *cmdline, size_t n, const char *name)
{
	char copy[128];
	const struct procscan_item item = { .cmdline = copy, .cmdline_size = n };
	const char *value;

	memcpy(copy, cmdline, n);
	value = procscan_option(&item, name);
	return value ? cmdline + (value - copy) : NULL;
}

static void options_of_the_daemon_are_read_in_both_forms(void **state)
{
	static const char apart[] = "dockerd\0--data-root\0/a b\0-H\0fd://";
	static const char together[] = "dockerd\0--data-root=/first\0--data-root=/last";

	(void)state;
	assert_string_equal(option(apart, sizeof(apart), "--data-root"), "/a b");
	assert_string_equal(option(together, sizeof(together), "--data-root"), "/last");
	assert_null(option(apart, sizeof(apart), "-g"));
}

static void an_option_without_value_or_of_a_longer_name_is_none(void **state)
{
	static const char last[] = "dockerd\0--data-root";
	static const char longer[] = "dockerd\0--data-root-x=/a\0--data-rootless\0/b";

	(void)state;
	assert_null(option(last, sizeof(last), "--data-root"));
	assert_null(option(longer, sizeof(longer), "--data-root"));
	assert_null(option("", 0, "--data-root"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_name_gives_its_id_and_pid, setup, teardown),
		cmocka_unit_test_setup_teardown(the_image_is_called_as_it_was_asked_for, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_label_that_looks_like_a_name_is_none, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_part_of_a_name_is_not_the_name, setup, teardown),
		cmocka_unit_test_setup_teardown(the_pid_of_a_stopped_container_is_not_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_prefix_selects_by_id, setup, teardown),
		cmocka_unit_test_setup_teardown(a_document_of_another_id_is_left_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(damaged_documents_do_not_stop_the_search, setup,
						teardown),
		cmocka_unit_test_setup_teardown(odd_files_do_not_hold_the_search, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_directory_that_everybody_may_write_to_is_not_believed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_container_of_another_engine_is_noticed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_runs_is_read_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_container_on_another_kernel_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_cri_dockerd_made_is_of_a_pod, setup, teardown),
		cmocka_unit_test_setup_teardown(by_the_name_of_docker_a_sandbox_is_a_container,
						setup, teardown),
		cmocka_unit_test(names_are_what_docker_allows),
		cmocka_unit_test(options_of_the_daemon_are_read_in_both_forms),
		cmocka_unit_test(an_option_without_value_or_of_a_longer_name_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
