/* SPDX-License-Identifier: MIT */
/* What ps prints of what was seen: columns, patterns, tree, JSON; and what completions offer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/verb_options.h"
#include "show/columns.h"
#include "show/pattern.h"
#include "show/ps.h"
#include "show/ps_print.h"
#include "show/targets.h"
#include "show/tree.h"
#include "sys/proc.h"
#include "util/output.h"
#include "util/patient.h"

#define ALL_BUT_USER_AND_TIME                                                                      \
	(NS_BIT(NS_MNT) | NS_BIT(NS_PID) | NS_BIT(NS_NET) | NS_BIT(NS_IPC) | NS_BIT(NS_UTS) |      \
	 NS_BIT(NS_CGROUP))

static struct listed web = {
	.target = (char[]){ "docker:4f2a9c01" },
	.runtime = (char[]){ "docker" },
	.id = (char[]){ "4f2a9c01b7e2" },
	.name = (char[]){ "web" },
	.image = (char[]){ "nginx:1.27" },
	.cgroup = (char[]){ "/docker/4f2a9c01b7e2" },
	.found = { .pid = 14251, .pidfd = -EBADF, .proc_fd = -EBADF },
};

static struct listed pause_container = {
	.target = (char[]){ "cri:b07e1f62" },
	.runtime = (char[]){ "cri" },
	.name = (char[]){ "prod/api" },
	.pod = (char[]){ "api" },
	.pod_namespace = (char[]){ "prod" },
	.sandbox = true,
	.found = { .pid = 20120, .pidfd = -EBADF, .proc_fd = -EBADF },
};

static struct listed app = {
	.target = (char[]){ "cri:7d1c55a0" },
	.runtime = (char[]){ "cri" },
	.name = (char[]){ "prod/api/app" },
	.pod = (char[]){ "api" },
	.pod_namespace = (char[]){ "prod" },
	.pod_uid = (char[]){ "01042b28-179d" },
	.container = (char[]){ "app" },
	.found = { .pid = 20314, .pidfd = -EBADF, .proc_fd = -EBADF },
};

static struct listed rootless = {
	.target = (char[]){ "podman:ana/db" },
	.runtime = (char[]){ "podman" },
	.name = (char[]){ "db" },
	.user_owned = true,
	.found = { .pid = 31002, .pidfd = -EBADF, .proc_fd = -EBADF },
};

static struct listed kata = {
	.target = (char[]){ "cri:aaaa0000" },
	.runtime = (char[]){ "cri" },
	.name = (char[]){ "vm" },
	.refuse = "runs in a virtual machine",
	.found = { .pid = 5, .pidfd = -EBADF, .proc_fd = -EBADF },
};

static char root_name[] = "root";
static char web_cmdline[] = "nginx\0-g\0daemon off;";

static struct subject web_seen(void)
{
	return (struct subject){
		.listed = &web,
		.has_uid = true,
		.uid = 0,
		.user = root_name,
		.seen = NS_ALL,
		.differs = ALL_BUT_USER_AND_TIME,
		.same = NS_BIT(NS_USER) | NS_BIT(NS_TIME),
		.ino = { [NS_MNT] = 133, [NS_NET] = 201, [NS_PID] = 134, [NS_USER] = 1 },
		.cmdline = web_cmdline,
		.cmdline_size = sizeof(web_cmdline),
		.has_stat = true,
		.stat = { .comm = "nginx", .start_time = 100, .state = 'S' },
	};
}

static void expect_table(struct subject *s, size_t n, const char *columns, bool headings,
			 const char *wanted)
{
	struct ps_list list = { .s = s, .n = n };
	struct viewer viewer = { .now = 100 + 100 * 94000, .tick = 100 };
	struct table_style style = { .headings = headings };
	_cleanup_text_ struct text out = { 0 };
	struct choice choice;

	assert_int_equal(choice_parse(columns, &choice, NULL), 0);
	ps_print_table(&list, &viewer, &choice, &style, &out);
	assert_false(out.failed);
	assert_string_equal(out.buf ? out.buf : "", wanted);
}

static void the_usual_columns(void **state)
{
	struct subject s = web_seen();

	(void)state;
	expect_table(&s, 1, NULL, true,
		     "TARGET             PID  NAMESPACES  USER  NAME  COMMAND\n"
		     "docker:4f2a9c01  14251  muinpC--    root  web   nginx -g daemon off;\n");
}

static void more_columns_go_before_the_command(void **state)
{
	struct subject s = web_seen();

	(void)state;
	expect_table(&s, 1, "+age,NetNS", true,
		     "TARGET             PID  NAMESPACES  USER  NAME   AGE  NETNS  COMMAND\n"
		     "docker:4f2a9c01  14251  muinpC--    root  web   1d2h    201  nginx -g daemon "
		     "off;\n");
	expect_table(&s, 1, "NAME,PID", false, "web  14251\n");
	expect_table(&s, 1, "NAME,image", false, "web  nginx:1.27\n");
}

static void an_image_is_text_of_others(void **state)
{
	struct listed hostile = web;
	struct subject s = { .listed = &hostile };

	(void)state;
	hostile.image = (char[]){ "a\033[2J\nb" };
	expect_table(&s, 1, "IMAGE", false, "a\\x1b[2J\\x0ab\n");
	hostile.image = NULL;
	expect_table(&s, 1, "NAME,IMAGE,PID", false, "web    14251\n");
}

static void what_cannot_be_read_is_marked(void **state)
{
	struct subject s = { .listed = &web, .differs = NS_BIT(NS_PID) };

	(void)state;
	expect_table(&s, 1, "NAMESPACES,USER,COMMAND,AGE,NETNS,TARGET", false,
		     "????p???          docker:4f2a9c01\n");
}

static void a_process_without_a_command_line_shows_its_name(void **state)
{
	struct subject s = { .listed = &web, .has_stat = true, .stat = { .comm = "a\nb" } };

	(void)state;
	expect_table(&s, 1, "COMMAND", false, "[a\\x0ab]\n");
}

static void sandboxes_and_refusals_are_told_by_words(void **state)
{
	struct subject s[] = { { .listed = &pause_container }, { .listed = &kata } };

	(void)state;
	expect_table(s, 2, "NAME,NOTE", false,
		     "prod/api (pod)\nvm              runs in a virtual machine\n");
}

static void unknown_columns_are_named(void **state)
{
	static const char *const bad[] = { "FROB", "PID,", ",PID", "+", "PID,,NAME", "PI D" };
	_cleanup_error_ struct error err = { 0 };
	struct choice choice;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(choice_parse(bad[i], &choice, &err), -EINVAL);
		assert_int_equal(err.id, ERROR_USAGE);
	}
	assert_int_equal(choice_parse("PID,FROB,NAME", &choice, &err), -EINVAL);
	assert_string_equal(err.text, "-o: no column \"FROB\"");
}

static void more_columns_than_there_is_room_for_are_an_error(void **state)
{
	char list[CHOICE_MAX * 4 + 8] = "PID";
	_cleanup_error_ struct error err = { 0 };
	struct choice choice;

	(void)state;
	for (int i = 1; i < CHOICE_MAX; i++)
		strcat(list, ",PID");
	assert_int_equal(choice_parse(list, &choice, &err), 0);
	strcat(list, ",PID");
	assert_int_equal(choice_parse(list, &choice, &err), -EINVAL);
}

/* The help and the completions know the same columns. */
static void the_option_names_every_column(void **state)
{
	const char *words = verb_table[VERB_OPTION_COLUMNS].row.words;

	(void)state;
	for (size_t i = 0; i < column_count; i++) {
		size_t n = strcspn(words, " ");

		assert_int_equal(n, strlen(column_table[i].name));
		assert_memory_equal(words, column_table[i].name, n);
		words += n + (words[n] == ' ');
	}
	assert_string_equal(words, "");
}

static void patterns_are_globs_or_beginnings_of_ids(void **state)
{
	static const char *const good[] = { "web",	"w*",	"docker:*",	"*4f2a*",
					    "4f2a9c01", "4f2a", "4f2a9c01b7e2", "[vw]eb" };
	static const char *const bad[] = {
		"we", "eb", "4f2", "docker", "9c01", "4f2a9c01b7e20", ""
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(pattern_fits(&web, good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(pattern_fits(&web, bad[i]));
	assert_true(pattern_fits(&app, "prod/*"));
	assert_false(pattern_fits(&app, "7d1c"));
}

/* A line for each spelling: what -t takes for it or its pod is a pattern, too. */
static void what_is_typed_to_join_it_is_a_pattern(void **state)
{
	static const char *const of_pod[] = { "api",	 "prod/api",	  "pod:api", "pod:prod/api",
					      "pod:*",	 "pod:prod/*",	  "a?i",     "cri:api",
					      "k8s:api", "containerd:api" };
	static const char *const of_app[] = { "app",	       "api/app",
					      "pod:api/app",   "pod:prod/api/app",
					      "cri:app",       "01042b28-179d",
					      "pod:01042b28-*" };
	static const char *const of_none[] = { "prod",	     "pod:app", "pod:prod", "staging/api",
					       "docker:api", "pod:",	":api",	    "api:" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of_pod); i++) {
		assert_true(pattern_fits(&pause_container, of_pod[i]));
		assert_true(pattern_fits(&app, of_pod[i]));
		assert_false(pattern_fits(&kata, of_pod[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_app); i++) {
		assert_false(pattern_fits(&pause_container, of_app[i]));
		assert_true(pattern_fits(&app, of_app[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_none); i++)
		assert_false(pattern_fits(&app, of_none[i]));
	assert_true(pattern_fits(&web, "docker:web"));
	assert_true(pattern_fits(&web, "docker://4f2a9c01b7"));
	assert_false(pattern_fits(&web, "podman:web"));
	assert_true(pattern_fits(&rootless, "podman:ana/d*"));
	assert_false(pattern_fits(&rootless, "podman:bob/db"));
	assert_false(pattern_fits(&rootless, "podman:db"));
}

static void json_has_null_for_what_is_not_known(void **state)
{
	struct subject s[] = { web_seen(), { .listed = &kata }, { .listed = &app } };
	struct ps_list list = { .s = s, .n = 3, .unreadable = 12 };
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	ps_print_json(&list, &out);
	assert_ptr_equal(strstr(out.buf, "{\"schema\":1,\"targets\":[{\"target\":"
					 "\"docker:4f2a9c01\",\"runtime\":\"docker\","
					 "\"id\":\"4f2a9c01b7e2\",\"name\":\"web\","
					 "\"image\":\"nginx:1.27\","),
			 out.buf);
	assert_non_null(strstr(out.buf, "\"sandbox\":false,\"pod\":null,\"pid\":14251,"));
	assert_non_null(strstr(out.buf, "\"pod\":{\"namespace\":\"prod\",\"name\":\"api\",\"uid\":"
					"\"01042b28-179d\",\"container\":\"app\"}"));
	assert_non_null(strstr(out.buf, "\"mnt\":{\"ino\":133,\"same\":false}"));
	assert_non_null(strstr(out.buf, "\"user\":{\"ino\":1,\"same\":true}"));
	assert_non_null(strstr(out.buf, "\"command\":[\"nginx\",\"-g\",\"daemon off;\"]"));
	assert_non_null(strstr(out.buf, "\"mnt\":{\"ino\":null,\"same\":null}"));
	assert_non_null(strstr(out.buf, "\"name\":\"vm\",\"image\":null"));
	assert_non_null(strstr(out.buf, "\"starttime\":null,\"uid\":null,\"user\":null"));
	assert_non_null(strstr(out.buf, "\"refused\":\"runs in a virtual machine\"}"));
	assert_non_null(strstr(out.buf, "],\"skipped\":12}\n"));
}

static void the_summary_counts(void **state)
{
	struct listed unit = { .runtime = (char[]){ "unit" } };
	struct listed process = { .runtime = (char[]){ "process" } };
	struct subject s[] = { { .listed = &web },
			       { .listed = &app },
			       { .listed = &unit },
			       { .listed = &process },
			       { .listed = &process } };
	struct ps_list list = { .s = s, .n = ARRAY_SIZE(s) }, none = { 0 };
	_cleanup_text_ struct text out = { 0 }, nothing = { 0 };

	(void)state;
	ps_print_summary(&list, &out);
	assert_ptr_equal(strstr(out.buf, "2 containers, 1 service, 2 other processes.  "), out.buf);
	ps_print_summary(&none, &nothing);
	assert_string_equal(nothing.buf, "No container runs here that can be seen.\n");
}

/* ---- the tree */

static void containers_in_containers_and_pods(void **state)
{
	struct listed inner = { .target = (char[]){ "docker:beef" },
				.runtime = (char[]){ "docker" } };
	struct subject s[] = {
		web_seen(),
		/* two levels below, its parent being no container */
		{ .listed = &inner,
		  .seen = NS_BIT(NS_PID),
		  .differs = NS_BIT(NS_PID),
		  .ino = { [NS_PID] = 900 },
		  .pid_above = { 899, 134 },
		  .n_pid_above = 2 },
		{ .listed = &app,
		  .seen = NS_BIT(NS_NET),
		  .differs = NS_BIT(NS_NET),
		  .ino = { [NS_NET] = 310 } },
		{ .listed = &pause_container,
		  .seen = NS_BIT(NS_NET),
		  .differs = NS_BIT(NS_NET),
		  .ino = { [NS_NET] = 310 } },
		{ .listed = &rootless, .user_top = 520, .user_owner = 1000 },
		{ .listed = &kata, .user_top = 520, .user_owner = 1000 },
	};
	_cleanup_free_ struct tree_node *node = NULL;

	(void)state;
	assert_int_equal(tree_arrange(s, ARRAY_SIZE(s), &node), ARRAY_SIZE(s) + 1);
	assert_int_equal(node[0].parent, TREE_HOST);
	assert_int_equal(node[1].parent, 0);
	assert_int_equal(node[2].parent, 3);
	assert_int_equal(node[3].parent, TREE_HOST);
	assert_int_equal(node[4].parent, 6);
	assert_int_equal(node[5].parent, 6);
	assert_null(node[6].s);
	assert_int_equal(node[6].parent, TREE_HOST);
}

static void the_tree_is_drawn(void **state)
{
	static char passwd[] = "ana:x:1000:1000::/home/ana:/bin/sh\n";
	struct subject s[] = { web_seen(),
			       { .listed = &rootless, .user_top = 520, .user_owner = 1000 } };
	struct ps_list list = { .s = s, .n = 2 };
	struct viewer viewer = { .own_seen = NS_BIT(NS_NET),
				 .own = { [NS_NET] = 100 },
				 .passwd = passwd,
				 .passwd_size = sizeof(passwd) - 1 };
	struct table_style style = { 0 };
	_cleanup_text_ struct text out = { 0 }, ascii = { 0 };

	(void)state;
	ps_print_tree(&list, &viewer, true, &style, &out);
	assert_string_equal(
		out.buf,
		"here                      net 100\n"
		"├─ docker:4f2a9c01   web  mnt 133  net 201  pid 134  nginx -g daemon off;\n"
		"└─ user 520 (ana)\n"
		"   └─ podman:ana/db  db\n");
	ps_print_tree(&list, &viewer, false, &style, &ascii);
	assert_non_null(strstr(ascii.buf, "\n|- docker:4f2a9c01"));
	assert_non_null(strstr(ascii.buf, "\n   `- podman:ana/db"));
}

/* ---- processes that keep us waiting */

/* So many times nobody gets on. */
static int held_up;
static char printed[1024];

int __wrap_patient_do(int (*work)(void *ctx), void *ctx, const volatile size_t *progress);

int __wrap_patient_do(int (*work)(void *ctx), void *ctx, const volatile size_t *progress)
{
	(void)progress;
	return held_up-- > 0 ? -ETIMEDOUT : work(ctx);
}

/* Twice this process, and behind the end what is not to be looked at. */
int __wrap_find_list(const struct hostfs *host, bool processes, struct listing *ret_list,
		     struct error *err);

int __wrap_find_list(const struct hostfs *host, bool processes, struct listing *ret_list,
		     struct error *err)
{
	struct listing list = { .item = calloc(3, sizeof(*list.item)), .n = 2, .size = 3 };

	(void)host;
	(void)processes;
	(void)err;
	assert_non_null(list.item);
	for (size_t i = 0; i < list.n; i++)
		list.item[i] = (struct listed){ .target = strdup("7"),
						.runtime = strdup("process"),
						.found = { .pid = getpid(),
							   .pidfd = -EBADF,
							   .proc_fd = proc_open(getpid()) } };
	list.item[2] = web;
	*ret_list = list;
	return 0;
}

int __wrap_output_take(struct text *text, struct error *err);

int __wrap_output_take(struct text *text, struct error *err)
{
	(void)err;
	assert_false(text->failed);
	snprintf(printed, sizeof(printed), "%s", text->buf);
	text_done(text);
	return 0;
}

/* Also where whoever waits does not even end when he is killed, and all others are given up at once. */
static void each_is_listed_once_however_long_we_wait(void **state)
{
	static char *none[] = { NULL };
	struct request req;

	(void)state;
	request_init(&req);
	req.show.words = none;
	req.show.columns = "TARGET";
	req.show.no_headings = true;
	for (int times = 0; times <= 3; times++) {
		_cleanup_error_ struct error err = { 0 };

		held_up = times;
		assert_int_equal(ps_run(&req, &err), 0);
		assert_string_equal(printed, "7\n7\n");
	}
}

/* ---- what completions offer */

static void expect_offers(struct listed *item, size_t n, const char *prefix, const char *wanted)
{
	struct listing listing = { .item = item, .n = n };
	_cleanup_text_ struct text out = { 0 };

	targets_print(&listing, false, prefix, &out);
	assert_string_equal(out.buf ? out.buf : "", wanted);
}

static void names_and_targets_are_offered_sorted(void **state)
{
	struct listed items[] = { web, app };

	(void)state;
	expect_offers(items, 2, "",
		      "cri:7d1c55a0\tprod/api/app\n"
		      "docker:4f2a9c01\tweb\n"
		      "prod/api/app\tcri:7d1c55a0\n"
		      "web\tdocker:4f2a9c01\n");
	expect_offers(items, 2, "w", "web\tdocker:4f2a9c01\n");
	expect_offers(items, 2, "x", "");
}

static void hostile_names_are_not_offered(void **state)
{
	static const char *const names[] = { "$(id)", "a b",  "`id`", "a;b",	  "-x",
					     "a\nb",  "a\tb", "",     "\xc3\xa9", "'",
					     "host",  "123",  "@x",   "docker:y" };
	struct listed item = web;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *name = strdup(names[i]);

		item.name = name;
		item.target = (char[]){ "$(evil)" };
		expect_offers(&item, 1, "", "");
	}
	item.target = web.target;
	item.name = (char[]){ "a\n\tb" };
	expect_offers(&item, 1, "", "docker:4f2a9c01\ta\\x0a\\x09b\n");
}

static void a_name_of_two_containers_is_not_offered(void **state)
{
	struct listed items[] = { web, app };

	(void)state;
	items[1].name = web.name;
	expect_offers(items, 2, "web", "");
}

static void what_cannot_be_entered_is_not_offered(void **state)
{
	(void)state;
	expect_offers(&kata, 1, "", "");
}

static void the_host_is_offered_among_them(void **state)
{
	struct listing listing = { .item = &web, .n = 1 };
	_cleanup_text_ struct text all = { 0 }, some = { 0 };

	(void)state;
	targets_print(&listing, true, "", &all);
	assert_string_equal(all.buf, "docker:4f2a9c01\tweb\n"
				     "host\tprocess 1\n"
				     "web\tdocker:4f2a9c01\n");
	targets_print(&listing, true, "w", &some);
	assert_string_equal(some.buf, "web\tdocker:4f2a9c01\n");
}

static void no_more_than_200_are_offered(void **state)
{
	struct listed items[300];
	struct listing listing = { .item = items, .n = ARRAY_SIZE(items) };
	_cleanup_text_ struct text out = { 0 };
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = web;
	targets_print(&listing, true, "", &out);
	for (const char *p = out.buf; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_columns),
		cmocka_unit_test(more_columns_go_before_the_command),
		cmocka_unit_test(an_image_is_text_of_others),
		cmocka_unit_test(what_cannot_be_read_is_marked),
		cmocka_unit_test(a_process_without_a_command_line_shows_its_name),
		cmocka_unit_test(sandboxes_and_refusals_are_told_by_words),
		cmocka_unit_test(unknown_columns_are_named),
		cmocka_unit_test(more_columns_than_there_is_room_for_are_an_error),
		cmocka_unit_test(the_option_names_every_column),
		cmocka_unit_test(patterns_are_globs_or_beginnings_of_ids),
		cmocka_unit_test(what_is_typed_to_join_it_is_a_pattern),
		cmocka_unit_test(json_has_null_for_what_is_not_known),
		cmocka_unit_test(the_summary_counts),
		cmocka_unit_test(containers_in_containers_and_pods),
		cmocka_unit_test(the_tree_is_drawn),
		cmocka_unit_test(each_is_listed_once_however_long_we_wait),
		cmocka_unit_test(names_and_targets_are_offered_sorted),
		cmocka_unit_test(hostile_names_are_not_offered),
		cmocka_unit_test(a_name_of_two_containers_is_not_offered),
		cmocka_unit_test(what_cannot_be_entered_is_not_offered),
		cmocka_unit_test(the_host_is_offered_among_them),
		cmocka_unit_test(no_more_than_200_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
