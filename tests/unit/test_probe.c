/* SPDX-License-Identifier: MIT */
/* What the processes that look at a target's files answer, where they may have been taken over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/lookup.h"
#include "core/target.h"
#include "run/disposable.h"
#include "run/probe.h"

/* What is answered next. */
static const void *sent;
static size_t sent_size;

int __wrap_disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
			  struct error *err);

int __wrap_disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
			  struct error *err)
{
	(void)asked;
	(void)err;
	assert_in_range(sent_size, least, most);
	memcpy(answer, sent, sent_size);
	return 0;
}

static int ask_for_files(const struct lookup_answer *answer, struct target *ret_target,
			 struct error *err)
{
	struct request req;

	request_init(&req);
	req.target = "web";
	req.become = req.env = true;
	req.uid = (struct id_request){ .kind = ID_NAME, .name = "ana" };
	*ret_target = (struct target)TARGET_INIT;
	ret_target->name = "web";
	ret_target->facts.present = NS_BIT(NS_MNT);
	ret_target->maps.same = true;
	sent = answer;
	sent_size = sizeof(*answer);
	return probe_files(&req, ret_target, err);
}

static struct lookup_answer good_answer(void)
{
	return (struct lookup_answer){
		.has_uid = true,
		.uid = 1000,
		.has_gid = true,
		.gid = 1000,
		.groups = { 1000, 27 },
		.n_groups = 2,
		.result = LOOKUP_FOUND,
		.home = "/home/ana",
		.program = "/bin/sh",
	};
}

static void an_answer_is_taken(void **state)
{
	const struct lookup_answer answer = good_answer();
	_cleanup_error_ struct error err = { 0 };
	_cleanup_target_ struct target t = TARGET_INIT;

	(void)state;
	assert_int_equal(ask_for_files(&answer, &t, &err), 0);
	assert_string_equal(t.facts.program, "/bin/sh");
	assert_int_equal(t.facts.n_wanted_groups, 2);
	assert_string_equal(t.env.item[0], "HOME=/home/ana");
}

static void assert_refused(const struct lookup_answer *answer)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_target_ struct target t = TARGET_INIT;

	assert_int_equal(ask_for_files(answer, &t, &err), -EBADMSG);
	assert_int_equal(err.id, ERROR_SYSTEM);
	assert_string_equal(err.text, "look at the files of \"web\": Bad message");
	assert_null(t.program);
	assert_int_equal(t.facts.n_wanted_groups, 0);
	assert_int_equal(t.env.n, 0);
}

static void more_groups_than_are_sent_are_not_read(void **state)
{
	struct lookup_answer answer = good_answer();

	(void)state;
	answer.n_groups = LOOKUP_GROUPS_MAX + 1;
	assert_refused(&answer);
	answer.n_groups = SIZE_MAX;
	assert_refused(&answer);
}

static void paths_have_an_end(void **state)
{
	struct lookup_answer answer = good_answer();

	(void)state;
	memset(answer.home, '/', sizeof(answer.home));
	assert_refused(&answer);
	answer = good_answer();
	memset(answer.program, 'x', sizeof(answer.program));
	assert_refused(&answer);
	answer = good_answer();
	memset(answer.interp, 'x', sizeof(answer.interp));
	assert_refused(&answer);
}

static void what_was_found_has_a_name(void **state)
{
	struct lookup_answer answer = good_answer();

	(void)state;
	answer.program[0] = '\0';
	assert_refused(&answer);
	answer = good_answer();
	answer.result = LOOKUP_NO_INTERP;
	assert_refused(&answer);
	answer = good_answer();
	answer.home[0] = 'h';
	assert_refused(&answer);
}

/* -1 would leave the caller's id as it is. */
static void no_id_is_minus_one(void **state)
{
	struct lookup_answer answer = good_answer();

	(void)state;
	answer.uid = UINT32_MAX;
	assert_refused(&answer);
	answer = good_answer();
	answer.gid = UINT32_MAX;
	assert_refused(&answer);
	answer = good_answer();
	answer.groups[1] = UINT32_MAX;
	assert_refused(&answer);
}

static void values_are_of_their_types(void **state)
{
	struct lookup_answer answer = good_answer();
	const int other = 99;

	(void)state;
	memset(&answer.has_uid, 2, sizeof(answer.has_uid));
	assert_refused(&answer);
	answer = good_answer();
	memcpy(&answer.result, &other, sizeof(answer.result));
	assert_refused(&answer);
	answer = good_answer();
	answer.passwd_errnum = -ENOENT;
	assert_refused(&answer);
	answer = good_answer();
	answer.group_errnum = 4096;
	assert_refused(&answer);
}

static void what_was_asked_for_is_answered(void **state)
{
	struct lookup_answer answer = good_answer();

	(void)state;
	answer.result = LOOKUP_NOTHING;
	assert_refused(&answer);
}

static void maps_have_an_end(void **state)
{
	static char answer[2 * IDMAP_RANGES_MAX * 34 + 1];
	_cleanup_error_ struct error err = { 0 };
	_cleanup_target_ struct target t = TARGET_INIT;
	struct request req;

	(void)state;
	request_init(&req);
	req.uid = (struct id_request){ .kind = ID_NUMBER, .number = 5 };
	t.name = "web";
	t.facts.present = NS_BIT(NS_USER);
	memset(answer, ' ', sizeof(answer)); /* which are passed over: a sanitizer sees how far */
	sent = answer;
	sent_size = sizeof(answer);
	assert_int_equal(probe_maps(&req, &t, &err), -EBADMSG);
	assert_false(t.maps.known);
}

/* As the size of a text: an errno of 32 bits could be none. */
static void a_failure_is_told_by_an_errno(void **state)
{
	const ssize_t answer[ETC_TEXTS] = { -((ssize_t)1 << 32) };
	_cleanup_error_ struct error err = { 0 };
	_cleanup_target_ struct target t = TARGET_INIT;

	(void)state;
	t.name = "web";
	t.etc_fd = 0; /* nobody uses it */
	sent = answer;
	sent_size = sizeof(answer);
	assert_int_equal(probe_etc(&t, &err), -EBADMSG);
	assert_string_equal(err.text, "-R: read /etc/resolv.conf of \"web\": Bad message");
	t.etc_fd = -EBADF;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken),
		cmocka_unit_test(more_groups_than_are_sent_are_not_read),
		cmocka_unit_test(paths_have_an_end),
		cmocka_unit_test(what_was_found_has_a_name),
		cmocka_unit_test(no_id_is_minus_one),
		cmocka_unit_test(values_are_of_their_types),
		cmocka_unit_test(what_was_asked_for_is_answered),
		cmocka_unit_test(maps_have_an_end),
		cmocka_unit_test(a_failure_is_told_by_an_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
