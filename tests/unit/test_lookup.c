/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/lookup.h"
#include "sys/procroot.h"
#include "util/fd.h"
#include "util/log.h"

/* A tree of files, made anew for each test. */
struct tree {
	char dir[sizeof("/tmp/nsjoin-lookup.XXXXXX")];
	int root, procfd;
};

static void put(const struct tree *tree, const char *path, const void *text, size_t size,
		mode_t mode)
{
	_cleanup_fd_ int fd =
		openat(tree->root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, size), 0);
	assert_int_equal(fchmod(fd, mode), 0);
}

/* A script whose interpreter is there. */
#define SHELL "#!/etc/passwd\n"

static void put_text(const struct tree *tree, const char *path, const char *text, mode_t mode)
{
	put(tree, path, text, strlen(text), mode);
}

static int start(void **state)
{
	static struct tree tree;

	strcpy(tree.dir, "/tmp/nsjoin-lookup.XXXXXX");
	if (!mkdtemp(tree.dir))
		return -1;
	tree.root = open(tree.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tree.procfd = proc_root_open();
	if (tree.root < 0 || tree.procfd < 0 || mkdirat(tree.root, "bin", 0755) < 0 ||
	    mkdirat(tree.root, "etc", 0755) < 0 || mkdirat(tree.root, "opt", 0755) < 0)
		return -1;
	put_text(&tree, "etc/passwd",
		 "root:x:0:0::/root:/opt/shell\n"
		 "joe:x:1000:1001::/home/joe:/bin/ash\n"
		 "daemon:x:1:2::/:/opt/nologin\n",
		 0644);
	put_text(&tree, "etc/group", "root:x:0:\nstaff:x:50:joe\n", 0644);
	*state = &tree;
	return 0;
}

/* The tree is three directories of plain files and links. */
static int stop(void **state)
{
	static const char *const names[] = { "bin/sh",	    "bin/bash", "bin/ash",
					     "bin/busybox", "bin/tool", "bin/ld.so",
					     "opt/shell",   "opt/tool", "opt/nologin",
					     "etc/passwd",  "etc/group" };
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlinkat(tree->root, names[i], 0); /* most are not there */
	unlinkat(tree->root, "bin", AT_REMOVEDIR);
	unlinkat(tree->root, "etc", AT_REMOVEDIR);
	unlinkat(tree->root, "opt", AT_REMOVEDIR);
	close(tree->root);
	close(tree->procfd);
	return rmdir(tree->dir);
}

static struct lookup_answer ask(const struct tree *tree, struct lookup_question q)
{
	struct lookup_answer answer;

	q.hostile = true;
	lookup_files(&q, tree->root, tree->procfd, &answer);
	return answer;
}

static struct lookup_answer ask_shell(const struct tree *tree, uint32_t uid, const char *shell)
{
	return ask(tree, (struct lookup_question){
				 .want_shell = true, .shell_uid = uid, .shell = shell });
}

static struct lookup_answer ask_program(const struct tree *tree, const char *program)
{
	return ask(tree, (struct lookup_question){ .program = program, .path = "/bin:/opt" });
}

static void found(struct lookup_answer answer, const char *program)
{
	assert_int_equal(answer.result, LOOKUP_FOUND);
	assert_string_equal(answer.program, program);
}

/* ---- users and groups */

static void a_user_is_found_by_name_with_the_group_if_wanted(void **state)
{
	struct lookup_question q = { .uid = { ID_NAME, 0, "joe" }, .want_group = true };
	struct lookup_answer answer = ask(*state, q);

	assert_true(answer.has_uid);
	assert_int_equal(answer.uid, 1000);
	assert_true(answer.has_gid);
	assert_int_equal(answer.gid, 1001);
	assert_int_equal(answer.result, LOOKUP_NOTHING);
	q.want_group = false;
	answer = ask(*state, q);
	assert_true(answer.has_uid);
	assert_false(answer.has_gid);
}

static void a_user_is_found_by_number(void **state)
{
	struct lookup_answer answer =
		ask(*state,
		    (struct lookup_question){ .uid = { ID_NUMBER, 1, NULL }, .want_group = true });

	assert_int_equal(answer.uid, 1);
	assert_int_equal(answer.gid, 2);
}

static void who_is_not_there_has_no_ids(void **state)
{
	struct lookup_answer answer =
		ask(*state, (struct lookup_question){ .uid = { ID_NAME, 0, "ann" },
						      .gid = { ID_NAME, 0, "wheel" },
						      .want_group = true });

	assert_false(answer.has_uid);
	assert_false(answer.has_gid);
}

static void a_group_is_found_by_name(void **state)
{
	struct lookup_answer answer =
		ask(*state, (struct lookup_question){ .gid = { ID_NAME, 0, "staff" } });

	assert_true(answer.has_gid);
	assert_int_equal(answer.gid, 50);
}

static void without_a_passwd_file_there_is_nobody(void **state)
{
	struct tree *tree = *state;
	struct lookup_answer answer;

	unlinkat(tree->root, "etc/passwd", 0);
	answer = ask(tree, (struct lookup_question){ .uid = { ID_NAME, 0, "joe" } });
	assert_false(answer.has_uid);
}

/* ---- shells */

static void the_shell_is_the_one_of_the_passwd_line(void **state)
{
	put_text(*state, "opt/shell", SHELL, 0755);
	put_text(*state, "bin/bash", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/opt/shell");
}

static void without_that_shell_the_best_of_the_known_ones_is_taken(void **state)
{
	put_text(*state, "bin/sh", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/bin/sh");
	put_text(*state, "bin/bash", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/bin/bash");
}

static void nologin_is_no_shell(void **state)
{
	put_text(*state, "opt/nologin", SHELL, 0755);
	put_text(*state, "bin/sh", SHELL, 0755);
	found(ask_shell(*state, 1, NULL), "/bin/sh");
}

static void busybox_itself_serves_and_is_told_apart(void **state)
{
	struct lookup_answer answer;

	put_text(*state, "bin/busybox", SHELL, 0755);
	answer = ask_shell(*state, 0, NULL);
	found(answer, "/bin/busybox");
	assert_true(answer.busybox);
}

static void where_there_is_no_shell_there_is_none(void **state)
{
	assert_int_equal(ask_shell(*state, 0, NULL).result, LOOKUP_MISSING);
}

static void a_shell_that_was_named_is_the_only_one_that_will_do(void **state)
{
	put_text(*state, "bin/sh", SHELL, 0755);
	assert_int_equal(ask_shell(*state, 0, "/opt/shell").result, LOOKUP_MISSING);
	found(ask_shell(*state, 0, "/bin/sh"), "/bin/sh");
}

/* Our own files, as far as every system has them: /bin/sh. */
static const char *shell_of_ours(const char *usual)
{
	static struct lookup_answer answer;
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int procfd = proc_root_open();
	/* A uid without a line in any passwd file. */
	const struct lookup_question q = { .want_shell = true,
					   .shell_uid = 4000000000,
					   .usual_shell = usual };

	lookup_files(&q, root, procfd, &answer);
	return answer.result == LOOKUP_FOUND ? answer.program : "none";
}

static void among_our_files_SHELL_comes_first_and_bin_sh_last(void **state)
{
	const struct tree *tree = *state;
	char path[sizeof(tree->dir) + sizeof("/opt/shell")];

	put_text(tree, "opt/shell", SHELL, 0755);
	(void)snprintf(path, sizeof(path), "%s/opt/shell", tree->dir);
	assert_string_equal(shell_of_ours(path), path);
	assert_string_equal(shell_of_ours("/none"), "/bin/sh");
	assert_string_equal(shell_of_ours("sh"), "/bin/sh");
	assert_string_equal(shell_of_ours(""), "/bin/sh");
	assert_string_equal(shell_of_ours(NULL), "/bin/sh");
}

static void a_shell_that_cannot_start_is_passed_over(void **state)
{
	put_text(*state, "opt/shell", "#!/bin/none\n", 0755);
	put_text(*state, "bin/sh", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/bin/sh");
}

static void what_is_of_no_format_is_no_shell_unless_named(void **state)
{
	put_text(*state, "opt/shell", "", 0755);
	put_text(*state, "bin/bash", "\177ELF", 0755);
	assert_int_equal(ask_shell(*state, 0, NULL).result, LOOKUP_MISSING);
	put_text(*state, "bin/sh", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/bin/sh");
	found(ask_shell(*state, 0, "/bin/bash"), "/bin/bash");
}

static void what_is_not_a_regular_file_is_no_shell(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(mkfifoat(tree->root, "opt/shell", 0755), 0);
	assert_int_equal(mkfifoat(tree->root, "bin/bash", 0755), 0);
	put_text(tree, "bin/sh", SHELL, 0755);
	found(ask_shell(tree, 0, NULL), "/bin/sh");
}

static void what_has_no_x_bit_is_no_shell(void **state)
{
	put_text(*state, "opt/shell", SHELL, 0644);
	assert_int_equal(ask_shell(*state, 0, NULL).result, LOOKUP_MISSING);
	put_text(*state, "opt/shell", SHELL, 0755);
	found(ask_shell(*state, 0, NULL), "/opt/shell");
}

static void links_stay_below_the_root(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(symlinkat("../../../../../../bin/ash", tree->root, "opt/shell"), 0);
	assert_int_equal(ask_shell(tree, 0, NULL).result, LOOKUP_MISSING);
	put_text(tree, "bin/ash", SHELL, 0755);
	found(ask_shell(tree, 0, NULL), "/opt/shell");
}

/* ---- programs */

static void a_name_is_searched_for_in_the_path(void **state)
{
	put_text(*state, "opt/tool", "x", 0755);
	found(ask_program(*state, "tool"), "/opt/tool");
	put_text(*state, "bin/tool", "x", 0755);
	found(ask_program(*state, "tool"), "/bin/tool");
}

static void what_cannot_be_executed_is_passed_over_in_the_path(void **state)
{
	put_text(*state, "bin/tool", "x", 0644);
	put_text(*state, "opt/tool", "x", 0755);
	found(ask_program(*state, "tool"), "/opt/tool");
}

static void a_path_is_not_searched_for(void **state)
{
	put_text(*state, "opt/tool", "x", 0755);
	found(ask_program(*state, "/opt/tool"), "/opt/tool");
	assert_int_equal(ask_program(*state, "/bin/tool").result, LOOKUP_MISSING);
	assert_int_equal(ask_program(*state, "none").result, LOOKUP_MISSING);
}

static void a_missing_interpreter_is_named(void **state)
{
	struct lookup_answer answer;

	put_text(*state, "bin/tool", "#!/bin/ld.so -x\n", 0755);
	answer = ask_program(*state, "tool");
	assert_int_equal(answer.result, LOOKUP_NO_INTERP);
	assert_string_equal(answer.program, "/bin/tool");
	assert_string_equal(answer.interp, "/bin/ld.so");
	put_text(*state, "bin/ld.so", "x", 0755);
	found(ask_program(*state, "tool"), "/bin/tool");
}

static void the_search_goes_on_past_what_cannot_start(void **state)
{
	put_text(*state, "bin/tool", "#!/bin/none\n", 0755);
	put_text(*state, "opt/tool", "x", 0755);
	found(ask_program(*state, "tool"), "/opt/tool");
}

static void among_our_own_files_the_kernel_decides(void **state)
{
	const struct lookup_question sh = { .program = "sh", .path = "/nowhere:/bin" };
	const struct lookup_question none = { .program = "/bin/none-such", .path = "/bin" };
	const struct tree *tree = *state;
	struct lookup_answer answer;

	lookup_files(&sh, tree->root, tree->procfd, &answer);
	found(answer, "/bin/sh");
	lookup_files(&none, tree->root, tree->procfd, &answer);
	assert_int_equal(answer.result, LOOKUP_MISSING);
}

/* ---- whether to ask at all */

static void only_what_needs_the_files_asks_for_them(void **state)
{
	static char name[] = "true";
	static char *program[] = { name, NULL };
	const struct request plain = { .program = program };
	struct request req;

	(void)state;
	assert_false(lookup_needed(&plain));
	req = plain;
	req.program = NULL;
	assert_true(lookup_needed(&req));
	req = plain;
	req.uid.kind = ID_NAME;
	assert_true(lookup_needed(&req));
	req = plain;
	req.gid.kind = ID_NAME;
	assert_true(lookup_needed(&req));
	req = plain;
	req.dry_run = true;
	assert_true(lookup_needed(&req));
	req = plain;
	req.verbosity = LOG_VERBOSE;
	assert_true(lookup_needed(&req));
}

static void a_path_from_another_working_directory_is_not_looked_for_from_here(void **state)
{
	static char here[] = "./true", absolute[] = "/bin/true", name[] = "true";
	char *program[] = { here, NULL };
	struct request req = { .program = program, .dry_run = true };

	(void)state;
	assert_true(lookup_wants_program(&req));
	req.wd.kind = DIR_TARGET;
	assert_false(lookup_wants_program(&req));
	req.wd.kind = DIR_UNSET;
	req.wdns = "/tmp";
	assert_false(lookup_wants_program(&req));
	program[0] = absolute;
	assert_true(lookup_wants_program(&req));
	program[0] = name;
	assert_true(lookup_wants_program(&req));
}

static void a_number_needs_its_group_unless_one_is_given_or_kept(void **state)
{
	static char name[] = "true";
	static char *program[] = { name, NULL };
	struct request req = { .program = program, .uid = { ID_NUMBER, 3, NULL } };

	(void)state;
	assert_true(lookup_needed(&req));
	req.gid = (struct id_request){ ID_NUMBER, 3, NULL };
	assert_false(lookup_needed(&req));
	req.gid.kind = ID_UNSET;
	req.preserve_credentials = true;
	assert_false(lookup_needed(&req));
}

#define with_tree(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tree(a_user_is_found_by_name_with_the_group_if_wanted),
		with_tree(a_user_is_found_by_number),
		with_tree(who_is_not_there_has_no_ids),
		with_tree(a_group_is_found_by_name),
		with_tree(without_a_passwd_file_there_is_nobody),
		with_tree(the_shell_is_the_one_of_the_passwd_line),
		with_tree(without_that_shell_the_best_of_the_known_ones_is_taken),
		with_tree(nologin_is_no_shell),
		with_tree(busybox_itself_serves_and_is_told_apart),
		with_tree(where_there_is_no_shell_there_is_none),
		with_tree(a_shell_that_was_named_is_the_only_one_that_will_do),
		with_tree(among_our_files_SHELL_comes_first_and_bin_sh_last),
		with_tree(a_shell_that_cannot_start_is_passed_over),
		with_tree(what_is_of_no_format_is_no_shell_unless_named),
		with_tree(what_is_not_a_regular_file_is_no_shell),
		with_tree(what_has_no_x_bit_is_no_shell),
		with_tree(links_stay_below_the_root),
		with_tree(a_name_is_searched_for_in_the_path),
		with_tree(what_cannot_be_executed_is_passed_over_in_the_path),
		with_tree(a_path_is_not_searched_for),
		with_tree(a_missing_interpreter_is_named),
		with_tree(the_search_goes_on_past_what_cannot_start),
		with_tree(among_our_own_files_the_kernel_decides),
		cmocka_unit_test(only_what_needs_the_files_asks_for_them),
		cmocka_unit_test(a_path_from_another_working_directory_is_not_looked_for_from_here),
		cmocka_unit_test(a_number_needs_its_group_unless_one_is_given_or_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
