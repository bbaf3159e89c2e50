/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/plan_print.h"

static char tcpdump[] = "tcpdump", dash_i[] = "-i", eth0[] = "eth0";
static char *program[] = { tcpdump, dash_i, eth0, NULL };

static struct request asks(void)
{
	struct request req;

	request_init(&req);
	req.program = program;
	return req;
}

static struct facts net_of_web(void)
{
	return (struct facts){
		.pid = 14251,
		.target = "web",
		.runtime = "docker",
		.id = "4f2a9c0145c8b7e2d7a2c7b1c0ffee00112233445566778899aabbccddeeff00",
		.present = NS_BIT(NS_NET),
		.by_pidfd = NS_BIT(NS_NET),
		.ino = { [NS_NET] = 4026532201 },
		.setns_pidfd = true,
		.cgroup_v2 = -1,
		.program = "/usr/bin/tcpdump",
	};
}

typedef char *printer(const struct plan *plan, const struct request *req,
		      const struct facts *facts);

static void prints(printer *print, const struct request *req, const struct facts *facts,
		   const char *expected)
{
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_free_ char *text = NULL;

	assert_int_equal(plan_make(req, facts, &plan, NULL), 0);
	text = print(&plan, req, facts);
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void text_of_one_namespace(void **state)
{
	const struct request req = asks();
	const struct facts facts = net_of_web();

	(void)state;
	prints(plan_text, &req, &facts,
	       "target   docker:4f2a9c0145c8 \"web\", pid 14251\n"
	       "join     net 4026532201\n"
	       "keep     user mnt pid ipc uts cgroup time (yours)\n"
	       "program  /usr/bin/tcpdump   from your files\n"
	       "run as   your ids, your capabilities, your cgroup\n"
	       "steps    1 prctl(PR_SET_DUMPABLE, 0)  "
	       "# the target's processes cannot look into this one\n"
	       "         2 setns(pidfd, CLONE_NEWNET)  "
	       "# one call: the kernel decides once, and all or nothing\n"
	       "         3 compare namespaces  # nothing else was joined by mistake\n"
	       "         4 execve(\"/usr/bin/tcpdump\")  # run the program\n"
	       "note     /etc/resolv.conf and /sys stay yours (add -R for the target's)\n");
}

static void json_of_one_namespace(void **state)
{
	const struct request req = asks();
	const struct facts facts = net_of_web();

	(void)state;
	prints(plan_json, &req, &facts,
	       "{\"schema\":1,\"target\":{\"name\":\"web\",\"runtime\":\"docker\","
	       "\"id\":\"4f2a9c0145c8b7e2d7a2c7b1c0ffee00112233445566778899aabbccddeeff00\","
	       "\"pid\":14251},\"join\":{\"net\":4026532201},"
	       "\"program\":{\"file\":\"/usr/bin/tcpdump\",\"login\":false,"
	       "\"argv\":[\"tcpdump\",\"-i\",\"eth0\"],\"files\":\"caller\","
	       "\"environment\":\"caller\",\"isolated\":false,"
	       "\"streams\":[\"caller\",\"caller\",\"caller\"]},\"steps\":["
	       "{\"step\":\"hide\",\"calls\":[\"prctl(PR_SET_DUMPABLE, 0)\"],"
	       "\"why\":\"the target's processes cannot look into this one\"},"
	       "{\"step\":\"join\",\"calls\":[\"setns(pidfd, CLONE_NEWNET)\"],"
	       "\"why\":\"one call: the kernel decides once, and all or nothing\"},"
	       "{\"step\":\"verify\",\"calls\":[],"
	       "\"why\":\"nothing else was joined by mistake\"},"
	       "{\"step\":\"exec\",\"calls\":[\"execve(\\\"/usr/bin/tcpdump\\\")\"],"
	       "\"why\":\"run the program\"}],"
	       "\"notes\":[\"/etc/resolv.conf and /sys stay yours (add -R for the target's)\"]}\n");
}

static char *printed(printer *print, const struct request *req, const struct facts *facts)
{
	_cleanup_plan_ struct plan plan = { 0 };
	char *text;

	assert_int_equal(plan_make(req, facts, &plan, NULL), 0);
	text = print(&plan, req, facts);
	assert_non_null(text);
	return text;
}

static void has(printer *print, const struct request *req, const struct facts *facts,
		const char *part)
{
	_cleanup_free_ char *text = printed(print, req, facts);

	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void ids_and_the_targets_cgroup_are_told(void **state)
{
	struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	req.uid = (struct id_request){ ID_NUMBER, 3, NULL };
	req.gid = (struct id_request){ ID_NUMBER, 4, NULL };
	req.env = true;
	facts.wanted_uid = (struct id_fact){ true, true, 3 };
	facts.wanted_gid = (struct id_fact){ true, true, 4 };
	facts.n_cgroups = 1;
	facts.cgroup_path[0] = "/c/tasks";
	has(plan_text, &req, &facts,
	    "run as   uid 3 gid 4 no capabilities, the target's cgroup, "
	    "the target's environment\n");
	has(plan_json, &req, &facts, "\"environment\":\"target\"");
}

static void the_capabilities_are_those_that_an_exec_leaves(void **state)
{
	struct facts facts = net_of_web();
	struct request req = asks();

	(void)state;
	has(plan_text, &req, &facts, "run as   your ids, your capabilities, your cgroup\n");
	facts.present = facts.by_pidfd = NS_BIT(NS_USER);
	req.wanted = NS_BIT(NS_USER);
	has(plan_text, &req, &facts, "uid 0 gid 0 all capabilities of its user namespace, ");
	req.preserve_credentials = true;
	has(plan_text, &req, &facts, "your ids, what capabilities your uid has in its user ");
	req.keep_caps = true;
	has(plan_text, &req, &facts, "your ids, all capabilities of its user namespace, ");
	req.uid = (struct id_request){ ID_NUMBER, 3, NULL };
	facts.wanted_uid = (struct id_fact){ true, true, 3 };
	has(plan_text, &req, &facts, "uid 3 all capabilities of its user namespace, ");
	req.keep_caps = false;
	has(plan_text, &req, &facts, "uid 3 no capabilities, ");
}

static void the_targets_capabilities_are_nothing_to_another_user(void **state)
{
	struct facts facts = net_of_web();
	struct request req = asks();

	(void)state;
	req.as_target = AS_BIT(AS_CAPS);
	facts.limits_known = true;
	facts.own_root = true;
	facts.limits.caps = (struct cap_fact){ 1, 1, 1, 0 };
	facts.ours.caps = (struct cap_fact){ 1, 1, 1, 0 };
	has(plan_text, &req, &facts, "your ids, the target's capabilities, ");
	facts.own_root = false;
	has(plan_text, &req, &facts, "your ids, no capabilities, ");
	facts.limits.caps.ambient = facts.ours.caps.ambient = 1;
	has(plan_text, &req, &facts, "your ids, the target's capabilities, ");
}

static void a_cgroup_that_may_not_be_joined_is_not_told_as_joined(void **state)
{
	struct facts facts = net_of_web();
	struct request req = asks();

	(void)state;
	req.as_target = AS_BIT(AS_CGROUP);
	has(plan_text, &req, &facts, ", the target's cgroup\n");
	facts.cgroups_left = 1;
	has(plan_text, &req, &facts, ", your cgroup\n");
}

static void what_the_streams_of_an_isolated_program_are(void **state)
{
	struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	facts.present = facts.by_pidfd = NS_BIT(NS_MNT);
	facts.stream[1] = facts.stream[2] = (struct stream_fact){ STREAM_PIPE, false, true, 1, 1 };
	has(plan_text, &req, &facts,
	    "streams  input a terminal of its own, output a pipe, error a pipe\n");
	has(plan_json, &req, &facts, "\"isolated\":true,\"streams\":[\"pty\",\"pipe\",\"pipe\"]}");
	req.stdio_pass = true;
	has(plan_text, &req, &facts,
	    "streams  input a terminal of its own, output yours, error yours\n");
}

static void only_files_have_no_target(void **state)
{
	const struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	facts.pid = 0;
	facts.target = facts.runtime = facts.id = NULL;
	facts.by_pidfd = 0;
	has(plan_text, &req, &facts, "setns(net:[4026532201], CLONE_NEWNET)");
	has(plan_json, &req, &facts, "\"target\":null,\"join\":{\"net\":4026532201}");
}

static void a_process_has_neither_runtime_nor_id(void **state)
{
	const struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	facts.runtime = facts.id = NULL;
	facts.target = "14251";
	has(plan_text, &req, &facts, "target   \"14251\", pid 14251\n");
	has(plan_json, &req, &facts, "{\"name\":\"14251\",\"runtime\":null,\"id\":null,");
}

static void nothing_to_join_is_said(void **state)
{
	const struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	facts.same = NS_BIT(NS_NET);
	has(plan_text, &req, &facts, "join     nothing\n");
	has(plan_json, &req, &facts, "\"join\":{}");
}

static void a_shell_is_called_so(void **state)
{
	struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	req.program = NULL;
	facts.program = "/bin/ash";
	has(plan_text, &req, &facts, "program  /bin/ash (login shell)   from your files\n");
	has(plan_json, &req, &facts, "\"file\":\"/bin/ash\",\"login\":true,\"argv\":[\"-ash\"]");
	req.view = VIEW_TARGET;
	facts.program = "/.nsjoin/host/bin/busybox";
	has(plan_text, &req, &facts,
	    "program  /.nsjoin/host/bin/busybox (shell)   from your files\n");
	has(plan_json, &req, &facts, "\"login\":false,\"argv\":[\"sh\"]");
}

static void whose_program_and_environment_it_is(void **state)
{
	struct facts facts = net_of_web();
	struct request req = asks();

	(void)state;
	has(plan_json, &req, &facts, "\"files\":\"caller\",\"environment\":\"caller\"");
	facts.present = facts.by_pidfd = NS_BIT(NS_MNT);
	has(plan_text, &req, &facts, "   from the target's files\n");
	has(plan_json, &req, &facts, "\"files\":\"target\",\"environment\":\"caller\"");
	req.view = VIEW_TARGET;
	has(plan_text, &req, &facts, "   from your files and the target's\n");
	has(plan_json, &req, &facts, "\"files\":\"both\",\"environment\":\"view\"");
	req.env = true;
	has(plan_json, &req, &facts, "\"environment\":\"target\"");
	req.program = NULL;
	facts.program = "/.nsjoin/host/bin/sh";
	has(plan_text, &req, &facts, "   from your files\n");
	has(plan_json, &req, &facts, "\"files\":\"caller\"");
	req.program = program;
	facts.exe = "/usr/bin/busybox";
	has(plan_json, &req, &facts, "\"files\":\"caller\"");
}

static void hostile_names_cannot_steer_a_terminal(void **state)
{
	static char hostile[] = "/bin/\033[2Jx\ny";
	static char *words[] = { hostile, NULL };
	struct request req = asks();
	struct facts facts = net_of_web();
	_cleanup_free_ char *text = NULL, *json = NULL;

	(void)state;
	req.program = words;
	facts.target = "we\033]0;b\a\n\xff";
	facts.program = hostile;
	text = printed(plan_text, &req, &facts);
	json = printed(plan_json, &req, &facts);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p < 0x7f));
	assert_non_null(strstr(text, "\"we\\x1b]0;b\\x07\\x0a\\xff\", pid 14251\n"));
	assert_non_null(strstr(text, "program  /bin/\\x1b[2Jx\\x0ay   from"));
	assert_null(strchr(json, '\033'));
	assert_ptr_equal(strchr(json, '\n'), json + strlen(json) - 1);
	assert_non_null(strstr(json, "\"name\":\"we\\u001b]0;b\\u0007\\n\\ufffd\""));
}

/* Of what LXC or machined runs it is what a cgroup is called. */
static void a_hostile_id_is_escaped(void **state)
{
	const struct request req = asks();
	struct facts facts = net_of_web();

	(void)state;
	facts.runtime = "lxc";
	facts.id = "\x1b]0;b\x07\n\xff and more";
	has(plan_text, &req, &facts, "target   lxc:\\x1b]0;b\\x07\\x0a\\xff and \"web\", pid");
}

static void a_hostile_name_in_a_note_is_escaped(void **state)
{
	const struct request req = asks();
	struct facts facts = net_of_web();
	_cleanup_free_ char *text = NULL;

	(void)state;
	facts.env_unreadable = true;
	facts.target = "w\033eb";
	text = printed(plan_text, &req, &facts);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "note     the environment of w\\x1beb cannot be read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_one_namespace),
		cmocka_unit_test(json_of_one_namespace),
		cmocka_unit_test(ids_and_the_targets_cgroup_are_told),
		cmocka_unit_test(the_capabilities_are_those_that_an_exec_leaves),
		cmocka_unit_test(the_targets_capabilities_are_nothing_to_another_user),
		cmocka_unit_test(a_cgroup_that_may_not_be_joined_is_not_told_as_joined),
		cmocka_unit_test(what_the_streams_of_an_isolated_program_are),
		cmocka_unit_test(only_files_have_no_target),
		cmocka_unit_test(a_process_has_neither_runtime_nor_id),
		cmocka_unit_test(nothing_to_join_is_said),
		cmocka_unit_test(a_shell_is_called_so),
		cmocka_unit_test(whose_program_and_environment_it_is),
		cmocka_unit_test(hostile_names_cannot_steer_a_terminal),
		cmocka_unit_test(a_hostile_id_is_escaped),
		cmocka_unit_test(a_hostile_name_in_a_note_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
