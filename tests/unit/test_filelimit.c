/* SPDX-License-Identifier: MIT */
/* Writing under a limit on the size of files. Children have the limit; they return statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/filelimit.h"

enum {
	LIMIT = 4096
};

/* Return: 0, or what is wrong. */
static int write_under_limit(size_t size, int expected)
{
	static const char text[2 * LIMIT];
	const struct rlimit limit = { LIMIT, RLIM_INFINITY };
	const struct sigaction fatal = { .sa_handler = SIG_DFL };
	int fd = memfd_create("limited", MFD_CLOEXEC);
	struct sigaction after;

	if (fd < 0 || setrlimit(RLIMIT_FSIZE, &limit) < 0 || sigaction(SIGXFSZ, &fatal, NULL) < 0)
		return 1;
	if (filelimit_write(fd, text, size) != expected)
		return 2;
	return sigaction(SIGXFSZ, NULL, &after) == 0 && after.sa_handler == SIG_DFL ? 0 : 3;
}

static int status_of_write(size_t size, int expected)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(write_under_limit(size, expected));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void what_does_not_fit_is_an_error_and_no_death(void **state)
{
	(void)state;
	assert_int_equal(status_of_write(LIMIT, 0), 0);
	assert_int_equal(status_of_write(LIMIT + 1, -EFBIG), 0);
}

static void a_failure_is_kept_and_nothing_is_changed_without_a_limit(void **state)
{
	const struct filelimit none = { .held = false };

	(void)state;
	assert_int_equal(filelimit_release(&none, 0), 0);
	assert_int_equal(filelimit_release(&none, -ENOSPC), -ENOSPC);
	assert_int_equal(filelimit_write(-EBADF, "x", 1), -EBADF);
}

static void only_this_limit_is_hinted_at(void **state)
{
	_cleanup_error_ struct error limit = { 0 }, other = { 0 };

	(void)state;
	filelimit_hint(EFBIG, &limit);
	filelimit_hint(ENOSPC, &other);
	assert_non_null(limit.hint[0]);
	assert_null(other.hint[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_an_error_and_no_death),
		cmocka_unit_test(a_failure_is_kept_and_nothing_is_changed_without_a_limit),
		cmocka_unit_test(only_this_limit_is_hinted_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
