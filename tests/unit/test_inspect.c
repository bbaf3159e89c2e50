/* SPDX-License-Identifier: MIT */
/* What inspect prints of what was seen: fields, limits, the whole page, JSON, what is not isolated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/verb_options.h"
#include "show/inspect_field.h"
#include "show/inspect_print.h"
#include "show/inspection.h"

#define DOCKER_CAPS UINT64_C(0xa80425fb)
#define CAP(cap)    (UINT64_C(1) << (cap))

static char cmdline[] = "nginx\0-g\0daemon off;";
static uint32_t groups[] = { 4, 24 };
static char *cgroups[] = { (char[]){ "memory:/docker/4f2a" }, (char[]){ "pids:/docker/4f2a" },
			   (char[]){ ":/user.slice" }, NULL };

/* At file level: text in a function's compound literals would be gone after it. */
static const struct inspection web_seen = {
	.listed = { .target = (char[]){ "docker:4f2a9c01" },
		    .runtime = (char[]){ "docker" },
		    .id = (char[]){ "4f2a9c01b7e2" },
		    .name = (char[]){ "web" },
		    .image = (char[]){ "nginx:1.27" },
		    .found = { .pid = 14251 } },
	.s = { .user = (char[]){ "root" },
	       .seen = NS_ALL,
	       .same = NS_BIT(NS_USER) | NS_BIT(NS_TIME),
	       .differs = NS_ALL & ~(NS_BIT(NS_USER) | NS_BIT(NS_TIME)),
	       .ino = { [NS_MNT] = 133, [NS_NET] = 201 },
	       .cmdline = cmdline,
	       .cmdline_size = sizeof(cmdline),
	       .has_stat = true,
	       .stat = { .comm = "nginx", .start_time = 100 } },
	.typed = (char[]){ "web" },
	.part_of = (char[]){ "docker:4f2a9c01" },
	.part_of_name = (char[]){ "web" },
	.started = 86400,
	.pid_inside = 1,
	.has_status = true,
	.status = { .groups = groups, .n_groups = 2 },
	.has_inside = true,
	.has_caps = true,
	.caps = { .effective = DOCKER_CAPS, .bounding = DOCKER_CAPS },
	.seccomp = SECCOMP_FILTER,
	.no_new_privs = ANSWER_NO,
	.has_modes = true,
	.modes = { .umask = 027 },
	.has_sched = true,
	.sched = { .nice = -5 },
	.oom_score_adj = 300,
	.cwd = (char[]){ "/srv" },
	.labelled = ANSWER_YES,
	.label = (char[]){ "docker-default" },
	.owner = { [NS_NET] = { true, 1, 0 }, [NS_MNT] = { true, 77, 1000 } },
	.root = { (char[]){ "overlay" }, (char[]){ "overlay" }, (char[]){ "/var/up/diff" } },
	.shell = (char[]){ "/bin/sh" },
	.cgroup = { .item = cgroups, .n = 3 },
	.limit = { { LIMIT_SET, UINT64_C(512) << 20 }, { LIMIT_SET, 1500 }, { LIMIT_NONE, 0 } },
	.rlimits = { { [RLIMIT_NOFILE] = { true, 1024, 524288 },
		       [RLIMIT_CPU] = { true, PROCLIMIT_INFINITY, PROCLIMIT_INFINITY },
		       [RLIMIT_CORE] = { true, 0, PROCLIMIT_INFINITY } } },
};

static struct inspection web(void)
{
	return web_seen;
}

static const struct inspection nothing = { .listed = { .target = (char[]){ "42" },
						       .runtime = (char[]){ "process" },
						       .found = { .pid = 42 } },
					   .typed = (char[]){ "42" } };

static void expect_field(const struct inspection *in, const char *name, const char *wanted)
{
	const struct inspect_field *field = inspect_field_find(name);
	_cleanup_text_ struct text out = { 0 };

	assert_non_null(field);
	field->put(&out, in, field->type);
	assert_string_equal(out.buf ? out.buf : "", wanted);
}

static void each_field_alone(void **state)
{
	static const struct {
		const char *name, *value;
	} cases[] = {
		{ "target", "docker:4f2a9c01" },
		{ "runtime", "docker" },
		{ "id", "4f2a9c01b7e2" },
		{ "name", "web" },
		{ "image", "nginx:1.27" },
		{ "part-of", "docker:4f2a9c01" },
		{ "pid", "14251" },
		{ "pid-inside", "1" },
		{ "started", "1970-01-02 00:00:00" },
		{ "command", "nginx -g daemon off;" },
		{ "root", "/proc/14251/root" },
		{ "upper", "/var/up/diff" },
		{ "shell", "/bin/sh" },
		{ "uid", "0" },
		{ "gid", "0" },
		{ "user", "root" },
		{ "groups", "4 24" },
		{ "seccomp", "filter" },
		{ "no-new-privs", "off" },
		{ "label", "docker-default" },
		{ "nice", "-5" },
		{ "oom-score-adj", "300" },
		{ "umask", "027" },
		{ "cwd", "/srv" },
		{ "cgroup", "/user.slice" },
		{ "memory", "536870912" },
		{ "cpus", "1.500" },
		{ "pids", "none" },
		{ "rlimits", "cpu=unlimited:unlimited core=0:unlimited nofile=1024:524288" },
		{ "mntns", "133" },
		{ "netns", "201" },
	};
	struct inspection in = web();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_field(&in, cases[i].name, cases[i].value);
	in.caps.effective = CAP(CAP_CHOWN) | CAP(CAP_MKNOD);
	expect_field(&in, "caps", "chown mknod");
	assert_null(inspect_field_find("frob"));
}

static void what_is_not_known_has_no_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < inspect_field_count; i++) {
		const char *name = inspect_field_table[i].name;

		if (strcmp(name, "target") == 0 || strcmp(name, "runtime") == 0 ||
		    strcmp(name, "pid") == 0)
			continue;
		expect_field(&nothing, name, "");
	}
}

static void the_option_names_every_field(void **state)
{
	const char *words = verb_table[VERB_OPTION_FIELD].row.words;

	(void)state;
	for (size_t i = 0; i < inspect_field_count; i++) {
		size_t n = strcspn(words, " ");

		assert_int_equal(n, strlen(inspect_field_table[i].name));
		assert_memory_equal(words, inspect_field_table[i].name, n);
		words += n + (words[n] == ' ');
	}
	assert_string_equal(words, "");
}

static void limits_of_both_versions(void **state)
{
	static const struct {
		enum limit_kind kind;
		const char *text, *period;
		struct limit limit;
	} cases[] = {
		{ LIMIT_MEMORY, "max\n", NULL, { LIMIT_NONE, 0 } },
		{ LIMIT_MEMORY, "536870912\n", NULL, { LIMIT_SET, 536870912 } },
		{ LIMIT_MEMORY, "9223372036854771712\n", NULL, { LIMIT_NONE, 0 } },
		{ LIMIT_MEMORY, "", NULL, { LIMIT_UNKNOWN, 0 } },
		{ LIMIT_MEMORY, "-1\n", NULL, { LIMIT_UNKNOWN, 0 } },
		{ LIMIT_CPU, "max 100000\n", NULL, { LIMIT_NONE, 0 } },
		{ LIMIT_CPU, "150000 100000\n", NULL, { LIMIT_SET, 1500 } },
		{ LIMIT_CPU, "150000\n", NULL, { LIMIT_UNKNOWN, 0 } },
		{ LIMIT_CPU, "1 0\n", NULL, { LIMIT_UNKNOWN, 0 } },
		{ LIMIT_CPU, "-1\n", "100000\n", { LIMIT_NONE, 0 } },
		{ LIMIT_CPU, "200000\n", "100000\n", { LIMIT_SET, 2000 } },
		{ LIMIT_PIDS, "100\n", NULL, { LIMIT_SET, 100 } },
		{ LIMIT_PIDS, "max\n", NULL, { LIMIT_NONE, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct limit limit = limit_parse(cases[i].kind, cases[i].text, cases[i].period);

		assert_int_equal(limit.state, cases[i].limit.state);
		assert_int_equal(limit.value, cases[i].limit.value);
	}
}

static void expect_limits(struct limit memory, struct limit cpu, struct limit pids,
			  const char *wanted)
{
	struct inspection in = { .limit = { memory, cpu, pids } };
	_cleanup_text_ struct text out = { 0 };

	inspect_put_limits(&out, &in);
	assert_string_equal(out.buf, wanted);
}

static void limits_in_words(void **state)
{
	static const struct limit none = { LIMIT_NONE, 0 }, unknown = { LIMIT_UNKNOWN, 0 };

	(void)state;
	expect_limits(none, none, none, "memory unlimited, cpus unlimited, processes unlimited");
	expect_limits(unknown, unknown, unknown, "memory unknown, cpus unknown, processes unknown");
	expect_limits((struct limit){ LIMIT_SET, UINT64_C(512) << 20 },
		      (struct limit){ LIMIT_SET, 1500 }, (struct limit){ LIMIT_SET, 100 },
		      "memory 512 MiB, 1.5 cpus, at most 100 processes");
	expect_limits((struct limit){ LIMIT_SET, 1025 }, (struct limit){ LIMIT_SET, 50 },
		      (struct limit){ LIMIT_SET, 1 },
		      "memory 1025 bytes, 0.05 cpus, at most 1 processes");
	expect_limits((struct limit){ LIMIT_SET, UINT64_C(3) << 30 },
		      (struct limit){ LIMIT_SET, 2000 }, none,
		      "memory 3 GiB, 2 cpus, processes unlimited");
}

static void known_sets_of_capabilities_are_named(void **state)
{
	struct inspection in = { .has_caps = true, .caps = { .effective = DOCKER_CAPS } };
	_cleanup_text_ struct text docker = { 0 }, all = { 0 }, none = { 0 };

	(void)state;
	inspect_put_cap_count(&docker, &in);
	assert_ptr_equal(strstr(docker.buf, "14 of "), docker.buf);
	assert_non_null(strstr(docker.buf, " (as docker and kubernetes give)"));
	in.caps.effective = UINT64_MAX >> 1;
	inspect_put_cap_count(&all, &in);
	assert_non_null(strstr(all.buf, " (all)"));
	in.caps.effective = 0;
	inspect_put_cap_count(&none, &in);
	assert_ptr_equal(strstr(none.buf, "0 of "), none.buf);
}

static void a_process_tells_what_it_is_part_of_and_whether_it_is_paused(void **state)
{
	struct inspection in = web();
	_cleanup_text_ struct text out = { 0 }, other = { 0 };

	(void)state;
	inspect_print_text(&in, false, &out);
	assert_null(strstr(out.buf, "part of"));
	assert_null(strstr(out.buf, "paused"));
	in.listed.target = (char[]){ "14260" };
	in.part_of_name = (char[]){ "w\033" };
	in.paused = true;
	inspect_print_text(&in, false, &other);
	assert_non_null(strstr(other.buf, "\n  state         paused: "));
	assert_non_null(strstr(other.buf, "\n  part of       docker:4f2a9c01 (w\\x1b)\n"));
}

static void the_page(void **state)
{
	struct inspection in = web();
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	inspect_print_text(&in, false, &out);
	assert_ptr_equal(
		strstr(out.buf,
		       "web  (docker 4f2a9c01b7e2, image nginx:1.27)\n"
		       "  process       14251 nginx, started 1970-01-02 00:00:00, pid 1 inside\n"
		       "  command       nginx -g daemon off;\n"
		       "  namespaces    user    yours, 0\n"
		       "                mnt     its own, 133, of user namespace 77 (uid 1000)\n"),
		out.buf);
	assert_non_null(strstr(out.buf, "  root          /proc/14251/root, overlay\n"
					"  changes in    /var/up/diff\n"
					"  directory     /srv\n"
					"  shell         /bin/sh\n"
					"  user          uid 0 (root), gid 0, groups 4 24\n"
					"  capabilities  14 of "));
	assert_non_null(strstr(out.buf,
			       "  confined      seccomp filter, no_new_privs off, label "
			       "docker-default\n"
			       "  runs with     nice -5, oom_score_adj 300, umask 027\n"
			       "  cgroup        /docker/4f2a\n"
			       "                /user.slice\n"
			       "  limits        memory 512 MiB, 1.5 cpus, processes unlimited\n"
			       "  rlimits       core=0:unlimited nofile=1024:524288\n"
			       "  not isolated  the kernel"));
	assert_non_null(strstr(out.buf, "\n  to enter      nsjoin -t docker:4f2a9c01\n"));
}

static void what_may_not_be_read_says_so(void **state)
{
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	inspect_print_text(&nothing, false, &out);
	assert_non_null(strstr(out.buf, "  process       42\n"));
	assert_non_null(strstr(out.buf, "  namespaces    user    cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "  root          cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "  user          cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "  capabilities  cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "seccomp unknown, no_new_privs unknown, label unknown\n"));
	assert_non_null(strstr(out.buf, "  cgroup        cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "  rlimits       cannot be read by you\n"));
	assert_non_null(strstr(out.buf, "whether the target can set it cannot be told"));
}

static void what_a_container_wrote_is_escaped(void **state)
{
	struct inspection in = web();
	char command[] = "a\033]0;x\007\0";
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	in.listed.name = (char[]){ "w\033[2J" };
	in.listed.image = (char[]){ "i\033)\n  to enter      rm" };
	in.label = (char[]){ "l\033" };
	in.root.upper = (char[]){ "/u\n  to enter      rm" };
	in.s.cmdline = command;
	in.s.cmdline_size = sizeof(command);
	strcpy(in.s.stat.comm, "c\033");
	inspect_print_text(&in, false, &out);
	assert_null(strchr(out.buf, '\033'));
	assert_null(strchr(out.buf, '\007'));
	assert_null(strstr(out.buf, "\n  to enter      rm"));
}

static void json_keeps_its_keys(void **state)
{
	static const char *const keys[] = {
		"schema",	"target",	 "runtime",	 "id",		 "name",
		"image",	"sandbox",	 "process",	 "pid",		 "pid_inside",
		"starttime",	"started",	 "comm",	 "command",	 "namespaces",
		"owner",	"owner_uid",	 "root",	 "upper",	 "shell",
		"user",		"uid_inside",	 "groups",	 "capabilities", "effective",
		"bounding",	"seccomp",	 "no_new_privs", "label",	 "cgroups",
		"controllers",	"limits",	 "memory_bytes", "millicpus",	 "pids",
		"not_isolated", "rlimits",	 "nofile",	 "soft",	 "hard",
		"refused",	"oom_score_adj", "nice",	 "umask",	 "cwd",
		"tracer",	"part_of",	 "paused"
	};
	struct inspection in = web();
	_cleanup_text_ struct text out = { 0 };

	(void)state;
	inspect_print_json(&in, &out);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_text_ struct text key = { 0 };

		text_add(&key, "\"%s\":", keys[i]);
		if (!strstr(out.buf, key.buf))
			fail_msg("no %s in %s", key.buf, out.buf);
	}
	assert_non_null(strstr(out.buf, "\"limits\":{\"memory_bytes\":536870912,\"millicpus\":1500,"
					"\"pids\":\"none\"}"));
	assert_non_null(strstr(out.buf, "\"nofile\":{\"soft\":1024,\"hard\":524288},"));
	assert_non_null(strstr(out.buf, "\"core\":{\"soft\":0,\"hard\":\"unlimited\"},"));
	assert_non_null(strstr(out.buf, "\"rttime\":null}"));
	assert_non_null(strstr(out.buf, "\"nice\":-5,\"oom_score_adj\":300,\"umask\":23,"
					"\"tracer\":null,\"cwd\":\"/srv\""));
	assert_non_null(strstr(out.buf, "{\"controllers\":\"\",\"path\":\"/user.slice\"}"));
}

/* ---- what is not isolated */

static bool says(const struct inspection *in, const char *text)
{
	_cleanup_strv_ struct strv lines = { 0 };

	assert_int_equal(inspect_shared(in, &lines), 0);
	for (size_t i = 0; i < lines.n; i++)
		if (strstr(lines.item[i], text))
			return true;
	return false;
}

static void the_clock_and_who_can_set_it(void **state)
{
	struct inspection in = web();

	(void)state;
	assert_true(says(&in, "the clock: the same for all; the target cannot set it"));
	in.caps.effective |= CAP(CAP_SYS_TIME);
	assert_true(says(&in, "the target can set it, for everybody"));
	/* The capability counts in its own user namespace only, and the clock is not of that. */
	in.s.same &= ~NS_BIT(NS_USER);
	in.s.differs |= NS_BIT(NS_USER);
	assert_true(says(&in, "the target cannot set it"));
	in.s.differs |= NS_BIT(NS_TIME);
	assert_true(says(&in, "its time namespace shifts monotonic and boot time only"));
	/* Whose user namespace it is in is not known. */
	in.s.same = in.s.differs = 0;
	assert_true(says(&in, "cannot be told"));
}

static void shared_namespaces_in_plain_words(void **state)
{
	struct inspection in = web();

	(void)state;
	assert_false(says(&in, "the network"));
	assert_true(says(&in, "its uid 0 is your uid 0"));
	in.s.same |= NS_BIT(NS_NET);
	in.s.differs &= ~NS_BIT(NS_NET);
	assert_true(says(&in, "the network: interfaces, ports and abstract sockets are yours"));
}

static void capabilities_that_reach_the_host(void **state)
{
	struct inspection in = web();

	(void)state;
	assert_true(says(&in, "CAP_MKNOD"));
	assert_false(says(&in, "CAP_SYS_ADMIN"));
	in.caps.effective |= CAP(CAP_SYS_ADMIN) | CAP(CAP_NET_ADMIN);
	assert_true(says(&in, "CAP_SYS_ADMIN"));
	assert_false(says(&in, "CAP_NET_ADMIN"));
	in.s.same = NS_BIT(NS_USER) | NS_BIT(NS_NET);
	assert_true(says(&in, "CAP_NET_ADMIN: it can change your network"));
	in.s.same = 0;
	in.s.differs = NS_ALL;
	assert_false(says(&in, "CAP_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_alone),
		cmocka_unit_test(what_is_not_known_has_no_value),
		cmocka_unit_test(the_option_names_every_field),
		cmocka_unit_test(limits_of_both_versions),
		cmocka_unit_test(limits_in_words),
		cmocka_unit_test(known_sets_of_capabilities_are_named),
		cmocka_unit_test(a_process_tells_what_it_is_part_of_and_whether_it_is_paused),
		cmocka_unit_test(the_page),
		cmocka_unit_test(what_may_not_be_read_says_so),
		cmocka_unit_test(what_a_container_wrote_is_escaped),
		cmocka_unit_test(json_keeps_its_keys),
		cmocka_unit_test(the_clock_and_who_can_set_it),
		cmocka_unit_test(shared_namespaces_in_plain_words),
		cmocka_unit_test(capabilities_that_reach_the_host),
	};

	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
