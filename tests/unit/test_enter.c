/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/steps.h"
#include "sys/proc.h"
#include "util/fd.h"

static struct plan plan;
static struct request req;
static struct target target = TARGET_INIT;
static struct run run = { .plan = &plan, .req = &req, .target = &target };

/* What setns was called with, and what it answers. */
static int setns_fd, setns_flags, setns_errno;

int __wrap_setns(int fd, int flags);

int __wrap_setns(int fd, int flags)
{
	setns_fd = fd;
	setns_flags = flags;
	errno = setns_errno;
	return setns_errno ? -1 : 0;
}

/* The namespaces that we are in, as the kernel would tell. */
static uint64_t inode_now;
static int inode_result;
static char inode_names[128];

int __wrap_proc_ns_inode(int dirfd, const char *name, uint64_t *ret_inode);

int __wrap_proc_ns_inode(int dirfd, const char *name, uint64_t *ret_inode)
{
	assert_int_equal(dirfd, target.self_ns_fd);
	strcat(strcat(inode_names, name), " ");
	*ret_inode = inode_now;
	return inode_result;
}

int __wrap_diagnose_join(const struct target *t, ns_set set, int errnum, struct error *err);

int __wrap_diagnose_join(const struct target *t, ns_set set, int errnum, struct error *err)
{
	assert_ptr_equal(t, &target);
	return error_set(err, ERROR_PERMISSION, errnum, "join %x", set);
}

/* Raw system calls: close_range, getcwd and fchdir; getdents64 is the kernel's own. */
static int close_range_errno;
static char calls[512];
static const char *cwd;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list args;

	va_start(args, number);
	if (number == SYS_close_range) {
		unsigned int first = va_arg(args, unsigned int), last = va_arg(args, unsigned int);

		snprintf(calls + strlen(calls), sizeof(calls) - strlen(calls), "%u-%u ", first,
			 last);
		errno = close_range_errno;
		va_end(args);
		return close_range_errno ? -1 : 0;
	}
	if (number == SYS_getdents64) {
		int fd = va_arg(args, int);
		void *list = va_arg(args, void *);
		size_t size = va_arg(args, size_t);

		va_end(args);
		return __real_syscall(number, fd, list, size);
	}
	if (number == SYS_fchdir) {
		int fd = va_arg(args, int);

		va_end(args);
		return fchdir(fd);
	}
	assert_int_equal(number, SYS_getcwd);
	strcpy(va_arg(args, char *), cwd);
	va_end(args);
	return (long)strlen(cwd) + 1;
}

static int start(void **state)
{
	(void)state;
	target = (struct target)TARGET_INIT;
	target.self_ns_fd = 77;
	target.found.pidfd = 55;
	plan = (struct plan){ 0 };
	setns_errno = inode_result = close_range_errno = 0;
	inode_names[0] = calls[0] = '\0';
	return 0;
}

/* ---- joining */

static void the_target_is_joined_by_its_pidfd_with_all_flags_at_once(void **state)
{
	const struct step step = { .set = NS_BIT(NS_NET) | NS_BIT(NS_UTS) };

	(void)state;
	assert_int_equal(step_join_target(&run, &step, NULL), 0);
	assert_int_equal(setns_fd, 55);
	assert_int_equal(setns_flags, CLONE_NEWNET | CLONE_NEWUTS);
}

static void a_pidfd_that_the_kernel_does_not_take_is_no_error(void **state)
{
	static const int errors[] = { EINVAL, ENOSYS, EBADF };
	const struct step step = { .set = NS_BIT(NS_NET) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		_cleanup_error_ struct error err = { 0 };

		setns_errno = errors[i];
		assert_int_equal(step_join_target(&run, &step, &err), RUN_NO_SETNS_PIDFD);
		assert_int_equal(err.id, ERROR_NONE);
	}
}

static void every_other_refusal_is_one(void **state)
{
	static const int errors[] = { EPERM, ENOMEM, ESRCH, EUSERS };
	const struct step step = { .set = NS_BIT(NS_NET) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		_cleanup_error_ struct error err = { 0 };

		setns_errno = errors[i];
		assert_int_equal(step_join_target(&run, &step, &err), -errors[i]);
		assert_int_equal(err.errnum, errors[i]);
	}
}

static void one_namespace_is_joined_by_its_descriptor(void **state)
{
	const struct step step = { .type = NS_MNT };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	target.ns_fd[NS_MNT] = 66;
	assert_int_equal(step_join_ns(&run, &step, NULL), 0);
	assert_int_equal(setns_fd, 66);
	assert_int_equal(setns_flags, CLONE_NEWNS);
	target.ns_fd[NS_MNT] = -EBADF; /* the next test's target has none */
	setns_errno = EINVAL;
	assert_int_equal(step_join_ns(&run, &step, &err), -EINVAL);
}

/* ---- looking whether it was joined */

static void every_namespace_of_the_set_is_looked_at(void **state)
{
	const struct step step = { .set = NS_BIT(NS_NET) | NS_BIT(NS_PID) };

	(void)state;
	inode_now = 4026531999;
	target.facts.ino[NS_NET] = target.facts.ino[NS_PID] = 4026531999;
	assert_int_equal(step_verify(&run, &step, NULL), 0);
	assert_string_equal(inode_names, "pid_for_children net ");
}

static void another_namespace_than_the_planned_one_ends_the_run(void **state)
{
	const struct step step = { .set = NS_BIT(NS_NET) };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	inode_now = 4026531840;
	target.facts.ino[NS_NET] = 4026531999;
	assert_true(step_verify(&run, &step, &err) < 0);
	assert_string_equal(err.text, "in net namespace 4026531840 instead of 4026531999");
}

static void a_namespace_that_cannot_be_seen_ends_the_run(void **state)
{
	const struct step step = { .set = NS_BIT(NS_NET) };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	inode_result = -EACCES;
	assert_int_equal(step_verify(&run, &step, &err), -EACCES);
	assert_string_equal(err.text, "look whether net was joined: Permission denied");
}

static void a_pid_namespace_whose_init_is_gone_is_told_apart(void **state)
{
	const struct step pid = { .set = NS_BIT(NS_PID) }, net = { .set = NS_BIT(NS_NET) };
	_cleanup_error_ struct error dead = { 0 }, other = { 0 };

	(void)state;
	inode_result = -ENOENT;
	assert_int_equal(step_verify(&run, &pid, &dead), -ESRCH);
	assert_int_equal(dead.id, ERROR_PIDNS_DEAD);
	assert_int_equal(step_verify(&run, &net, &other), -ENOENT);
	assert_int_equal(other.id, ERROR_SYSTEM);
}

/* ---- descriptors */

static void one_range_takes_all_above_standard_error(void **state)
{
	const struct step step = { .kind = STEP_CLOSE };

	(void)state;
	assert_int_equal(step_close(&run, &step, NULL), 0);
	assert_string_equal(calls, "3-4294967295 ");
}

static void kept_descriptors_are_left_out_and_open_for_the_program(void **state)
{
	const struct step step = { .kind = STEP_CLOSE };
	int fd = open("/", O_PATH | O_CLOEXEC);
	char expected[64];

	(void)state;
	assert_true(fd > STDERR_FILENO);
	target.facts.keep_fd[0] = fd;
	target.facts.n_keep_fd = 1;
	assert_int_equal(step_close(&run, &step, NULL), 0);
	assert_int_equal(fcntl(fd, F_GETFD), 0);
	if (fd > 3)
		snprintf(expected, sizeof(expected), "3-%d %d-4294967295 ", fd - 1, fd + 1);
	else
		strcpy(expected, "4-4294967295 ");
	assert_string_equal(calls, expected);
	close(fd);
}

static void without_close_range_each_descriptor_is_marked(void **state)
{
	static const int errors[] = { ENOSYS, EINVAL };
	const struct step step = { .kind = STEP_CLOSE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		int open_fd = dup(STDERR_FILENO), kept_fd = dup(STDERR_FILENO);

		assert_true(open_fd > STDERR_FILENO && kept_fd > open_fd);
		close_range_errno = errors[i];
		target.facts.keep_fd[0] = kept_fd;
		target.facts.n_keep_fd = 1;
		assert_int_equal(step_close(&run, &step, NULL), 0);
		assert_int_equal(fcntl(open_fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(fcntl(kept_fd, F_GETFD), 0);
		close(open_fd);
		close(kept_fd);
	}
}

static void a_range_that_cannot_be_closed_ends_the_run(void **state)
{
	const struct step step = { .kind = STEP_CLOSE };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	close_range_errno = EPERM;
	assert_int_equal(step_close(&run, &step, &err), -EPERM);
	assert_non_null(err.text);
}

static void a_kept_descriptor_that_is_not_open_ends_the_run(void **state)
{
	const struct step step = { .kind = STEP_CLOSE };

	(void)state;
	target.facts.keep_fd[0] = 999;
	target.facts.n_keep_fd = 1;
	assert_int_equal(step_close(&run, &step, NULL), -EBADF);
}

/* ---- directories */

static void a_directory_outside_of_the_root_is_refused_where_it_must_be_inside(void **state)
{
	const struct step inside = { .kind = STEP_CWD, .inside = true }, any = { .kind = STEP_CWD };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	target.cwd_fd = open(".", O_PATH | O_CLOEXEC);
	assert_true(target.cwd_fd >= 0);
	cwd = "/srv";
	assert_int_equal(step_cwd(&run, &inside, NULL), 0);
	cwd = "(unreachable)/srv";
	assert_int_equal(step_cwd(&run, &any, NULL), 0);
	assert_int_equal(step_cwd(&run, &inside, &err), -EXDEV);
	assert_non_null(err.hint[0]);
	target.cwd_fd = fd_close(target.cwd_fd);
	assert_int_equal(step_cwd(&run, &any, NULL), -EBADF);
}

static void a_path_that_is_not_there_is_named_with_its_option(void **state)
{
	const struct step step = { .kind = STEP_CHDIR, .path = "/none/such" };
	_cleanup_error_ struct error wdns = { 0 }, wd = { 0 };

	(void)state;
	req.wdns = "/none/such";
	assert_int_equal(step_chdir(&run, &step, &wdns), -ENOENT);
	req.wdns = NULL;
	assert_int_equal(step_chdir(&run, &step, &wd), -ENOENT);
	assert_string_equal(wdns.text, "-W: change the working directory to \"/none/such\": "
				       "No such file or directory");
	assert_memory_equal(wd.text, "-w: ", 4);
}

static void a_path_that_leads_out_of_the_root_is_refused(void **state)
{
	const struct step step = { .kind = STEP_CHDIR, .path = "." };

	(void)state;
	cwd = "/srv";
	assert_int_equal(step_chdir(&run, &step, NULL), 0);
	cwd = "(unreachable)/srv";
	assert_int_equal(step_chdir(&run, &step, NULL), -EXDEV);
}

static void without_a_path_that_nobody_named_the_program_begins_at_the_root(void **state)
{
	const struct step gone = { .kind = STEP_CHDIR, .path = "/none/such", .implied = true };
	const struct step outside = { .kind = STEP_CHDIR, .path = "/proc", .implied = true };
	char now[PATH_MAX];

	(void)state;
	cwd = "/srv";
	assert_int_equal(chdir("/tmp"), 0);
	assert_int_equal(step_chdir(&run, &gone, NULL), 0);
	assert_string_equal(getcwd(now, sizeof(now)), "/");
	cwd = "(unreachable)/srv";
	assert_int_equal(step_chdir(&run, &outside, NULL), 0);
	assert_string_equal(getcwd(now, sizeof(now)), "/");
}

static void a_root_that_cannot_be_entered_is_not_changed_to(void **state)
{
	const struct step step = { .kind = STEP_ROOT };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(step_root(&run, &step, &err), -EBADF);
	assert_string_equal(err.text, "change the root directory: Bad file descriptor");
}

#define fresh(test) cmocka_unit_test_setup(test, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(the_target_is_joined_by_its_pidfd_with_all_flags_at_once),
		fresh(a_pidfd_that_the_kernel_does_not_take_is_no_error),
		fresh(every_other_refusal_is_one),
		fresh(one_namespace_is_joined_by_its_descriptor),
		fresh(every_namespace_of_the_set_is_looked_at),
		fresh(another_namespace_than_the_planned_one_ends_the_run),
		fresh(a_namespace_that_cannot_be_seen_ends_the_run),
		fresh(a_pid_namespace_whose_init_is_gone_is_told_apart),
		fresh(one_range_takes_all_above_standard_error),
		fresh(kept_descriptors_are_left_out_and_open_for_the_program),
		fresh(without_close_range_each_descriptor_is_marked),
		fresh(a_range_that_cannot_be_closed_ends_the_run),
		fresh(a_kept_descriptor_that_is_not_open_ends_the_run),
		fresh(a_directory_outside_of_the_root_is_refused_where_it_must_be_inside),
		fresh(a_path_that_leads_out_of_the_root_is_refused),
		fresh(a_path_that_is_not_there_is_named_with_its_option),
		fresh(without_a_path_that_nobody_named_the_program_begins_at_the_root),
		fresh(a_root_that_cannot_be_entered_is_not_changed_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
