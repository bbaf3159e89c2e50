/* SPDX-License-Identifier: MIT */
/* A child lets go of what it has come by from the caller; it returns a status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/descriptors.h"

/* More than one look into the directory tells of. */
enum {
	FIRST = 10,
	LAST = 309
};

static int in_child(int (*check)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* All of them, every third one with O_CLOEXEC. */
static bool open_many(void)
{
	for (int fd = FIRST; fd <= LAST; fd++)
		if (dup3(STDERR_FILENO, fd, fd % 3 == 0 ? O_CLOEXEC : 0) < 0)
			return false;
	return true;
}

static int lets_go_of_all_but_its_own(void)
{
	static const int keep[] = { FIRST, LAST - 1 };

	if (!open_many() || descriptors_let_go(keep, 2) != 0)
		return 1;
	for (int fd = FIRST; fd <= LAST; fd++) {
		bool stays = fd % 3 == 0 || fd == keep[0] || fd == keep[1];

		if ((fcntl(fd, F_GETFD) >= 0) != stays)
			return 2;
	}
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return 3;
	return 0;
}

static void what_is_the_callers_is_closed_however_much_it_is(void **state)
{
	(void)state;
	assert_int_equal(in_child(lets_go_of_all_but_its_own), 0);
}

static int marks_a_range(void)
{
	if (!open_many() || descriptors_mark(FIRST + 1, LAST - 1) != 0)
		return 1;
	for (int fd = FIRST; fd <= LAST; fd++) {
		bool marked = fd % 3 == 0 || (fd != FIRST && fd != LAST);

		if (fcntl(fd, F_GETFD) != (marked ? FD_CLOEXEC : 0))
			return 2;
	}
	return fcntl(STDERR_FILENO, F_GETFD) == 0 ? 0 : 3;
}

static void a_range_is_marked_and_nothing_beside_it(void **state)
{
	(void)state;
	assert_int_equal(in_child(marks_a_range), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_callers_is_closed_however_much_it_is),
		cmocka_unit_test(a_range_is_marked_and_nothing_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
