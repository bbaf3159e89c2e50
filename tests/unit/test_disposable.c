/* SPDX-License-Identifier: MIT */
/* Real processes, as they answer, refuse, and are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/disposable.h"
#include "util/fd.h"

enum {
	REFUSED = 42
};

/* Each wait takes so long, by the clock that the caller sees. */
static const int wait_ms = 100;
static time_t now_ms;
static int turns[2] = { -1, -1 }; /* a byte for each wait */

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	now_ms += wait_ms;
	if (turns[1] >= 0)
		assert_int_equal(write(turns[1], "", 1), 1);
	return __real_poll(fds, n, timeout);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now);

int __wrap_clock_gettime(clockid_t id, struct timespec *ret_now)
{
	(void)id;
	*ret_now = (struct timespec){ now_ms / 1000, now_ms % 1000 * 1000000 };
	return 0;
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

/* As many bytes as anybody waits for. */
static int answers_byte_by_byte(void *ctx, int out)
{
	char turn;

	while (read(turns[0], &turn, 1) == 1 && fd_write_all(out, ctx, 1) == 0)
		;
	return REFUSED;
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

/* As who was taken over by a file that it read. */
static int steers_the_terminal(void *ctx, int out)
{
	static const char words[] = "nsjoin: \x1b]0;mine\x07\\x1b\n";

	(void)ctx;
	(void)out;
	return fd_write_all(STDERR_FILENO, words, strlen(words)) < 0 ? 0 : REFUSED;
}

static void test_what_it_says_steers_no_terminal(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	int said[2], own = dup(STDERR_FILENO), r;
	char answer[16], text[64] = "";

	(void)state;
	assert_int_equal(pipe(said), 0);
	assert_int_equal(dup2(said[1], STDERR_FILENO), STDERR_FILENO);
	r = ask(steers_the_terminal, answer, sizeof(answer), &err);
	assert_int_equal(dup2(own, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(r, REFUSED);
	(void)close(own);
	(void)close(said[1]);
	assert_true(read(said[0], text, sizeof(text) - 1) > 0);
	(void)close(said[0]);
	assert_string_equal(text, "nsjoin: \\x1b]0;mine\\x07\\x1b\n");
}

/* Otherwise a byte now and then would keep the caller for ever. */
static void test_the_deadline_is_for_the_whole_answer(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	char answer[128];

	(void)state;
	assert_int_equal(pipe(turns), 0);
	now_ms = 0;
	assert_int_equal(ask(answers_byte_by_byte, answer, sizeof(answer), &err), -ETIMEDOUT);
	assert_int_equal(now_ms, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_answer_is_passed),
		cmocka_unit_test(test_a_status_is_passed_without_a_word),
		cmocka_unit_test(test_who_was_killed_has_no_status),
		cmocka_unit_test(test_success_without_an_answer_is_none),
		cmocka_unit_test(test_what_it_says_steers_no_terminal),
		cmocka_unit_test(test_the_deadline_is_for_the_whole_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
