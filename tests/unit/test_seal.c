/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/seal.h"
#include "util/fd.h"

enum {
	WRITE_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
	EXEC_FLAG = 0x10, /* MFD_EXEC */
};

static int refuses;	/* the errno of every memfd_create, or 0 */
static bool is_old;	/* a kernel without MFD_EXEC and F_SEAL_EXEC */
static bool all_noexec; /* every mount */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list args;
	long a, b, c, d, e;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	d = va_arg(args, long);
	e = va_arg(args, long);
	va_end(args);
	errno = 0;
	if (number == SYS_memfd_create)
		errno = is_old && b & EXEC_FLAG ? EINVAL : refuses;
	return errno ? -1 : __real_syscall(number, a, b, c, d, e);
}

int __real_fstatfs(int fd, struct statfs *fs);
int __wrap_fstatfs(int fd, struct statfs *fs);

int __wrap_fstatfs(int fd, struct statfs *fs)
{
	int r = __real_fstatfs(fd, fs);

	if (r == 0 && all_noexec)
		fs->f_flags |= ST_NOEXEC;
	return r;
}

static int start(void **state)
{
	(void)state;
	refuses = 0;
	is_old = all_noexec = false;
	return 0;
}

static void is_the_program(int fd)
{
	size_t size = (size_t)(leader_image_end - leader_image);
	_cleanup_free_ char *got = malloc(size + 1);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0111);
	assert_int_equal(st.st_nlink, 0);
	if (geteuid() == 0)
		assert_int_equal(st.st_uid, (uid_t)-2);
	assert_int_equal(pread(fd, got, size + 1, 0), size);
	assert_memory_equal(got, leader_image, size);
	assert_memory_equal(leader_image, "\177ELF", 4);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* It is executed, and says that it was called wrongly. */
static void can_be_executed(int fd)
{
	char name[] = "nsjoin";
	char *argv[] = { name, NULL }, *envp[] = { NULL };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 1 << 8);
}

static void the_copy_can_be_executed_and_never_be_changed(void **state)
{
	_cleanup_fd_ int fd = seal_leader(NULL);

	(void)state;
	assert_true(fd >= 0);
	is_the_program(fd);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & WRITE_SEALS, WRITE_SEALS);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
	can_be_executed(fd);
}

static void a_kernel_before_6_3_has_fewer_flags(void **state)
{
	_cleanup_fd_ int fd = -EBADF;

	(void)state;
	is_old = true;
	fd = seal_leader(NULL);
	assert_true(fd >= 0);
	is_the_program(fd);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & WRITE_SEALS, WRITE_SEALS);
	can_be_executed(fd);
}

static void where_memory_files_are_forbidden_a_nameless_one_does(void **state)
{
	static const int errors[] = { EACCES, EPERM, ENOSYS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		_cleanup_fd_ int fd = -EBADF;

		refuses = errors[i];
		fd = seal_leader(NULL);
		assert_true(fd >= 0);
		is_the_program(fd);
		assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		assert_int_equal(pwrite(fd, "x", 1, 0), -1);
		can_be_executed(fd);
	}
}

static void where_nothing_is_left_nothing_is_executed(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	refuses = EACCES;
	all_noexec = true;
	assert_int_equal(seal_leader(&err), -EACCES);
	assert_int_equal(err.status, 0);
	assert_non_null(strstr(err.text, "sealed copy"));
	assert_non_null(strstr(err.hint[0], "vm.memfd_noexec"));
}

static void another_error_is_no_reason_for_another_way(void **state)
{
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	refuses = ENOMEM;
	assert_int_equal(seal_leader(&err), -ENOMEM);
	assert_null(err.hint[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_copy_can_be_executed_and_never_be_changed, start),
		cmocka_unit_test_setup(a_kernel_before_6_3_has_fewer_flags, start),
		cmocka_unit_test_setup(where_memory_files_are_forbidden_a_nameless_one_does, start),
		cmocka_unit_test_setup(where_nothing_is_left_nothing_is_executed, start),
		cmocka_unit_test_setup(another_error_is_no_reason_for_another_way, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
