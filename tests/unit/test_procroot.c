/* SPDX-License-Identifier: MIT */
/* What is mounted over /proc is tried in children with a mount namespace of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/procroot.h"
#include "util/fd.h"

/* Whether openat2 exists. */
static bool has_openat2 = true;

long __wrap_syscall(long number, long dirfd, const char *path, void *how, size_t size);
long __real_syscall(long number, ...);

long __wrap_syscall(long number, long dirfd, const char *path, void *how, size_t size)
{
	if (number == SYS_openat2 && !has_openat2) {
		errno = ENOSYS;
		return -1;
	}
	return __real_syscall(number, dirfd, path, how, size);
}

static void the_root_of_proc_is_held_as_a_handle(void **state)
{
	_cleanup_fd_ int procfd = proc_root_open();

	(void)state;
	assert_true(procfd >= 0);
	assert_int_equal(fcntl(procfd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(procfd, F_GETFL) & O_PATH, O_PATH);
	assert_int_equal(faccessat(procfd, "self/status", R_OK, 0), 0);
}

static void check_own_thread(void)
{
	_cleanup_fd_ int procfd = proc_root_open();
	_cleanup_fd_ int fd = proc_root_open_self(procfd, "comm", O_WRONLY);
	_cleanup_fd_ int status = proc_root_open_self(procfd, "status", O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(status >= 0);
	assert_int_equal(proc_root_open_self(procfd, "exe", O_RDONLY), -ELOOP);
	assert_int_equal(proc_root_open_self(procfd, "root/etc/passwd", O_RDONLY), -ELOOP);
	assert_int_equal(proc_root_open_self(procfd, "missing", O_RDONLY), -ENOENT);
}

static void only_files_of_our_own_thread_are_opened(void **state)
{
	(void)state;
	check_own_thread();
	has_openat2 = false;
	check_own_thread();
	has_openat2 = true;
}

static void what_is_no_proc_has_no_thread_of_ours(void **state)
{
	_cleanup_fd_ int dir = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(proc_root_open_self(dir, "comm", O_RDONLY), -ENOENT);
}

/* What a child says about itself. */
enum {
	AS_EXPECTED,
	UNEXPECTED,
	NO_MOUNTS
};

/* Runs @check in a child that may mount what it likes. Return: what it says. */
static int in_child(int (*check)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			_exit(NO_MOUNTS);
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			_exit(NO_MOUNTS);
		_exit(check());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void check_child(int (*check)(void))
{
	int r = in_child(check);

	if (r == NO_MOUNTS && !getenv("NSJOIN_MUST_RUN")) {
		print_message("needs root or user namespaces, to mount over /proc\n");
		skip();
	}
	assert_int_equal(r, AS_EXPECTED);
}

static int with_tmpfs_on_proc(void)
{
	if (mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		return NO_MOUNTS;
	return proc_root_open() == -EXDEV ? AS_EXPECTED : UNEXPECTED;
}

static int with_a_part_of_proc_on_proc(void)
{
	if (mount("/proc/sys", "/proc", NULL, MS_BIND, NULL) < 0)
		return NO_MOUNTS;
	return proc_root_open() == -EXDEV ? AS_EXPECTED : UNEXPECTED;
}

/* A file of procfs that takes any text silently, over the one that takes the label. */
static int with_a_file_over_ours(void)
{
	int procfd = proc_root_open();

	if (mount("/proc/self/timerslack_ns", "/proc/thread-self/comm", NULL, MS_BIND, NULL) < 0)
		return NO_MOUNTS;
	return proc_root_open_self(procfd, "comm", O_RDONLY) == -EXDEV ? AS_EXPECTED : UNEXPECTED;
}

static int with_a_file_over_ours_and_no_openat2(void)
{
	has_openat2 = false;
	return with_a_file_over_ours();
}

static void another_file_system_on_proc_is_refused(void **state)
{
	(void)state;
	check_child(with_tmpfs_on_proc);
}

static void a_part_of_proc_on_proc_is_refused(void **state)
{
	(void)state;
	check_child(with_a_part_of_proc_on_proc);
}

static void a_file_mounted_over_ours_is_refused(void **state)
{
	(void)state;
	check_child(with_a_file_over_ours);
	check_child(with_a_file_over_ours_and_no_openat2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_of_proc_is_held_as_a_handle),
		cmocka_unit_test(only_files_of_our_own_thread_are_opened),
		cmocka_unit_test(what_is_no_proc_has_no_thread_of_ours),
		cmocka_unit_test(another_file_system_on_proc_is_refused),
		cmocka_unit_test(a_part_of_proc_on_proc_is_refused),
		cmocka_unit_test(a_file_mounted_over_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
