/* SPDX-License-Identifier: MIT */
/* From the command line to the request: every spelling, clashes and odd values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_set.h"
#include "cli/options.h"
#include "util/log.h"

enum {
	ARGS_MAX = 24
};

/* Parses @line, whose words are separated by single blanks ("''" is the empty word). */
struct parsed {
	char *line;
	char *argv[ARGS_MAX];
	int argc;
	struct command command;
	struct error err;
	int r;
};

static void parse_words(struct parsed *p)
{
	char *before[ARGS_MAX];

	memcpy(before, p->argv, sizeof(before));
	p->r = options_parse(p->argc, p->argv, &p->command, &p->err);
	/* What follows these two is sorted. */
	if (p->command.verb != VERB_PS && p->command.verb != VERB_INSPECT)
		assert_memory_equal(before, p->argv, sizeof(before));
	if (p->r < 0)
		assert_non_null(p->err.text);
	else
		assert_null(p->err.text);
}

static void parse(struct parsed *p, const char *line)
{
	*p = (struct parsed){ .line = strdup(line), .argc = 1 };
	p->argv[0] = strdup("nsjoin");
	for (char *word = strtok(p->line, " "); word; word = strtok(NULL, " ")) {
		assert_true(p->argc < ARGS_MAX - 1);
		p->argv[p->argc++] = strdup(strcmp(word, "''") == 0 ? "" : word);
	}
	parse_words(p);
}

static void parsed_done(struct parsed *p)
{
	for (int i = 0; i < p->argc; i++)
		free(p->argv[i]);
	free(p->line);
	error_done(&p->err);
}

static void assert_same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void assert_same_id(const struct id_request *a, const struct id_request *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->number, b->number);
	assert_same_text(a->name, b->name);
}

static void assert_same_dir(const struct dir_request *a, const struct dir_request *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_same_text(a->path, b->path);
}

static void assert_same_flags(const struct request *a, const struct request *b)
{
	assert_int_equal(a->all, b->all);
	assert_int_equal(a->user_parent, b->user_parent);
	assert_int_equal(a->preserve_credentials, b->preserve_credentials);
	assert_int_equal(a->keep_caps, b->keep_caps);
	assert_int_equal(a->env, b->env);
	assert_int_equal(a->join_cgroup, b->join_cgroup);
	assert_int_equal(a->follow_context, b->follow_context);
	assert_int_equal(a->no_fork, b->no_fork);
	assert_int_equal(a->privileged, b->privileged);
	assert_int_equal(a->want_shell, b->want_shell);
	assert_int_equal(a->want_parts, b->want_parts);
	assert_int_equal(a->parts_named, b->parts_named);
	assert_int_equal(a->host_tools, b->host_tools);
	assert_int_equal(a->host_exe, b->host_exe);
	assert_int_equal(a->stdio_pass, b->stdio_pass);
	assert_int_equal(a->dry_run, b->dry_run);
	assert_int_equal(a->json, b->json);
	assert_int_equal(a->errors_json, b->errors_json);
}

static void assert_same_request(const struct request *a, const struct request *b)
{
	assert_same_text(a->target, b->target);
	assert_same_text(a->host_root, b->host_root);
	assert_same_flags(a, b);
	assert_int_equal(a->wanted, b->wanted);
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		assert_same_text(a->ns_file[t], b->ns_file[t]);
	assert_int_equal(a->net_socket, b->net_socket);
	assert_same_id(&a->uid, &b->uid);
	assert_same_id(&a->gid, &b->gid);
	assert_same_dir(&a->root, &b->root);
	assert_same_dir(&a->wd, &b->wd);
	assert_same_text(a->wdns, b->wdns);
	assert_same_text(a->shell, b->shell);
	assert_int_equal(a->as_target, b->as_target);
	assert_int_equal(a->remount, b->remount);
	assert_int_equal(a->remount_named, b->remount_named);
	assert_int_equal(a->view, b->view);
	assert_int_equal(a->n_tools_from, b->n_tools_from);
	for (size_t i = 0; i < b->n_tools_from; i++)
		assert_same_text(a->tools_from[i], b->tools_from[i]);
	assert_int_equal(a->pty, b->pty);
	assert_int_equal(a->n_keep_fd, b->n_keep_fd);
	for (size_t i = 0; i < b->n_keep_fd; i++)
		assert_int_equal(a->keep_fd[i], b->keep_fd[i]);
	assert_int_equal(a->verbosity, b->verbosity);
	assert_int_equal(a->unattached, b->unattached);
	if (b->before_program) /* most cases are not about it */
		assert_int_equal(a->before_program, b->before_program);
}

struct good {
	const char *line;
	struct request want; /* net_socket 0 stands for none, -2 for descriptor 0 */
	const char *program; /* the words of the program, blanks between; NULL: none */
};

static void check_good(const struct good *c)
{
	struct request want = c->want;
	char program[256] = "";
	struct parsed p;

	if (want.net_socket <= 0)
		want.net_socket = want.net_socket == 0 ? -1 : 0;
	parse(&p, c->line);
	if (p.r < 0)
		fail_msg("%s: %s", c->line, p.err.text);
	print_message("%s\n", c->line);
	assert_int_equal(p.command.verb, VERB_ENTER);
	assert_same_request(&p.command.request, &want);
	for (char **w = p.command.request.program; w && *w; w++) {
		assert_true(strlen(program) + strlen(*w) + 2 < sizeof(program));
		if (*program)
			strcat(program, " ");
		strcat(program, *w);
	}
	if (c->program)
		assert_string_equal(program, c->program);
	else
		assert_null(p.command.request.program);
	parsed_done(&p);
}

#define CHECK_ALL(cases)                                                                           \
	for (size_t i_ = 0; i_ < ARRAY_SIZE(cases); i_++)                                          \
	check_good(&(cases)[i_])

#define BIT_M		    NS_BIT(NS_MNT)
#define BIT_N		    NS_BIT(NS_NET)
#define MUINP		    (NS_BIT(NS_MNT) | NS_BIT(NS_UTS) | NS_BIT(NS_IPC) | NS_BIT(NS_NET) | NS_BIT(NS_PID))
#define FILE_OF(type, path) .ns_file = { [type] = (path) }
#define UID(n)		    .uid = { .kind = ID_NUMBER, .number = (n) }
#define GID(n)		    .gid = { .kind = ID_NUMBER, .number = (n) }

static void spellings_of_the_contract(void **state)
{
	static const struct good cases[] = {
		{ "-n -t5645 ip a", { .target = "5645", .wanted = BIT_N }, "ip a" },
		{ "-nt 14251 ss", { .target = "14251", .wanted = BIT_N }, "ss" },
		{ "-nt5645", { .target = "5645", .wanted = BIT_N }, NULL },
		{ "-mt 7 true", { .target = "7", .wanted = BIT_M }, "true" },
		{ "-muinp -t 1 bash", { .target = "1", .wanted = MUINP }, "bash" },
		{ "-munipt 1 bash", { .target = "1", .wanted = MUINP }, "bash" },
		{ "-at 1 bash", { .target = "1", .all = true }, "bash" },
		{ "-n=/run/netns/x", { .wanted = BIT_N, FILE_OF(NS_NET, "/run/netns/x") }, NULL },
		{ "-n/run/netns/x ip a",
		  { .wanted = BIT_N, FILE_OF(NS_NET, "/run/netns/x") },
		  "ip a" },
		{ "-m/proc/1/ns/mnt -- true",
		  { .wanted = BIT_M, FILE_OF(NS_MNT, "/proc/1/ns/mnt") },
		  "true" },
		{ "--mount=/host/proc/1/ns/mnt",
		  { .wanted = BIT_M, FILE_OF(NS_MNT, "/host/proc/1/ns/mnt") },
		  NULL },
		{ "-r/ -w/src -t 1 -n",
		  { .target = "1",
		    .wanted = BIT_N,
		    .root = { DIR_PATH, "/" },
		    .wd = { DIR_PATH, "/src" } },
		  NULL },
		{ "-t web -n ls -t", { .target = "web", .wanted = BIT_N }, "ls -t" },
		{ "-a -t 1 su - user", { .target = "1", .all = true }, "su - user" },
		{ "-t 1 -i true", { .target = "1", .wanted = NS_BIT(NS_IPC) }, "true" },
		{ "--target 1 --mount --uts --ipc --net --pid -- bash -l",
		  { .target = "1", .wanted = MUINP },
		  "bash -l" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void every_namespace_letter_and_name(void **state)
{
	static const struct {
		char letter;
		const char *name;
		enum ns_type type;
	} rows[] = {
		{ 'm', "mount", NS_MNT },     { 'u', "uts", NS_UTS },	{ 'i', "ipc", NS_IPC },
		{ 'n', "net", NS_NET },	      { 'p', "pid", NS_PID },	{ 'U', "user", NS_USER },
		{ 'C', "cgroup", NS_CGROUP }, { 'T', "time", NS_TIME },
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct request want = { .target = "1", .wanted = NS_BIT(rows[i].type) };
		struct request file = { .wanted = NS_BIT(rows[i].type) };

		file.ns_file[rows[i].type] = "/f";
		(void)snprintf(line, sizeof(line), "-t 1 -%c", rows[i].letter);
		check_good(&(struct good){ line, want, NULL });
		(void)snprintf(line, sizeof(line), "-t 1 --%s", rows[i].name);
		check_good(&(struct good){ line, want, NULL });
		(void)snprintf(line, sizeof(line), "-%c/f", rows[i].letter);
		check_good(&(struct good){ line, file, NULL });
		(void)snprintf(line, sizeof(line), "--%s=/f", rows[i].name);
		check_good(&(struct good){ line, file, NULL });
	}
}

static void attached_text_is_a_file_or_a_cluster(void **state)
{
	static const struct good cases[] = {
		{ "-mw/tmp", { .wanted = BIT_M, FILE_OF(NS_MNT, "w/tmp") }, NULL },
		{ "-n.", { .wanted = BIT_N, FILE_OF(NS_NET, ".") }, NULL },
		{ "-n=x", { .wanted = BIT_N, FILE_OF(NS_NET, "x") }, NULL },
		{ "-n==x", { .wanted = BIT_N, FILE_OF(NS_NET, "=x") }, NULL },
		{ "-n:77", { .wanted = BIT_N, FILE_OF(NS_NET, ":77") }, NULL },
		{ "-n=:77", { .wanted = BIT_N, FILE_OF(NS_NET, ":77") }, NULL },
		{ "--net=:77", { .wanted = BIT_N, FILE_OF(NS_NET, ":77") }, NULL },
		{ "-mn.f -t1",
		  { .target = "1", .wanted = BIT_M | BIT_N, FILE_OF(NS_NET, ".f") },
		  NULL },
		{ "-Fmt 1", { .target = "1", .wanted = BIT_M, .no_fork = true }, NULL },
		{ "-mS 0 -t1 ls -t", { .target = "1", .wanted = BIT_M, UID(0) }, "ls -t" },
		{ "-mS=0 -t1", { .target = "1", .wanted = BIT_M, UID(0) }, NULL },
		{ "-t1 -mreFt 1",
		  { .target = "1", .wanted = BIT_M, .root = { DIR_PATH, "eFt" } },
		  "1" },
		{ "-mer -t 1",
		  { .target = "1", .wanted = BIT_M, .env = true, .root = { .kind = DIR_TARGET } },
		  NULL },
		{ "-mw=d -t 1", { .target = "1", .wanted = BIT_M, .wd = { DIR_PATH, "d" } }, NULL },
		{ "-n/a -n -t 1 x", /* as in nsenter, a FILE stays */
		  { .target = "1", .wanted = BIT_N, FILE_OF(NS_NET, "/a") },
		  "x" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void values_of_the_other_options(void **state)
{
	static const struct good cases[] = {
		{ "-t 1 -S0 -G 4294967294", { .target = "1", UID(0), GID(4294967294) }, NULL },
		{ "-t 1 -S 0", { .target = "1", UID(0) }, NULL },
		{ "-t 1 --setuid=5 --setgid 6", { .target = "1", UID(5), GID(6) }, NULL },
		{ "-t 1 -S follow -Gfollow",
		  { .target = "1", .uid = { .kind = ID_FOLLOW }, .gid = { .kind = ID_FOLLOW } },
		  NULL },
		{ "-t 1 -S ana -G _staff-x",
		  { .target = "1",
		    .uid = { .kind = ID_NAME, .name = "ana" },
		    .gid = { .kind = ID_NAME, .name = "_staff-x" } },
		  NULL },
		{ "-t 1 -r=/ -w=/x",
		  { .target = "1", .root = { DIR_PATH, "/" }, .wd = { DIR_PATH, "/x" } },
		  NULL },
		{ "-t 1 -r -w",
		  { .target = "1", .root = { .kind = DIR_TARGET }, .wd = { .kind = DIR_TARGET } },
		  NULL },
		{ "-t 1 -W /tmp pwd", { .target = "1", .wdns = "/tmp" }, "pwd" },
		{ "-t 1 --wdns=/tmp", { .target = "1", .wdns = "/tmp" }, NULL },
		{ "-t 1 -W =x", { .target = "1", .wdns = "=x" }, NULL },
		{ "-t 1 -N 99", { .target = "1", .net_socket = 99 }, NULL },
		{ "-t 1 -N0", { .target = "1", .net_socket = -2 }, NULL },
		{ "-t 1 -aN 3", { .target = "1", .all = true, .net_socket = 3 }, NULL },
		{ "-t 1 -ecZF",
		  { .target = "1",
		    .env = true,
		    .join_cgroup = true,
		    .follow_context = true,
		    .no_fork = true },
		  NULL },
		{ "-t 1 -U --user-parent --preserve-credentials --keep-caps",
		  { .target = "1",
		    .wanted = NS_BIT(NS_USER),
		    .user_parent = true,
		    .preserve_credentials = true,
		    .keep_caps = true },
		  NULL },
		{ "-U/f --user-parent",
		  { .wanted = NS_BIT(NS_USER), .user_parent = true, FILE_OF(NS_USER, "/f") },
		  NULL },
		{ "-t 1 --privileged --shell",
		  { .target = "1", .privileged = true, .want_shell = true },
		  NULL },
		{ "-t 1 --shell=/bin/ash",
		  { .target = "1", .want_shell = true, .shell = "/bin/ash" },
		  NULL },
		{ "-t 1 -n --as-target",
		  { .target = "1",
		    .wanted = NS_BIT(NS_NET),
		    .want_parts = true,
		    .as_target = AS_ALL },
		  NULL },
		{ "-t 1 --as-target=caps --as-target=-env,-cwd",
		  { .target = "1",
		    .want_parts = true,
		    .as_target = AS_ALL & ~(AS_BIT(AS_ENV) | AS_BIT(AS_CWD)) },
		  NULL },
		{ "-t 1 --as-target=-env --as-target=caps,nnp",
		  { .target = "1",
		    .want_parts = true,
		    .parts_named = true,
		    .as_target = AS_BIT(AS_CAPS) | AS_BIT(AS_NNP) },
		  NULL },
		{ "-t 1 --pty", { .target = "1", .pty = PTY_ALWAYS }, NULL },
		{ "-t 1 --pty never", { .target = "1", .pty = PTY_ALWAYS }, "never" },
		{ "-t 1 --pty=never", { .target = "1", .pty = PTY_NEVER }, NULL },
		{ "-t 1 --pty --pty=auto", { .target = "1", .pty = PTY_AUTO }, NULL },
		{ "-t 1 --stdio pass", { .target = "1", .stdio_pass = true }, NULL },
		{ "-t 1 --stdio=pass --stdio=relay", { .target = "1" }, NULL },
		{ "-t 1 --host-root=/host", { .target = "1", .host_root = "/host" }, NULL },
		{ "-t 1 --keep-fd=3 --keep-fd 9",
		  { .target = "1", .keep_fd = { 3, 9 }, .n_keep_fd = 2 },
		  NULL },
		{ "-t 1 -H", { .target = "1", .host_tools = true }, NULL },
		{ "-t 1 --view=host ls", { .target = "1", .view = VIEW_HOST }, "ls" },
		{ "-t 1 --tools-from=/a --tools-from /b",
		  { .target = "1", .tools_from = { "/a", "/b" }, .n_tools_from = 2 },
		  NULL },
		{ "-t 1 -nR",
		  { .target = "1", .wanted = NS_BIT(NS_NET), .remount = REMOUNT_ALL },
		  NULL },
		{ "-t 1 -n -R=sys,etc",
		  { .target = "1",
		    .wanted = NS_BIT(NS_NET),
		    .remount = REMOUNT_SYS | REMOUNT_ETC,
		    .remount_named = REMOUNT_SYS | REMOUNT_ETC },
		  NULL },
		{ "-t 1 -p -Rproc",
		  { .target = "1",
		    .wanted = NS_BIT(NS_PID),
		    .remount = REMOUNT_PROC,
		    .remount_named = REMOUNT_PROC },
		  NULL },
		{ "-t 1 -p -R -Rproc",
		  { .target = "1",
		    .wanted = NS_BIT(NS_PID),
		    .remount = REMOUNT_ALL,
		    .remount_named = REMOUNT_PROC },
		  NULL },
		{ "-t 1 -nX true",
		  { .target = "1", .wanted = NS_BIT(NS_NET), .host_exe = true },
		  "true" },
		{ "-t 1 --dry-run --json", { .target = "1", .dry_run = true, .json = true }, NULL },
		{ "-t 1 --errors=json", { .target = "1", .errors_json = true }, NULL },
		{ "-t 1 --errors json --errors text", { .target = "1" }, NULL },
		{ "-t 1 -v", { .target = "1", .verbosity = LOG_VERBOSE }, NULL },
		{ "-t 1 -vvv", { .target = "1", .verbosity = LOG_TRACE }, NULL },
		{ "-t 1 -q", { .target = "1", .verbosity = LOG_QUIET }, NULL },
		{ "-t 1 -vq", { .target = "1", .verbosity = LOG_QUIET }, NULL },
		{ "-t 1 -qv", { .target = "1", .verbosity = LOG_VERBOSE }, NULL },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void an_abbreviation_is_nsenters_first(void **state)
{
	static const struct good cases[] = {
		{ "-t 1 --ro", { .target = "1", .root = { .kind = DIR_TARGET } }, NULL },
		{ "-t 1 --net", { .target = "1", .wanted = BIT_N }, NULL },
		{ "-t 1 --net-s 3", { .target = "1", .net_socket = 3 }, NULL },
		{ "-t 1 --e", { .target = "1", .env = true }, NULL },
		{ "-t 1 --pr", { .target = "1", .preserve_credentials = true }, NULL },
		{ "-t 1 --pri", { .target = "1", .privileged = true }, NULL },
		{ "-t 1 --k", { .target = "1", .keep_caps = true }, NULL },
		{ "-t 1 --keep-f=3", { .target = "1", .keep_fd = { 3 }, .n_keep_fd = 1 }, NULL },
		{ "-t 1 --verb", { .target = "1", .verbosity = LOG_VERBOSE }, NULL },
		{ "--ta 1 --mo=/f",
		  { .target = "1", .wanted = BIT_M, FILE_OF(NS_MNT, "/f") },
		  NULL },
		{ "--ta=1 --setu 0 id", { .target = "1", UID(0) }, "id" },
	};
	struct parsed p;

	(void)state;
	CHECK_ALL(cases);
	parse(&p, "--ver"); /* although --verbose exists */
	assert_int_equal(p.r, 0);
	assert_int_equal(p.command.verb, VERB_VERSION);
	parsed_done(&p);
}

static void where_a_file_may_have_been_meant(void **state)
{
	static const struct good cases[] = {
		{ "-t 1 -n /run/x cmd",
		  { .target = "1", .wanted = BIT_N, .unattached = 'n' },
		  "/run/x cmd" },
		{ "-t 1 --net /run/x",
		  { .target = "1", .wanted = BIT_N, .unattached = 'n' },
		  "/run/x" },
		{ "-t 1 -mn /run/x",
		  { .target = "1", .wanted = BIT_M | BIT_N, .unattached = 'n' },
		  "/run/x" },
		{ "-t 1 -w /tmp",
		  { .target = "1", .wd = { .kind = DIR_TARGET }, .unattached = 'w' },
		  "/tmp" },
		{ "-t 1 -n cmd", { .target = "1", .wanted = BIT_N, .before_program = 'n' }, "cmd" },
		{ "-t 1 -n -- /bin/cmd", { .target = "1", .wanted = BIT_N }, "/bin/cmd" },
		{ "-nt 1 /bin/cmd", { .target = "1", .wanted = BIT_N }, "/bin/cmd" },
		{ "-n/a /bin/cmd", { .wanted = BIT_N, FILE_OF(NS_NET, "/a") }, "/bin/cmd" },
	};

	(void)state;
	CHECK_ALL(cases);
}

struct bad {
	const char *line;
	enum error_id id;
	const char *text; /* part of the message */
	const char *hint; /* part of one of the hints, or NULL */
};

static void check_bad(const struct bad *c)
{
	struct parsed p;
	bool hinted = !c->hint;

	parse(&p, c->line);
	if (p.r == 0)
		fail_msg("%s: no error", c->line);
	print_message("%s: %s\n", c->line, p.err.text);
	assert_int_equal(p.r, -EINVAL);
	assert_string_equal(error_id_name(p.err.id), error_id_name(c->id));
	assert_int_equal(p.err.status, 0);
	assert_non_null(strstr(p.err.text, c->text));
	for (size_t i = 0; c->hint && i < ERROR_HINTS && p.err.hint[i]; i++)
		hinted = hinted || strstr(p.err.hint[i], c->hint);
	assert_true(hinted);
	parsed_done(&p);
}

#define CHECK_BAD(cases)                                                                           \
	for (size_t i_ = 0; i_ < ARRAY_SIZE(cases); i_++)                                          \
	check_bad(&(cases)[i_])

static void unknown_options_are_named(void **state)
{
	static const struct bad cases[] = {
		{ "--nett", ERROR_UNKNOWN_OPTION, "\"--nett\"", "did you mean --net?" },
		{ "--moutn=/x", ERROR_UNKNOWN_OPTION, "\"--moutn\"", "did you mean --mount?" },
		{ "--frobnicate", ERROR_UNKNOWN_OPTION, "\"--frobnicate\"", "--help" },
		{ "--s", ERROR_UNKNOWN_OPTION, "ambiguous", "--setuid, --setgid, --shell" },
		{ "--us", ERROR_UNKNOWN_OPTION, "ambiguous", "--user, --user-parent" },
		{ "--w=/", ERROR_UNKNOWN_OPTION, "ambiguous option \"--w\"", "--wd, --wdns" },
		{ "-t 1 -y", ERROR_UNKNOWN_OPTION, "\"-y\"", NULL },
		{ "-t 1 -nfoo", ERROR_UNKNOWN_OPTION, "\"-f\"", "-n=foo" },
		{ "-t 1 -Fmux", ERROR_UNKNOWN_OPTION, "\"-x\"", "-m=ux" },
		{ "--=x", ERROR_UNKNOWN_OPTION, "\"--\"", NULL },
	};

	(void)state;
	CHECK_BAD(cases);
}

static void clashes_and_missing_values_are_named(void **state)
{
	static const struct bad cases[] = {
		{ "-t 1 -t 2", ERROR_USAGE, "--target may be given only once", NULL },
		{ "-t 1 -w/x -W /y", ERROR_USAGE, "--wd and --wdns", NULL },
		{ "-t 1 -w --wdns=/y", ERROR_USAGE, "--wd and --wdns", NULL },
		{ "-t 1 -n -N 3", ERROR_USAGE, "--net and --net-socket", NULL },
		{ "-t 1 --json", ERROR_USAGE, "--json goes with --dry-run", NULL },
		{ "-t 1 --shell=/bin/sh ls", ERROR_USAGE, "--shell and a program", NULL },
		{ "-t", ERROR_USAGE, "-t: TARGET is missing", NULL },
		{ "-mt", ERROR_USAGE, "-t: TARGET is missing", NULL },
		{ "--target", ERROR_USAGE, "--target: TARGET is missing", NULL },
		{ "--targ", ERROR_USAGE, "--target: TARGET is missing", NULL },
		{ "-t 1 -W", ERROR_USAGE, "-W: DIR is missing", NULL },
		{ "-t ''", ERROR_USAGE, "-t: TARGET is empty", NULL },
		{ "-t=", ERROR_USAGE, "-t: TARGET is empty", NULL },
		{ "-n=", ERROR_USAGE, "-n: FILE is empty", NULL },
		{ "-mn=", ERROR_USAGE, "-n: FILE is empty", NULL },
		{ "--net=", ERROR_USAGE, "--net: FILE is empty", NULL },
		{ "-t 1 -r=", ERROR_USAGE, "-r: DIR is empty", NULL },
		{ "-t 1 -W ''", ERROR_USAGE, "-W: DIR is empty", NULL },
		{ "-t 1 --shell=", ERROR_USAGE, "--shell: PATH is empty", NULL },
		{ "-t 1 --shell=bash", ERROR_USAGE, "--shell \"bash\": not an absolute path",
		  "without a path" },
		{ "-t 1 ''", ERROR_USAGE, "program's name is empty", NULL },
		{ "-t 1 --env=x", ERROR_USAGE, "--env takes no value", NULL },
		{ "-t 1 --en=x", ERROR_USAGE, "--env takes no value", NULL },
		{ "-it web", ERROR_USAGE, "\"-it\"", "nsjoin -t" },
		{ "-ti web", ERROR_USAGE, "\"-ti\"", "nsjoin -t" },
		{ "-F -it web", ERROR_USAGE, "\"-it\"", "-i -t" },
	};

	(void)state;
	CHECK_BAD(cases);
}

static void odd_values_are_quoted(void **state)
{
	static const struct bad cases[] = {
		{ "-t 1 -S 1a", ERROR_USAGE, "-S \"1a\"", NULL },
		{ "-t 1 -S 0x1", ERROR_USAGE, "-S \"0x1\"", NULL },
		{ "-t 1 -S -1", ERROR_USAGE, "-S \"-1\"", NULL },
		{ "-t 1 -S +1", ERROR_USAGE, "-S \"+1\"", NULL },
		{ "-t 1 -S 4294967295", ERROR_USAGE, "-S \"4294967295\"", NULL },
		{ "-t 1 -S 4294967296", ERROR_USAGE, "-S \"4294967296\"", NULL },
		{ "-t 1 -S 99999999999999999999", ERROR_USAGE, "\"99999999999999999999\"", NULL },
		{ "-t 1 -S ''", ERROR_USAGE, "-S: USER is empty", NULL },
		{ "-t 1 --setuid=1a", ERROR_USAGE, "--setuid \"1a\"", NULL },
		{ "-t 1 -G 1:2", ERROR_USAGE, "-G \"1:2\"", "-S USER -G GROUP" },
		{ "-t 1 -G 4294967296", ERROR_USAGE, "-G \"4294967296\"", NULL },
		{ "-t 1 -S ../x", ERROR_USAGE, "-S \"../x\"", NULL },
		{ "-t 1 -S a\x1b[31m", ERROR_USAGE, "not a user", NULL },
		{ "-t 1 -N x", ERROR_USAGE, "-N \"x\"", NULL },
		{ "-t 1 -N -1", ERROR_USAGE, "-N \"-1\"", NULL },
		{ "-t 1 -N 2147483648", ERROR_USAGE, "-N \"2147483648\"", NULL },
		{ "-t 1 --keep-fd=2", ERROR_USAGE, "--keep-fd \"2\"", NULL },
		{ "-t 1 --keep-fd=3x", ERROR_USAGE, "--keep-fd \"3x\"", NULL },
		{ "-t 1 --view=both", ERROR_USAGE, "--view \"both\"", NULL },
		{ "-t 1 -R=net", ERROR_USAGE, "-R \"net\"", NULL },
		{ "-t 1 -R=proc,", ERROR_USAGE, "-R \"proc,\"", NULL },
		{ "-t 1 --errors=xml", ERROR_USAGE, "--errors \"xml\"", NULL },
		{ "-n:", ERROR_USAGE, "-n \":\"", NULL },
		{ "-n:7x", ERROR_USAGE, "-n \":7x\"", NULL },
		{ "--net=:x", ERROR_USAGE, "--net \":x\"", NULL },
		{ "-t -n", ERROR_USAGE, "-t \"-n\"", NULL },
	};

	(void)state;
	CHECK_BAD(cases);
}

static void a_user_id_with_a_blank_is_an_error(void **state)
{
	struct parsed p = { .argv = { strdup("nsjoin"), strdup("-t1"), strdup("-S"), strdup(" 1") },
			    .argc = 4 };

	(void)state;
	parse_words(&p);
	assert_int_equal(p.err.id, ERROR_USAGE);
	assert_string_equal(p.err.text, "-S \" 1\": not a user id or name");
	parsed_done(&p);
}

static void a_missing_target_is_the_last_error(void **state)
{
	static const struct bad cases[] = {
		{ "", ERROR_NO_TARGET, "no target", "nsjoin -t TARGET" },
		{ "web", ERROR_NO_TARGET, "no target", "nsjoin -t TARGET" },
		{ "-- help", ERROR_NO_TARGET, "no target", NULL },
		{ "-", ERROR_NO_TARGET, "no target", NULL },
		{ "-S 0 id", ERROR_NO_TARGET, "no target", NULL },
		{ "-a", ERROR_NO_TARGET, "-a needs one", NULL },
		{ "-n/x -m", ERROR_NO_TARGET, "-m needs one", NULL },
		{ "-n/x -r", ERROR_NO_TARGET, "-r needs one", NULL },
		{ "-n/x -w", ERROR_NO_TARGET, "-w needs one", NULL },
		{ "-n/x -e", ERROR_NO_TARGET, "-e needs one", NULL },
		{ "-n/x -c", ERROR_NO_TARGET, "-c needs one", NULL },
		{ "-n/x -Z", ERROR_NO_TARGET, "-Z needs one", NULL },
		{ "-n/x -S follow", ERROR_NO_TARGET, "-S follow needs one", NULL },
		{ "-n/x -G follow", ERROR_NO_TARGET, "-G follow needs one", NULL },
		{ "-n/x -H", ERROR_NO_TARGET, "-H needs one", NULL },
		{ "-n/x --tools-from=/", ERROR_NO_TARGET, "-H needs one", NULL },
		{ "-n/x --view=host", ERROR_NO_TARGET, "--view needs one", NULL },
		{ "-N 3", ERROR_NO_TARGET, "-N needs one", NULL },
		{ "-n/x --user-parent", ERROR_NO_TARGET, "--user-parent needs one", NULL },
	};
	struct parsed p;

	(void)state;
	CHECK_BAD(cases);
	parse(&p, "web ls"); /* the caller can see whether "web" would have been one */
	assert_string_equal(p.command.request.program[0], "web");
	parsed_done(&p);
}

static void keep_fd_has_room_for_a_few(void **state)
{
	char program[] = "nsjoin", target[] = "-t1", keep[] = "--keep-fd=7";
	char *argv[REQUEST_KEEP_FDS + 4] = { program, target };
	int argc = 2;
	struct command command;
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	while (argc < REQUEST_KEEP_FDS + 2)
		argv[argc++] = keep;
	assert_int_equal(options_parse(argc, argv, &command, &err), 0);
	assert_int_equal(command.request.n_keep_fd, REQUEST_KEEP_FDS);
	argv[argc++] = keep;
	assert_int_equal(options_parse(argc, argv, &command, &err), -EINVAL);
	assert_int_equal(err.id, ERROR_USAGE);
	assert_string_equal(err.text, "--keep-fd can be given 16 times");
}

static void verbs_are_the_first_word_only(void **state)
{
	static const struct {
		const char *line;
		enum verb verb;
		const char *word;
	} cases[] = {
		{ "help", VERB_HELP, NULL },
		{ "help net", VERB_HELP, "net" },
		{ "version --json", VERB_VERSION, "--json" },
		{ "__complete options", VERB_COMPLETE, "options" },
		{ "-h", VERB_HELP, NULL },
		{ "--help --bogus", VERB_HELP, NULL },
		{ "-t 1 -t 2 --help", VERB_ENTER, NULL },
		{ "-nh", VERB_HELP, NULL },
		{ "-V", VERB_VERSION, NULL },
		{ "-t 1 help", VERB_ENTER, NULL },
		{ "-t 1 -- version", VERB_ENTER, NULL },
		{ "ps", VERB_PS, NULL },
		{ "inspect web", VERB_INSPECT, "web" },
		{ "inspect --help", VERB_HELP, "inspect" },
		{ "ps -ah --bogus", VERB_HELP, "ps" },
		{ "__complete targets we", VERB_TARGETS, "we" },
		{ "__complete patterns we", VERB_TARGETS, "we" },
		{ "-t 1 ps", VERB_ENTER, NULL },
		{ "-- ps", VERB_ENTER, NULL },
		{ "doctors", VERB_ENTER, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p;

		print_message("%s\n", cases[i].line);
		parse(&p, cases[i].line);
		assert_int_equal(p.command.verb, cases[i].verb);
		assert_same_text(p.command.words[0], cases[i].word);
		parsed_done(&p);
	}
}

static void options_of_ps_and_inspect(void **state)
{
	struct parsed p;
	const struct show_request *show = &p.command.request.show;

	(void)state;
	parse(&p, "ps web -aq db --color=never -- -x");
	assert_int_equal(p.r, 0);
	assert_true(show->processes && show->targets_only);
	assert_false(show->tree || show->no_headings || p.command.request.json);
	assert_int_equal(show->color, COLOR_NEVER);
	assert_string_equal(show->words[0], "web");
	assert_string_equal(show->words[1], "db");
	assert_string_equal(show->words[2], "-x");
	assert_null(show->words[3]);
	parsed_done(&p);
	parse(&p, "ps --noheadings -o +CGROUP --colo always -v --errors=json");
	assert_int_equal(p.r, 0);
	assert_true(show->no_headings && p.command.request.errors_json);
	assert_string_equal(show->columns, "+CGROUP");
	assert_int_equal(show->color, COLOR_ALWAYS);
	assert_int_equal(p.command.request.verbosity, LOG_VERBOSE);
	assert_null(show->words[0]);
	parsed_done(&p);
	parse(&p, "inspect --json web");
	assert_int_equal(p.r, 0);
	assert_true(p.command.request.json);
	parsed_done(&p);
	parse(&p, "inspect web -opid");
	assert_string_equal(show->columns, "pid");
	parsed_done(&p);
}

static void odd_words_of_ps_and_inspect_are_named(void **state)
{
	static const struct {
		const char *line, *text;
		enum error_id id;
	} cases[] = {
		{ "inspect", "inspect: no target", ERROR_NO_TARGET },
		{ "inspect a b", "inspect: unexpected \"b\"", ERROR_USAGE },
		{ "inspect -q a", "inspect: unknown option \"-q\"", ERROR_UNKNOWN_OPTION },
		{ "ps -ax", "ps: unknown option \"-x\"", ERROR_UNKNOWN_OPTION },
		{ "ps --tre --treee", "ps: unknown option \"--treee\"", ERROR_UNKNOWN_OPTION },
		{ "ps --json=x", "ps: --json takes no value", ERROR_USAGE },
		{ "ps -o", "ps: --output: COLUMNS is missing", ERROR_USAGE },
		{ "ps --color", "ps: --color: WHEN is missing", ERROR_USAGE },
		{ "ps --color=red", "ps: --color cannot be \"red\"", ERROR_USAGE },
		{ "ps --errors xml", "ps: --errors cannot be \"xml\"", ERROR_USAGE },
		{ "ps --json --tree", "exclude each other", ERROR_USAGE },
		{ "ps -q --json", "exclude each other", ERROR_USAGE },
		{ "ps -q -o PID", "exclude each other", ERROR_USAGE },
		{ "inspect -o pid --json web", "--output and --json exclude", ERROR_USAGE },
		{ "ps --output=", "ps: --output: COLUMNS is empty", ERROR_USAGE },
		{ "inspect -o '' web", "inspect: --output: FIELD is empty", ERROR_USAGE },
		{ "ps --h", "ps: ambiguous option \"--h\"", ERROR_UNKNOWN_OPTION },
		{ "ps --bogus=x", "ps: unknown option \"--bogus\"", ERROR_UNKNOWN_OPTION },
		{ "ps --=x", "ps: unknown option \"--\"", ERROR_UNKNOWN_OPTION },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p;

		print_message("%s\n", cases[i].line);
		parse(&p, cases[i].line);
		assert_int_equal(p.r, -EINVAL);
		assert_int_equal(p.err.id, cases[i].id);
		assert_non_null(strstr(p.err.text, cases[i].text));
		parsed_done(&p);
	}
}

static void errors_before_the_failure_are_printed_as_asked(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--errors=json --bogus");
	assert_int_equal(p.err.id, ERROR_UNKNOWN_OPTION);
	assert_true(p.command.request.errors_json);
	parsed_done(&p);
}

static void the_environment_chooses_the_format_of_errors(void **state)
{
	struct parsed p;

	(void)state;
	assert_int_equal(setenv("NSJOIN_ERRORS", "json", 1), 0);
	parse(&p, "--bogus");
	assert_true(p.command.request.errors_json);
	parsed_done(&p);
	parse(&p, "-t1 --errors=text");
	assert_int_equal(p.r, 0);
	assert_false(p.command.request.errors_json);
	parsed_done(&p);
	assert_int_equal(setenv("NSJOIN_ERRORS", "xml", 1), 0);
	parse(&p, "-t1");
	assert_int_equal(p.err.id, ERROR_USAGE);
	assert_non_null(strstr(p.err.text, "NSJOIN_ERRORS is \"xml\""));
	parsed_done(&p);
	assert_int_equal(setenv("NSJOIN_ERRORS", "", 1), 0);
	parse(&p, "-t1");
	assert_int_equal(p.r, 0);
	parsed_done(&p);
	assert_int_equal(unsetenv("NSJOIN_ERRORS"), 0);
}

static void no_words_at_all_are_no_crash(void **state)
{
	char *argv[] = { NULL };
	struct command command;
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(options_parse(0, argv, &command, &err), -EINVAL);
	assert_int_equal(err.id, ERROR_NO_TARGET);
}

static void a_long_name_is_quoted_whole(void **state)
{
	char word[4100] = "--";
	char *argv[] = { (char[]){ "nsjoin" }, word, NULL };
	struct command command;
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	memset(word + 2, 'x', 4096);
	assert_int_equal(options_parse(2, argv, &command, &err), -EINVAL);
	assert_int_equal(err.id, ERROR_UNKNOWN_OPTION);
	assert_non_null(strstr(err.text, word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_the_contract),
		cmocka_unit_test(every_namespace_letter_and_name),
		cmocka_unit_test(attached_text_is_a_file_or_a_cluster),
		cmocka_unit_test(values_of_the_other_options),
		cmocka_unit_test(an_abbreviation_is_nsenters_first),
		cmocka_unit_test(where_a_file_may_have_been_meant),
		cmocka_unit_test(unknown_options_are_named),
		cmocka_unit_test(clashes_and_missing_values_are_named),
		cmocka_unit_test(odd_values_are_quoted),
		cmocka_unit_test(a_user_id_with_a_blank_is_an_error),
		cmocka_unit_test(a_missing_target_is_the_last_error),
		cmocka_unit_test(keep_fd_has_room_for_a_few),
		cmocka_unit_test(verbs_are_the_first_word_only),
		cmocka_unit_test(options_of_ps_and_inspect),
		cmocka_unit_test(odd_words_of_ps_and_inspect_are_named),
		cmocka_unit_test(errors_before_the_failure_are_printed_as_asked),
		cmocka_unit_test(the_environment_chooses_the_format_of_errors),
		cmocka_unit_test(no_words_at_all_are_no_crash),
		cmocka_unit_test(a_long_name_is_quoted_whole),
	};

	(void)unsetenv("NSJOIN_ERRORS");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
