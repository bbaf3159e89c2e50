/* SPDX-License-Identifier: MIT */
/* Real processes, as they answer, refuse, and are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "run/disposable.h"
#include "util/fd.h"

enum {
	REFUSED = 42
};

/* How long the caller was ready to wait at first, and the last time. */
static int first_wait, last_wait;

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	first_wait = first_wait ? first_wait : timeout;
	last_wait = timeout;
	return __real_poll(fds, n, timeout);
}

static int answers(void *ctx, int out)
{
	return fd_write_all(out, ctx, strlen(ctx) + 1) < 0 ? REFUSED : 0;
}

static int refuses(void *ctx, int out)
{
	(void)ctx;
	(void)out;
	return REFUSED;
}

static int says_nothing(void *ctx, int out)
{
	(void)ctx;
	(void)out;
	return 0;
}

static int answers_slowly(void *ctx, int out)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	const char *text = ctx;

	for (size_t i = 0; i < strlen(text); i++) {
		if (fd_write_all(out, text + i, 1) < 0)
			return REFUSED;
		(void)nanosleep(&moment, NULL);
	}
	return 0;
}

/* As the kernel does when memory is short. */
static int is_killed(void *ctx, int out)
{
	(void)answers(ctx, out);
	(void)raise(SIGKILL);
	return 0;
}

static int ask(disposable_work *work, char *answer, size_t size, struct error *err)
{
	static const struct facts facts = { .streams_only = true };
	static char text[] = "this";
	const struct disposable asked = {
		.work = work,
		.ctx = text,
		.facts = &facts,
		.what = "a thing",
	};

	return disposable_ask(&asked, answer, 1, size, err);
}

static void test_the_answer_is_passed(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[16] = "";

	(void)state;
	assert_int_equal(ask(answers, answer, sizeof(answer), &err), 0);
	assert_string_equal(answer, "this");
	assert_int_equal(err.id, ERROR_NONE);
}

static void test_a_status_is_passed_without_a_word(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[16];

	(void)state;
	assert_int_equal(ask(refuses, answer, sizeof(answer), &err), REFUSED);
	assert_int_equal(err.id, ERROR_NONE);
}

static void test_who_was_killed_has_no_status(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[16];

	(void)state;
	assert_true(ask(is_killed, answer, sizeof(answer), &err) < 0);
	assert_int_equal(err.id, ERROR_SYSTEM);
	assert_string_equal(err.text, "a thing: the process that looks was killed by signal 9");
}

static void test_success_without_an_answer_is_none(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[16];

	(void)state;
	assert_true(ask(says_nothing, answer, sizeof(answer), &err) < 0);
	assert_string_equal(err.text, "a thing: no answer");
}

/* Otherwise a byte now and then would keep the caller for ever. */
static void test_the_deadline_is_for_the_whole_answer(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[16];

	(void)state;
	first_wait = 0;
	assert_int_equal(ask(answers_slowly, answer, sizeof(answer), &err), 0);
	assert_true(first_wait > 60);
	assert_true(last_wait <= first_wait - 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_answer_is_passed),
		cmocka_unit_test(test_a_status_is_passed_without_a_word),
		cmocka_unit_test(test_who_was_killed_has_no_status),
		cmocka_unit_test(test_success_without_an_answer_is_none),
		cmocka_unit_test(test_the_deadline_is_for_the_whole_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
