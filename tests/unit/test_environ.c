/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/environ.h"
#include "util/fd.h"

/* A literal with NULs inside; its own final NUL is not part of it. */
#define TEXT(literal) (literal), sizeof(literal) - 1

static void check_list(const struct strv *env, const char *const *expected)
{
	size_t n = 0;

	for (; expected[n]; n++) {
		assert_true(n < env->n);
		assert_string_equal(env->item[n], expected[n]);
	}
	assert_int_equal(env->n, n);
}

#define check_env(env, ...) check_list(env, (const char *const[]){ __VA_ARGS__, NULL })

static void entries_are_kept_in_order(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(environ_parse(TEXT("PATH=/bin\0EMPTY=\0X=a=b\0"), &env, &report), 0);
	check_env(&env, "PATH=/bin", "EMPTY=", "X=a=b");
	assert_null(env.item[3]);
	assert_false(report.overwritten);
	assert_false(report.truncated);
	assert_int_equal(report.dropped, 0);
}

static void the_last_entry_may_lack_its_nul(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(environ_parse(TEXT("A=1\0B=2"), &env, NULL), 0);
	check_env(&env, "A=1", "B=2");
}

static void malformed_entries_are_dropped_and_counted(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(environ_parse(TEXT("A=1\0NOTHING\0=x\0\0B=2\0"), &env, &report), 0);
	check_env(&env, "A=1", "B=2");
	assert_int_equal(report.dropped, 3);
	assert_false(report.overwritten);
}

static void the_last_of_one_name_wins(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(environ_parse(TEXT("A=1\0AB=1\0A=2\0B=3\0A=4\0"), &env, &report), 0);
	check_env(&env, "AB=1", "B=3", "A=4");
	assert_int_equal(report.dropped, 0);
}

static void no_entry_at_all_means_overwritten(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(environ_parse(TEXT("nginx: worker process\0\0\0"), &env, &report), 0);
	assert_int_equal(env.n, 0);
	assert_true(report.overwritten);
}

static void an_empty_environment_is_not_overwritten(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(environ_parse(NULL, 0, &env, &report), 0);
	assert_int_equal(env.n, 0);
	assert_false(report.overwritten);
}

static void text_is_never_read_past_its_size(void **state)
{
	char *heap = malloc(3);
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	memcpy(heap, "A=1", 3);
	assert_int_equal(environ_parse(heap, 3, &env, NULL), 0);
	free(heap);
	check_env(&env, "A=1");
}

static void a_million_duplicates_cost_little(void **state)
{
	_cleanup_free_ char *text = malloc(ENVIRON_SIZE_MAX);
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;
	size_t used = 0;

	(void)state;
	for (; used + 4 <= ENVIRON_SIZE_MAX; used += 4)
		memcpy(text + used, "A=1", 4);
	assert_int_equal(environ_parse(text, used, &env, &report), 0);
	check_env(&env, "A=1");
	assert_true(report.truncated);
}

/* A directory with a file "environ" of this text stands for /proc/PID. */
static int read_from(const char *text, size_t size, size_t limit, struct strv *ret_env,
		     struct environ_report *ret_report)
{
	char dir[] = "/tmp/nsjoin-environ-XXXXXX";
	_cleanup_fd_ int dir_fd = -EBADF, fd = -EBADF;
	int r;

	assert_non_null(mkdtemp(dir));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(dir_fd, "environ", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(fd, text, size), 0);
	r = environ_read(dir_fd, limit, ret_env, ret_report);
	assert_int_equal(unlinkat(dir_fd, "environ", 0), 0);
	assert_int_equal(rmdir(dir), 0);
	return r;
}

static void a_file_of_the_limit_is_read_whole(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(read_from(TEXT("A=1\0B=2\0"), 8, &env, &report), 0);
	check_env(&env, "A=1", "B=2");
	assert_false(report.truncated);
}

static void half_an_entry_is_left_out(void **state)
{
	_cleanup_strv_ struct strv env = { 0 }, none = { 0 };
	struct environ_report report;

	(void)state;
	assert_int_equal(read_from(TEXT("A=1\0B=23\0"), 7, &env, &report), 0);
	check_env(&env, "A=1");
	assert_true(report.truncated);
	assert_int_equal(read_from(TEXT("A=1\0B=23\0"), 3, &none, &report), 0);
	assert_int_equal(none.n, 0);
	assert_true(report.truncated);
}

static void an_unreadable_environment_is_an_error(void **state)
{
	_cleanup_fd_ int dir_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct strv env = { .n = 7 };

	(void)state;
	assert_int_equal(environ_read(dir_fd, ENVIRON_SIZE_MAX, &env, NULL), -ENOENT);
	assert_int_equal(env.n, 7);
}

static void our_own_environment_is_read(void **state)
{
	const char *path = getenv("PATH"); /* nothing has changed it since we were started */
	_cleanup_fd_ int dir_fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(environ_read(dir_fd, ENVIRON_SIZE_MAX, &env, NULL), 0);
	if (!path)
		return;
	assert_non_null(strv_env_get(env.item, "PATH"));
	assert_string_equal(strv_env_get(env.item, "PATH"), path);
}

static void drop(struct strv *env, const char *entry, size_t expected)
{
	assert_int_equal(strv_add(env, entry), 0);
	assert_int_equal(environ_drop_loaders(env), expected);
}

static void what_loads_code_is_dropped(void **state)
{
	static const char *const bad[] = {
		"LD_PRELOAD=/evil.so",
		"LD_LIBRARY_PATH=/evil",
		"LD_AUDIT=",
		"GCONV_PATH=.",
		"LOCPATH=/x",
		"GLIBC_TUNABLES=x",
		"BASH_ENV=/evil.sh",
		"ENV=/evil.sh",
		"BASH_FUNC_ls%%=() { evil; }",
		"anything=() { :; }; evil",
		"PS4=$(evil)",
		"PROMPT_COMMAND=evil",
		"PYTHONPATH=/evil",
		"PYTHONSTARTUP=/evil.py",
		"PERL5LIB=/evil",
		"PERL5OPT=-Mevil",
		"PERLLIB=/evil",
		"RUBYOPT=-revil",
		"NODE_OPTIONS=-r evil",
		"JAVA_TOOL_OPTIONS=-javaagent:evil",
		"_JAVA_OPTIONS=-javaagent:evil",
		"JDK_JAVA_OPTIONS=-javaagent:evil",
		"CLASSPATH=/evil",
		"GIT_SSH_COMMAND=evil",
		"LESSOPEN=|evil %s",
		"OPENSSL_CONF=/evil",
		"RESOLV_HOST_CONF=/etc/shadow",
		"LANGUAGE=../../../evil",
		"XTABLES_LIBDIR=/evil",
		"DBUS_SYSTEM_BUS_ADDRESS=unixexec:path=/evil",
		"TAR_OPTIONS=--to-command=evil",
		"LESS=+!evil",
		"LESSKEYIN=/evil",
		"SYSTEMD_LESS=+!evil",
		"MANOPT=--pager=evil",
		"MAKEFLAGS=--eval=$(shell evil)",
		"GNUMAKEFLAGS=--eval=$(shell evil)",
		"RSYNC_CONNECT_PROG=evil",
		"PERLDB_OPTS=pager=|evil",
		"PSQLRC=/evil",
		"VIMRUNTIME=/evil",
		"TMUX=/evil,1,0",
		"GOFLAGS=-toolexec=evil",
	};
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		drop(&env, bad[i], 1);
		assert_int_equal(env.n, 0);
	}
}

static void what_loads_nothing_stays(void **state)
{
	static const char *const good[] = {
		"PATH=/bin",	 "HOME=/root",	    "TERM=xterm", "LANG=de_DE.UTF-8",
		"EDITOR=vi",	 "PAGER=less",	    "TMPDIR=/x",  "TZ=UTC",
		"ENVIRONMENT=x", "ENV_FILE=x",	    "OLD_LD_X=1", "XLD_PRELOAD=x",
		"CLASSPATHS=x",	 "DATABASE_URL=db", "GITHUB=x",	  "X=LD_PRELOAD=x",
	};
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		drop(&env, good[i], 0);
		assert_int_equal(env.n, i + 1);
		assert_string_equal(env.item[i], good[i]);
	}
}

static void what_is_meant_by_a_path_is_the_owners_to_say(void **state)
{
	char path[] = "PATH=/bin", config[] = "XDG_CONFIG_HOME=/root", other[] = "SECRET=1";
	char *own[] = { path, other, config, NULL };
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(environ_parse(TEXT("PATH=/evil\0A=1\0HOME=/evil\0XDG_DATA_HOME=/evil\0"
					    "PATHS=x\0"),
				       &env, NULL),
			 0);
	assert_int_equal(environ_take_places(&env, own), 0);
	assert_int_equal(env.n, 4);
	assert_string_equal(env.item[0], "A=1");
	assert_string_equal(env.item[1], "PATHS=x");
	assert_string_equal(env.item[2], path);
	assert_string_equal(env.item[3], config);
	assert_null(env.item[4]);
}

static void the_rest_closes_up(void **state)
{
	_cleanup_strv_ struct strv env = { 0 };

	(void)state;
	assert_int_equal(environ_drop_loaders(&env), 0);
	assert_int_equal(
		environ_parse(TEXT("LD_A=1\0A=1\0LD_B=1\0ENV=x\0B=2\0LD_C=1\0"), &env, NULL), 0);
	assert_int_equal(environ_drop_loaders(&env), 4);
	check_env(&env, "A=1", "B=2");
	assert_null(env.item[2]);
	assert_int_equal(strv_add(&env, "C=3"), 0);
	check_env(&env, "A=1", "B=2", "C=3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_kept_in_order),
		cmocka_unit_test(the_last_entry_may_lack_its_nul),
		cmocka_unit_test(malformed_entries_are_dropped_and_counted),
		cmocka_unit_test(the_last_of_one_name_wins),
		cmocka_unit_test(no_entry_at_all_means_overwritten),
		cmocka_unit_test(an_empty_environment_is_not_overwritten),
		cmocka_unit_test(text_is_never_read_past_its_size),
		cmocka_unit_test(a_million_duplicates_cost_little),
		cmocka_unit_test(a_file_of_the_limit_is_read_whole),
		cmocka_unit_test(half_an_entry_is_left_out),
		cmocka_unit_test(an_unreadable_environment_is_an_error),
		cmocka_unit_test(our_own_environment_is_read),
		cmocka_unit_test(what_loads_code_is_dropped),
		cmocka_unit_test(what_loads_nothing_stays),
		cmocka_unit_test(what_is_meant_by_a_path_is_the_owners_to_say),
		cmocka_unit_test(the_rest_closes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
