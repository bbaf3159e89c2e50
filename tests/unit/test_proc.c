/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "find/find.h"
#include "find/process.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

#define STAT_TAIL                                                                                  \
	" S 77 42 42 0 -1 4194560 100 0 0 0 1 2 3 4 20 0 1 0 18446744073709551615 1 2 3"           \
	" 4 5 6 7 8 9 10 11 12 13 14 17 0 0 0 0 0 0 0 0 0 0 0 0 0\n"

static void a_stat_line_is_read_by_its_columns(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_int_equal(proc_stat_parse("42 (sleep)" STAT_TAIL, &stat), 0);
	assert_int_equal(stat.pid, 42);
	assert_string_equal(stat.comm, "sleep");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.ppid, 77);
	assert_true(stat.start_time == UINT64_MAX);
	assert_false(stat.kernel_thread);
}

static void a_command_may_imitate_the_columns(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_int_equal(proc_stat_parse("42 (a) Z 1 (b) c)" STAT_TAIL, &stat), 0);
	assert_string_equal(stat.comm, "a) Z 1 (b) c");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.ppid, 77);
}

static void a_very_long_command_is_cut_and_the_columns_are_kept(void **state)
{
	char text[1024] = "42 (";
	struct proc_stat stat;

	(void)state;
	memset(text + 4, 'x', 300);
	(void)snprintf(text + 304, sizeof(text) - 304, ")%s", STAT_TAIL);
	assert_int_equal(proc_stat_parse(text, &stat), 0);
	assert_int_equal(strlen(stat.comm), PROC_COMM_MAX - 1);
	assert_int_equal(stat.ppid, 77);
}

static void kernel_threads_are_told_by_their_flag(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_int_equal(proc_stat_parse("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 "
					 "0 5 0\n",
					 &stat),
			 0);
	assert_true(stat.kernel_thread);
	assert_int_equal(stat.start_time, 5);
}

static void half_a_stat_line_is_refused(void **state)
{
	static const char *const text[] = { "",		"42",		"42 (a",
					    "42 )a(",	"(a) S 1",	"42 (a)",
					    "42 (a) S", "42 (a) S 1 2", "x (a)" STAT_TAIL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		struct proc_stat stat;

		if (proc_stat_parse(text[i], &stat) != -EBADMSG)
			fail_msg("\"%s\" was taken", text[i]);
	}
}

static void a_status_gives_ids_groups_and_pids(void **state)
{
	static const char text[] = "Name:\tsleep\nTgid:\t42\nUid:\t0\t1\t2\t4294967295\n"
				   "Gid:\t5\t6\t7\t8\nGroups:\t4 24 1000 \nNSpid:\t42\t7\t1\n";
	struct proc_status status = { 0 };

	(void)state;
	assert_int_equal(proc_status_parse(text, &status), 0);
	assert_int_equal(status.tgid, 42);
	assert_true(status.uid[3] == 4294967295U);
	assert_int_equal(status.gid[0], 5);
	assert_int_equal(status.n_groups, 3);
	assert_int_equal(status.groups[2], 1000);
	assert_int_equal(status.nspid_depth, 3);
	assert_int_equal(status.nspid_last, 1);
	proc_status_done(&status);
}

static void a_status_gives_the_context_switches_of_both_kinds(void **state)
{
	uint64_t n = 0;

	(void)state;
	assert_int_equal(proc_switches_parse("Name:\ta\nvoluntary_ctxt_switches:\t40\n"
					     "nonvoluntary_ctxt_switches:\t2\n",
					     &n),
			 0);
	assert_int_equal(n, 42);
	assert_int_equal(proc_switches_parse("Name:\ta\nvoluntary_ctxt_switches:\t40\n", &n),
			 -EBADMSG);
	assert_int_equal(proc_switches_parse("Name:\ta\nnonvoluntary_ctxt_switches:\t2\n", &n),
			 -EBADMSG);
}

static void an_empty_list_of_groups_does_not_reach_into_the_next_line(void **state)
{
	static const char text[] =
		"Name:\tsleep\nTgid:\t42\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \n"
		"999\nNSpid:\t42\n";
	struct proc_status status = { 0 };

	(void)state;
	assert_int_equal(proc_status_parse(text, &status), 0);
	assert_int_equal(status.n_groups, 0);
	assert_int_equal(status.nspid_depth, 1);
	proc_status_done(&status);
}

static void a_process_that_was_reaped_is_gone_from_its_directory(void **state)
{
	struct proc_stat stat;
	pid_t pid = fork();
	int proc_fd;

	(void)state;
	if (pid == 0) {
		(void)pause(); /* until it is killed */
		_exit(0);
	}
	proc_fd = proc_open(pid);
	assert_true(proc_fd >= 0);
	assert_int_equal(proc_stat_read(proc_fd, &stat), 0);
	assert_int_equal(stat.pid, pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(proc_stat_read(proc_fd, &stat), -ESRCH);
	(void)fd_close(proc_fd);
}

/* A child that has exited and is not reaped; by waitid(2), which can leave it there. */
static pid_t make_zombie(void)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	return pid;
}

static int look_for(const char *text, struct found *ret_found, struct error *err)
{
	const struct find_query query = { .text = text };

	return find_query(&query, ret_found, err);
}

static void a_zombie_is_no_target(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct found found = FOUND_NONE;
	pid_t pid = make_zombie();
	char text[16];

	(void)state;
	(void)snprintf(text, sizeof(text), "%d", pid);
	assert_true(look_for(text, &found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_IS_GONE);
	assert_non_null(strstr(err.text, "zombie"));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_process_that_exits_after_it_was_found_does_not_verify(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_found_ struct found found = FOUND_NONE;
	pid_t pid = fork();
	char text[16];

	(void)state;
	if (pid == 0) {
		(void)pause(); /* until it is killed */
		_exit(0);
	}
	(void)snprintf(text, sizeof(text), "%d", pid);
	assert_int_equal(look_for(text, &found, &err), 0);
	assert_int_equal(find_verify(&found, &err), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(find_verify(&found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_IS_GONE);

	/* As on kernels without a pidfd. */
	found.pidfd = fd_close(found.pidfd);
	assert_true(find_verify(&found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_IS_GONE);
}

static void an_inode_that_is_not_the_process_s_is_refused(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_fd_ int pidfd = pidfd_of(getpid());
	uint64_t inode = 0;
	char text[64];

	(void)state;
	if (pidfd < 0 || pidfd_inode(pidfd, &inode) < 0)
		skip(); /* no pidfs: before Linux 6.9 */
	(void)snprintf(text, sizeof(text), "%d:%llu", getpid(), (unsigned long long)inode);
	assert_int_equal(look_for(text, &found, &err), 0);
	(void)snprintf(text, sizeof(text), "%d:%llu", getpid(), (unsigned long long)inode + 1);
	found_done(&found);
	assert_true(look_for(text, &found, &err) < 0);
	assert_int_equal(err.id, ERROR_TARGET_IS_GONE);
}

static void an_old_kernel_is_named_where_an_inode_is_asked_for(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct found found = FOUND_NONE;

	(void)state;
	found.pid = 7;
	assert_true(process_check_inode(&found, 1, &err) < 0);
	assert_int_equal(err.id, ERROR_KERNEL_TOO_OLD);
	assert_string_equal(err.text,
			    "process 7 by its inode needs Linux 6.9 or later, with pidfs");
}

static void a_pid_file_is_regular_and_holds_one_number(void **state)
{
	static const char *const bad[] = {
		"",    "0\n",  "1 2\n",	 "-1\n",
		"x\n", "1x\n", "1\n2\n", "99999999999999999999999999999999999999999\n"
	};
	char path[] = "/tmp/nsjoin-test-XXXXXX";
	char target[sizeof(path) + 1];
	_cleanup_fd_ int fd = mkstemp(path);

	(void)state;
	(void)snprintf(target, sizeof(target), "@%s", path);
	for (size_t i = 0; i <= ARRAY_SIZE(bad); i++) {
		_cleanup_error_ struct error err = { 0 };
		_cleanup_found_ struct found found = FOUND_NONE;

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		if (i == ARRAY_SIZE(bad)) {
			assert_true(dprintf(fd, "%d\n", getpid()) > 0);
			assert_int_equal(look_for(target, &found, &err), 0);
			assert_int_equal(found.pid, getpid());
			continue;
		}
		assert_true(dprintf(fd, "%s", bad[i]) >= 0);
		if (look_for(target, &found, &err) >= 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(err.id, ERROR_TARGET_NOT_FOUND);
	}
	assert_int_equal(unlink(path), 0);
}

static void a_pid_file_that_everybody_may_write_to_is_refused(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_found_ struct found found = FOUND_NONE;
	char path[] = "/tmp/nsjoin-test-XXXXXX";
	char target[sizeof(path) + 1];
	_cleanup_fd_ int fd = mkstemp(path);

	(void)state;
	(void)snprintf(target, sizeof(target), "@%s", path);
	assert_true(dprintf(fd, "%d\n", getpid()) > 0);
	assert_int_equal(fchmod(fd, 0666), 0);
	assert_true(look_for(target, &found, &err) < 0);
	assert_int_equal(unlink(path), 0);
}

/* ---- ignored signals */

static void ignored_signals_are_a_set_of_64(void **state)
{
	uint64_t set = 0;

	(void)state;
	assert_int_equal(
		proc_ignored_parse("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n", &set), 0);
	assert_int_equal(set, 0x1001);
	assert_int_equal(proc_ignored_parse("Name:\tx\nSigIgn:\tfedcba9876543210\n", &set), 0);
	assert_true(set == UINT64_C(0xfedcba9876543210));
}

static void what_is_no_such_set_is_no_answer(void **state)
{
	static const char *const texts[] = {
		"",
		"Name:\tx\nSigCgt:\t0000000000001001\n",
		"SigIgn:\t0000000000001001\n", /* the first line is the name */
		"Name:\tSigIgn:\t0000000000001001\n",
		"Name:\tx\nSigIgn:\t000000000000100\n",
		"Name:\tx\nSigIgn:\t00000000000010011\n",
		"Name:\tx\nSigIgn:\t000000000000100g\n",
		"Name:\tx\nSigIgn:\t0000000000001001",
		"Name:\tx\nSigIgn:\t",
	};
	uint64_t set = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(proc_ignored_parse(texts[i], &set), -EBADMSG);
	assert_int_equal(set, 7);
}

static void what_this_process_ignores_is_seen(void **state)
{
	uint64_t set = 0;

	(void)state;
	assert_true(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
	assert_int_equal(proc_ignored_read(&set), 0);
	assert_true(set >> (SIGUSR2 - 1) & 1);
	assert_true(signal(SIGUSR2, SIG_DFL) != SIG_ERR);
	assert_int_equal(proc_ignored_read(&set), 0);
	assert_false(set >> (SIGUSR2 - 1) & 1);
}

static void a_namespace_is_named_by_its_link(void **state)
{
	_cleanup_fd_ int proc = proc_open(getpid());
	uint64_t inode = 0, same = 0;
	struct stat st;

	(void)state;
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	assert_int_equal(proc_ns_inode(proc, "ns/net", &inode), 0);
	assert_int_equal(inode, st.st_ino);
	assert_int_equal(proc_ns_inode(proc, "ns/pid_for_children", &inode), 0);
	assert_int_equal(proc_ns_inode(proc, "ns/pid", &same), 0);
	assert_int_equal(inode, same);
	assert_int_equal(proc_ns_inode(proc, "ns/none", &inode), -ENOENT);
	assert_int_equal(proc_ns_inode(proc, "exe", &inode), -EBADMSG);
}

/* As the kernel says it to whoever looks from another pid namespace, too. */
static void a_process_is_found_by_its_pidfd_until_it_is_reaped(void **state)
{
	pid_t child = fork();
	_cleanup_fd_ int pidfd = -EBADF;

	(void)state;
	if (child == 0)
		_exit(0);
	pidfd = pidfd_of(child);
	assert_true(pidfd >= 0);
	assert_int_equal(pidfd_number(pidfd), child);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(pidfd_number(pidfd), -ESRCH);
	assert_true(pidfd_number(STDERR_FILENO) < 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stat_line_is_read_by_its_columns),
		cmocka_unit_test(a_command_may_imitate_the_columns),
		cmocka_unit_test(a_very_long_command_is_cut_and_the_columns_are_kept),
		cmocka_unit_test(kernel_threads_are_told_by_their_flag),
		cmocka_unit_test(half_a_stat_line_is_refused),
		cmocka_unit_test(a_status_gives_ids_groups_and_pids),
		cmocka_unit_test(a_status_gives_the_context_switches_of_both_kinds),
		cmocka_unit_test(an_empty_list_of_groups_does_not_reach_into_the_next_line),
		cmocka_unit_test(a_process_that_was_reaped_is_gone_from_its_directory),
		cmocka_unit_test(a_zombie_is_no_target),
		cmocka_unit_test(a_process_that_exits_after_it_was_found_does_not_verify),
		cmocka_unit_test(an_inode_that_is_not_the_process_s_is_refused),
		cmocka_unit_test(an_old_kernel_is_named_where_an_inode_is_asked_for),
		cmocka_unit_test(a_pid_file_is_regular_and_holds_one_number),
		cmocka_unit_test(a_pid_file_that_everybody_may_write_to_is_refused),
		cmocka_unit_test(ignored_signals_are_a_set_of_64),
		cmocka_unit_test(what_is_no_such_set_is_no_answer),
		cmocka_unit_test(what_this_process_ignores_is_seen),
		cmocka_unit_test(a_namespace_is_named_by_its_link),
		cmocka_unit_test(a_process_is_found_by_its_pidfd_until_it_is_reaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
