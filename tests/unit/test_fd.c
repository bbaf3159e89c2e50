/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/fd.h"

/* How much write(2) takes at a time, or 0 for all; how often a signal interrupts it before. */
static size_t step;
static int interruptions;

ssize_t __wrap_write(int fd, const void *buf, size_t size);
ssize_t __real_write(int fd, const void *buf, size_t size);

ssize_t __wrap_write(int fd, const void *buf, size_t size)
{
	if (interruptions > 0) {
		interruptions--;
		errno = EINTR;
		return -1;
	}
	return __real_write(fd, buf, step ? MIN(size, step) : size);
}

static int memory_file(const void *text, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	return fd;
}

/* The descriptor as a name that can be opened. */
static const char *name_of(int fd)
{
	static char name[sizeof("/proc/self/fd/2147483647")];

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return name;
}

static void closing_keeps_errno_and_none_stays_none(void **state)
{
	int fd = dup(STDERR_FILENO);

	(void)state;
	errno = EXDEV;
	assert_int_equal(fd_close(-EBADF), -EBADF);
	assert_int_equal(fd_close(fd), -EBADF);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void stealing_leaves_none_behind(void **state)
{
	int fd = 0;

	(void)state;
	assert_int_equal(fd_steal(&fd), 0);
	assert_int_equal(fd, -EBADF);
}

static void descriptors_are_closed_at_the_end_of_their_scope(void **state)
{
	int number;

	(void)state;
	{
		_cleanup_fd_ int fd = dup(STDERR_FILENO);

		number = fd;
		assert_true(fcntl(number, F_GETFD) >= 0);
	}
	assert_int_equal(fcntl(number, F_GETFD), -1);
}

static void a_file_that_just_fits_is_read_whole(void **state)
{
	_cleanup_fd_ int fd = memory_file("12345", 5);
	char buf[6], name[10];

	(void)state;
	assert_int_equal(fd_read_file(AT_FDCWD, name_of(fd), buf, sizeof(buf)), 5);
	assert_string_equal(buf, "12345");
	assert_int_equal(fd_read_once(AT_FDCWD, "/proc/self/comm", name, sizeof(name)), 8);
	assert_string_equal(name, "test_fd\n");
}

static void a_file_that_does_not_fit_is_an_error(void **state)
{
	_cleanup_fd_ int fd = memory_file("12345", 5);
	char buf[5], one[1];

	(void)state;
	assert_int_equal(fd_read_file(AT_FDCWD, name_of(fd), buf, sizeof(buf)), -EFBIG);
	assert_int_equal(fd_read_file(AT_FDCWD, name_of(fd), one, sizeof(one)), -EFBIG);
	assert_int_equal(fd_read_once(AT_FDCWD, name_of(fd), buf, sizeof(buf)), -EFBIG);
}

static void an_empty_file_is_empty_text(void **state)
{
	_cleanup_fd_ int fd = memory_file("", 0);
	_cleanup_free_ char *text = NULL;
	char one[1] = { 'x' };

	(void)state;
	assert_int_equal(fd_read_file(AT_FDCWD, name_of(fd), one, sizeof(one)), 0);
	assert_int_equal(one[0], '\0');
	assert_int_equal(fd_read_alloc(AT_FDCWD, name_of(fd), 0, &text), 0);
	assert_string_equal(text, "");
}

static void a_missing_file_leaves_the_result_alone(void **state)
{
	char *text = NULL;
	char buf[8];

	(void)state;
	assert_int_equal(fd_read_file(AT_FDCWD, "/nonexistent", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(fd_read_once(AT_FDCWD, "/nonexistent", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(fd_read_alloc(AT_FDCWD, "/nonexistent", 10, &text), -ENOENT);
	assert_int_equal(fd_read_alloc(AT_FDCWD, "/", 10, &text), -EISDIR);
	assert_null(text);
}

static void the_limit_of_a_growing_buffer_is_exact(void **state)
{
	static char content[100000];
	_cleanup_fd_ int fd = memory_file(content, sizeof(content));
	_cleanup_free_ char *text = NULL;
	char *none = NULL;

	(void)state;
	assert_int_equal(fd_read_alloc(AT_FDCWD, name_of(fd), sizeof(content) - 1, &none), -EFBIG);
	assert_null(none);
	assert_int_equal(fd_read_alloc(AT_FDCWD, name_of(fd), sizeof(content), &text),
			 sizeof(content));
	assert_int_equal(text[sizeof(content)], '\0');
}

static void the_rest_of_an_open_file_is_read(void **state)
{
	_cleanup_fd_ int fd = memory_file("12345", 5);
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
	assert_int_equal(fd_read_rest(fd, 2, &text), -EFBIG);
	assert_null(text);
	assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
	assert_int_equal(fd_read_rest(fd, 3, &text), 3);
	assert_string_equal(text, "345");
}

static void everything_is_written_however_small_the_steps(void **state)
{
	static char content[100000], seen[sizeof(content) + 1];
	_cleanup_fd_ int fd = memfd_create("test", MFD_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (char)(i * 31 >> 3);
	step = 777;
	interruptions = 2;
	assert_int_equal(fd_write_all(fd, content, sizeof(content)), 0);
	step = 0;
	assert_int_equal(interruptions, 0);
	assert_int_equal(pread(fd, seen, sizeof(seen), 0), sizeof(content));
	assert_memory_equal(seen, content, sizeof(content));
}

static void a_failed_write_is_reported(void **state)
{
	_cleanup_fd_ int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_write_all(fd, "x", 1), -ENOSPC);
	assert_int_equal(fd_write_all(-EBADF, "x", 1), -EBADF);
}

/* Runs in a child without some of its standard descriptors. Return: 0 or what is wrong. */
static int guard_without(const int *closed, size_t n)
{
	char c;

	for (size_t i = 0; i < n; i++)
		(void)close(closed[i]);
	if (fd_guard_stdio() != 0)
		return 1;
	for (size_t i = 0; i < n; i++) {
		if (fcntl(closed[i], F_GETFD) != 0) /* open, and open across exec */
			return 2;
		if (read(closed[i], &c, 1) != 0) /* the end at once */
			return 3;
		if (write(closed[i], "x", 1) != -1 || errno != EBADF)
			return 4;
	}
	return 0;
}

static void missing_standard_descriptors_become_dev_null(void **state)
{
	static const int cases[][3] = {
		{ 0 }, { 1 }, { 2 }, { 0, 1 }, { 0, 2 }, { 1, 2 }, { 0, 1, 2 },
	};
	static const size_t n[] = { 1, 1, 1, 2, 2, 2, 3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(guard_without(cases[i], n[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void what_is_open_is_opened_again_by_its_link(void **state)
{
	char link[FD_LINK_MAX], longest[FD_LINK_MAX];
	int dir = open("/proc/self", O_PATH | O_CLOEXEC),
	    again = open(fd_link(dir, link), O_RDONLY);
	struct stat one, two;

	(void)state;
	assert_int_equal(fstat(dir, &one), 0);
	assert_int_equal(fstat(again, &two), 0);
	assert_true(one.st_ino == two.st_ino && one.st_dev == two.st_dev);
	assert_string_equal(fd_link(INT_MAX, longest), "/proc/self/fd/2147483647");
	close(dir);
	close(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closing_keeps_errno_and_none_stays_none),
		cmocka_unit_test(stealing_leaves_none_behind),
		cmocka_unit_test(descriptors_are_closed_at_the_end_of_their_scope),
		cmocka_unit_test(a_file_that_just_fits_is_read_whole),
		cmocka_unit_test(a_file_that_does_not_fit_is_an_error),
		cmocka_unit_test(an_empty_file_is_empty_text),
		cmocka_unit_test(a_missing_file_leaves_the_result_alone),
		cmocka_unit_test(the_limit_of_a_growing_buffer_is_exact),
		cmocka_unit_test(the_rest_of_an_open_file_is_read),
		cmocka_unit_test(everything_is_written_however_small_the_steps),
		cmocka_unit_test(a_failed_write_is_reported),
		cmocka_unit_test(what_is_open_is_opened_again_by_its_link),
		cmocka_unit_test(missing_standard_descriptors_become_dev_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
