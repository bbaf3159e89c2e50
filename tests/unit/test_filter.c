/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/filter.h"
#include "sys/seccomp.h"
#include "util/macro.h"

enum {
	ROOM = 65536, /* words */
};

/* Filters of so many instructions each, which say which one they are. */
static struct filters filters_make(uint32_t n, uint32_t len)
{
	struct filters filters = { calloc(ROOM, sizeof(uint32_t)), 1, -1 };

	assert_non_null(filters.text);
	filters.text[0] = n;
	for (uint32_t i = 0; i < n; i++) {
		struct sock_filter *code = (void *)&filters.text[filters.words + 1];

		filters.text[filters.words] = len;
		for (uint32_t k = 0; k < len; k++)
			code[k] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, i);
		filters.words += 1 + len * FILTERS_INSN_WORDS;
	}
	return filters;
}

/* The place of the first one that was made. */
static size_t after_first(const struct filters *filters)
{
	return 2 + filters->text[1] * FILTERS_INSN_WORDS;
}

static void short_ones_and_too_many_stay_alone(void **state)
{
	static const uint32_t lengths[][2] = { { 1, 1 }, { 3, 100 }, { 8, 4000 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		_cleanup_filters_ struct filters filters =
			filters_make(lengths[i][0], lengths[i][1]);
		const size_t words = filters.words;

		filters_quicken(&filters);
		assert_int_equal(filters.text[0], lengths[i][0]);
		assert_int_equal(filters.words, words);
		assert_int_equal(filters.text[1], lengths[i][1]);
	}
}

static void those_of_the_target_come_behind_and_unchanged(void **state)
{
	_cleanup_filters_ struct filters before = filters_make(2, 900),
					 filters = filters_make(2, 900);
	size_t first;

	(void)state;
	filters_quicken(&filters);
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	assert_int_equal(filters.text[0], 3);
	first = after_first(&filters);
	assert_int_equal(filters.words, before.words + first - 1);
	assert_memory_equal(&filters.text[first], &before.text[1],
			    (before.words - 1) * sizeof(*before.text));
}

static void it_allows_every_call(void **state)
{
	_cleanup_filters_ struct filters filters = filters_make(1, 900);
	const struct sock_filter *code = (void *)&filters.text[2];

	(void)state;
	filters_quicken(&filters);
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	for (int nr = 0; nr < 1024; nr++)
		for (uint64_t arg = 0; arg < 3; arg++)
			assert_true(seccomp_allows(code, filters.text[1], nr, arg));
}

static void the_kernel_takes_it(void **state)
{
	_cleanup_filters_ struct filters filters = filters_make(1, 900);
	struct sock_fprog program;
	int status;
	pid_t pid;

	(void)state;
	filters_quicken(&filters);
	program = (struct sock_fprog){ (unsigned short)filters.text[1], (void *)&filters.text[2] };
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
			_exit(1);
		/* Of those that it lets pass at once, and not. */
		_exit(getpid() > 0 && getpgrp() > 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- what they forbid */

/* Behind the others: forbids a call, with this first argument or with any (ANY). */
#define ANY UINT32_MAX

static void forbid(struct filters *filters, int nr, uint32_t arg)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arg, 0, arg == ANY ? 0 : 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	filters->text[filters->words] = ARRAY_SIZE(code);
	memcpy(&filters->text[filters->words + 1], code, sizeof(code));
	filters->words += 1 + ARRAY_SIZE(code) * FILTERS_INSN_WORDS;
	filters->text[0]++;
}

static void what_is_forbidden_is_named_to_whom_it_matters(void **state)
{
	static const struct {
		int nr;
		uint32_t arg;
		enum needed_by by;
		const char *name;
	} cases[] = {
		{ SYS_execve, ANY, BY_EXEC, "execve" },
		{ SYS_capset, ANY, BY_STEPS, "capset" },
		{ SYS_prctl, PR_SET_DUMPABLE, BY_LEADER, "prctl" },
		{ SYS_execveat, ANY, BY_LEADER, "execveat" },
		{ SYS_openat, ANY, BY_REST, "openat" },
	};

	(void)state;
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_filters_ struct filters filters = filters_make(0, 0);
		const unsigned int by = FILTERS_BY(cases[i].by);

		forbid(&filters, cases[i].nr, cases[i].arg);
		assert_string_equal(filters_forbid(&filters, by), cases[i].name);
		assert_null(filters_forbid(&filters, ~by & 15));
	}
}

static void each_filter_is_asked(void **state)
{
	_cleanup_filters_ struct filters filters = filters_make(0, 0);

	(void)state;
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	assert_null(filters_forbid(&filters, 15));
	forbid(&filters, SYS_reboot, ANY);
	assert_null(filters_forbid(&filters, 15));
	forbid(&filters, SYS_setsid, ANY);
	forbid(&filters, SYS_reboot, ANY);
	assert_string_equal(filters_forbid(&filters, FILTERS_BY(BY_LEADER)), "setsid");
}

/* Those that come later could not be loaded any more. */
static void only_the_last_one_may_forbid_filters(void **state)
{
	_cleanup_filters_ struct filters filters = filters_make(0, 0);

	(void)state;
	if (SECCOMP_OUR_ARCH == 0)
		skip();
	forbid(&filters, SYS_seccomp, ANY);
	assert_null(filters_forbid(&filters, FILTERS_BY(BY_EXEC)));
	forbid(&filters, SYS_reboot, ANY);
	assert_string_equal(filters_forbid(&filters, FILTERS_BY(BY_EXEC)), "seccomp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_ones_and_too_many_stay_alone),
		cmocka_unit_test(those_of_the_target_come_behind_and_unchanged),
		cmocka_unit_test(it_allows_every_call),
		cmocka_unit_test(the_kernel_takes_it),
		cmocka_unit_test(what_is_forbidden_is_named_to_whom_it_matters),
		cmocka_unit_test(each_filter_is_asked),
		cmocka_unit_test(only_the_last_one_may_forbid_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
