/* SPDX-License-Identifier: MIT */
/* The leader itself, as it is built in: what it makes of a job, and what it reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/leader.h"
#include "run/seal.h"
#include "util/fd.h"

static struct leader_link line = LEADER_LINK_INIT(false);
static pid_t leader;
static int out = -EBADF; /* what the program writes */

enum {
	PATIENCE_MS = 10000
};

static const struct leader_job plain = { .tty = -1, .umask = -1, .filter = -1, .exe = -1 };

_Noreturn static void become_leader(int image, int socket, int output, char *const *words)
{
	char number[16], name[] = "nsjoin";
	char *argv[8] = { name, number };
	char *envp[] = { NULL };

	snprintf(number, sizeof(number), "%d", socket);
	for (size_t i = 0; words[i]; i++)
		argv[2 + i] = words[i];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* Who started the tests may ignore some: a service of systemd's ignores SIGPIPE. */
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		(void)signal(sig, SIG_DFL); /* two cannot be set, and some are the C library's */
	(void)signal(SIGUSR1, SIG_IGN);
	(void)signal(SIGUSR2, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (dup2(output, STDOUT_FILENO) >= 0 && fcntl(socket, F_SETFD, 0) == 0)
		(void)syscall(SYS_execveat, image, "", argv, envp, AT_EMPTY_PATH);
	_exit(99);
}

/* start() - a leader that makes the program of @words: its file, and its argv */
static void start(const struct leader_job *job, char *const *words)
{
	_cleanup_fd_ int image = seal_leader(NULL);
	_cleanup_fd_ int other = -EBADF;
	int pipefd[2];

	assert_true(image >= 0);
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	assert_int_equal(pipe2(pipefd, O_CLOEXEC), 0);
	leader = fork();
	assert_true(leader >= 0);
	if (leader == 0)
		become_leader(image, other, pipefd[1], words);
	close(pipefd[1]);
	out = pipefd[0];
	if (job)
		assert_int_equal(leader_send(line.control_fd, job, sizeof(*job), -EBADF), 0);
}

static void start_shell(const struct leader_job *job, const char *script)
{
	char file[] = "/bin/sh", name[] = "sh", option[] = "-c";
	char *words[] = { file, name, option, strdup(script), NULL };

	start(job, words);
	free(words[3]);
}

/* The next report; 0 for the end of the leader. */
static uint32_t next(struct leader_report *report, int *ret_fd)
{
	struct pollfd in = { .fd = line.control_fd, .events = POLLIN };
	int fd = -EBADF, r;

	assert_int_equal(poll(&in, 1, PATIENCE_MS), 1);
	r = leader_receive(line.control_fd, report, sizeof(*report), &fd);
	assert_true(r >= 0);
	if (ret_fd)
		*ret_fd = fd;
	else
		fd_close(fd);
	return r == 0 ? 0 : report->kind;
}

static int ended_with(void)
{
	struct leader_report report;

	assert_int_equal(next(&report, NULL), LEADER_RUNNING);
	assert_int_equal(next(&report, NULL), LEADER_ENDED);
	return report.value;
}

static const char *said(void)
{
	static char text[4096];
	size_t used = 0;
	ssize_t n;

	while ((n = read(out, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	return text;
}

static int finish(void **state)
{
	(void)state;
	leader_link_done(&line);
	out = fd_close(out);
	if (leader > 0) {
		kill(leader, SIGKILL);
		waitpid(leader, NULL, 0);
	}
	leader = 0;
	return 0;
}

/* ---- the program's end */

static void the_program_runs_and_its_status_is_reported(void **state)
{
	(void)state;
	start_shell(&plain, "exit 7");
	assert_int_equal(ended_with(), 7 << 8);
}

static void a_signal_is_reported_as_one(void **state)
{
	(void)state;
	start_shell(&plain, "kill -9 $$");
	assert_int_equal(ended_with(), SIGKILL);
}

static void the_leader_ends_after_its_program(void **state)
{
	struct leader_report report;
	int status;

	(void)state;
	start_shell(&plain, ":");
	(void)ended_with();
	assert_int_equal(next(&report, NULL), 0);
	assert_int_equal(waitpid(leader, &status, 0), leader);
	assert_int_equal(status, 0);
	leader = 0;
}

/* A directory stands for /proc: no security module has to be active. */
static void the_label_is_written_before_there_is_a_program(void **state)
{
	char dir[] = "/tmp/nsjoin-label.XXXXXX", path[64], script[128];
	struct leader_job job = plain;

	(void)state;
	assert_non_null(mkdtemp(dir));
	job.proc = open(dir, O_PATH | O_DIRECTORY);
	strcpy(job.label_file, "exec");
	strcpy(job.label, "container_t");
	snprintf(path, sizeof(path), "%s/exec", dir);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	snprintf(script, sizeof(script), "cat %s; [ -e /proc/self/fd/%d ] && echo open", path,
		 job.proc);
	start_shell(&job, script);
	(void)ended_with();
	assert_string_equal(said(), "container_t");
	close(job.proc);
	unlink(path);
	rmdir(dir);
}

static void a_label_that_is_not_taken_ends_the_entry(void **state)
{
	struct leader_job job = plain;
	struct leader_report report;

	(void)state;
	job.proc = open("/", O_PATH | O_DIRECTORY);
	strcpy(job.label_file, "../etc/passwd");
	strcpy(job.label, "container_t");
	start_shell(&job, "echo program");
	assert_int_equal(next(&report, NULL), LEADER_EXEC_FAILED);
	assert_int_equal(report.stage, LEADER_STAGE_LABEL);
	assert_int_equal(report.value, EXDEV);
	assert_string_equal(said(), "");
	close(job.proc);
}

static void words_arrive_as_they_were_given(void **state)
{
	char file[] = "/bin/sh", name[] = "a name", option[] = "-c", script[] = "echo \"$0|$1\"",
	     empty[] = "";
	char *words[] = { file, name, option, script, empty, NULL };

	(void)state;
	start(&plain, words);
	(void)ended_with();
	assert_string_equal(said(), "|\n");
}

static void what_cannot_be_executed_is_said_with_its_reason(void **state)
{
	char file[] = "/nonexistent", name[] = "x";
	char *words[] = { file, name, NULL };
	struct leader_report report;

	(void)state;
	start(&plain, words);
	assert_int_equal(next(&report, NULL), LEADER_EXEC_FAILED);
	assert_int_equal(report.value, ENOENT);
	assert_int_equal(report.stage, LEADER_STAGE_EXEC);
	assert_int_equal(next(&report, NULL), 0);
}

static void without_a_job_there_is_no_program(void **state)
{
	struct leader_report report;

	(void)state;
	start_shell(NULL, "echo ran");
	leader_send(line.control_fd, "short", 5, -EBADF);
	assert_int_equal(next(&report, NULL), LEADER_FAILED);
	assert_int_equal(report.value, EBADMSG);
	assert_int_equal(next(&report, NULL), 0);
	assert_string_equal(said(), "");
}

static void the_program_does_not_outlive_nsjoin(void **state)
{
	struct leader_report report;
	struct pollfd end = { .events = POLLIN };

	(void)state;
	start_shell(&plain, "exec sleep 100");
	assert_int_equal(next(&report, &end.fd), LEADER_RUNNING);
	leader_link_done(&line);
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	close(end.fd);
}

static void the_program_does_not_outlive_its_leader(void **state)
{
	struct leader_report report;
	struct pollfd end = { .events = POLLIN };

	(void)state;
	start_shell(&plain, "exec sleep 100");
	assert_int_equal(next(&report, &end.fd), LEADER_RUNNING);
	kill(leader, SIGKILL);
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	close(end.fd);
}

/* ---- what it is made into */

static void it_has_a_session_and_a_group_of_its_own(void **state)
{
	long group, session;

	(void)state;
	start_shell(&plain,
		    "read -r _ _ _ _ group session _ </proc/self/stat; echo $group $session");
	(void)ended_with();
	assert_int_equal(sscanf(said(), "%ld %ld", &group, &session), 2);
	assert_int_equal(session, leader);
	assert_int_not_equal(group, leader);
}

static void signals_are_reset_as_told_and_none_is_blocked(void **state)
{
	struct leader_job job = plain;
	unsigned long ignored = ~0UL, blocked = ~0UL;
	const char *text;

	(void)state;
	job.reset = (uint64_t)1 << (SIGUSR1 - 1);
	start_shell(&job, "grep -E 'Sig(Ign|Blk)' /proc/self/status");
	(void)ended_with();
	text = said();
	assert_int_equal(sscanf(text, "SigBlk: %lx SigIgn: %lx", &blocked, &ignored), 2);
	assert_int_equal(blocked, 0);
	assert_int_equal(ignored, 1UL << (SIGUSR2 - 1) | 1UL << (SIGHUP - 1));
}

static void a_mask_can_be_given(void **state)
{
	char file[] = "/bin/grep", name[] = "grep", what[] = "SigBlk",
	     where[] = "/proc/self/status";
	char *words[] = { file, name, what, where, NULL }; /* a shell would empty it */
	struct leader_job job = plain;

	(void)state;
	job.mask = (uint64_t)1 << (SIGUSR2 - 1);
	start(&job, words);
	(void)ended_with();
	assert_string_equal(said(), "SigBlk:\t0000000000000800\n");
}

static void the_umask_is_set(void **state)
{
	struct leader_job job = plain;

	(void)state;
	job.umask = 0157;
	start_shell(&job, "umask");
	(void)ended_with();
	assert_string_equal(said(), "0157\n");
}

static void nothing_of_the_leaders_is_left_open(void **state)
{
	const char *text;

	(void)state;
	start_shell(&plain, "ls -l /proc/$$/fd");
	(void)ended_with();
	text = said();
	assert_non_null(strstr(text, "pipe:"));
	assert_null(strstr(text, "socket:["));
	assert_null(strstr(text, "anon_inode:"));
	assert_null(strstr(text, "memfd:nsjoin"));
}

static void it_joins_the_cgroups_that_come_late(void **state)
{
	int files[2] = { memfd_create("a", 0), memfd_create("b", 0) };
	struct leader_job job = plain;
	char text[4] = "";

	(void)state;
	job.n_cgroups = 2;
	job.cgroup[0] = files[0];
	job.cgroup[1] = files[1];
	start_shell(&job, ":");
	(void)ended_with();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pread(files[i], text, sizeof(text), 0), 1);
		assert_int_equal(text[0], '0');
		close(files[i]);
	}
}

static void a_cgroup_that_takes_nobody_ends_the_entry(void **state)
{
	int file = open("/dev/full", O_WRONLY);
	struct leader_report report;
	struct leader_job job = plain;

	(void)state;
	job.n_cgroups = 1;
	job.cgroup[0] = file;
	start_shell(&job, "echo ran");
	assert_int_equal(next(&report, NULL), LEADER_EXEC_FAILED);
	assert_int_equal(report.value, ENOSPC);
	assert_int_equal(report.stage, LEADER_STAGE_CGROUP);
	assert_string_equal(said(), "");
	close(file);
}

/*
 * A filter under which setpriority(2) fails with @errnum, as the leader wants it; and setpgid(2), which
 * the program's process has called by then.
 */
static void put_filter(int fd, uint32_t errnum)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setpgid, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setpriority, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errnum),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const uint32_t len = sizeof(code) / sizeof(code[0]);

	assert_int_equal(fd_write_all(fd, &len, sizeof(len)), 0);
	assert_int_equal(fd_write_all(fd, code, sizeof(code)), 0);
}

static void filters_are_loaded_last(void **state)
{
	const uint32_t n = 2;
	struct leader_job job = plain;
	const char *text;

	(void)state;
	job.filter = memfd_create("filters", 0);
	assert_int_equal(fd_write_all(job.filter, &n, sizeof(n)), 0);
	put_filter(job.filter, EDOM);
	put_filter(job.filter, ENOTTY); /* the later one is asked first */
	assert_int_equal(lseek(job.filter, 0, SEEK_SET), 0);
	start_shell(&job, "LC_ALL=C nice true 2>&1; grep Seccomp_filters /proc/self/status");
	(void)ended_with();
	text = said();
	assert_non_null(strstr(text, strerror(ENOTTY)));
	assert_non_null(strstr(text, "Seccomp_filters:\t2"));
	close(job.filter);
}

static void a_filter_that_is_cut_off_ends_the_entry(void **state)
{
	const uint32_t n = 1, len = 4;
	struct leader_report report;
	struct leader_job job = plain;

	(void)state;
	job.filter = memfd_create("filters", 0);
	assert_int_equal(fd_write_all(job.filter, &n, sizeof(n)), 0);
	assert_int_equal(fd_write_all(job.filter, &len, sizeof(len)), 0);
	assert_int_equal(lseek(job.filter, 0, SEEK_SET), 0);
	start_shell(&job, "echo ran");
	assert_int_equal(next(&report, NULL), LEADER_EXEC_FAILED);
	assert_int_equal(report.stage, LEADER_STAGE_FILTER);
	assert_string_equal(said(), "");
	close(job.filter);
}

/* ---- stops and orders */

static void stops_and_going_on_are_reported(void **state)
{
	const struct leader_order order = { .kind = LEADER_ORDER_CONTINUE };
	struct leader_report report;
	int pidfd;

	(void)state;
	start_shell(&plain, "exec sleep 100");
	assert_int_equal(next(&report, &pidfd), LEADER_RUNNING);
	assert_int_equal(syscall(SYS_pidfd_send_signal, pidfd, SIGTSTP, NULL, 0), 0);
	assert_int_equal(next(&report, NULL), LEADER_STOPPED);
	assert_int_equal(report.value, SIGTSTP);
	assert_int_equal(leader_send(line.control_fd, &order, sizeof(order), -EBADF), 0);
	assert_int_equal(next(&report, NULL), LEADER_CONTINUED);
	assert_int_equal(syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0), 0);
	assert_int_equal(next(&report, NULL), LEADER_ENDED);
	assert_int_equal(report.value, SIGTERM);
	close(pidfd);
}

static void what_it_leaves_behind_is_waited_for_when_told(void **state)
{
	struct leader_report report;
	struct leader_job job = plain;

	(void)state;
	job.flags = LEADER_REAP;
	/* The grandchild loses its parent, becomes the leader's, and is gone in the end. */
	start_shell(&job, "orphan=$(sh -c 'sleep 0.05 >&2 & echo $!')\n"
			  "grep -q \"^PPid:.$PPID$\" /proc/$orphan/status || exit 1\n"
			  "while [ -e /proc/$orphan ]; do sleep 0.01; done; exit 3");
	assert_int_equal(next(&report, NULL), LEADER_RUNNING);
	assert_int_equal(next(&report, NULL), LEADER_ENDED);
	assert_int_equal(report.value, 3 << 8);
}

/* ---- the line to it */

/* Whether who is to make the pair is killed on the way. */
static bool kills_maker;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	va_list args;
	long a, b, c, d, e, f;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	d = va_arg(args, long);
	e = va_arg(args, long);
	f = va_arg(args, long);
	va_end(args);
	if (number == SYS_socketpair && kills_maker)
		(void)__real_syscall(SYS_kill, __real_syscall(SYS_getpid), SIGKILL);
	return __real_syscall(number, a, b, c, d, e, f);
}

static void who_is_killed_has_made_no_pair(void **state)
{
	struct leader_link link = LEADER_LINK_INIT(true);
	int other = -EBADF, r;

	(void)state;
	kills_maker = true;
	r = leader_link_open(&link, &other, NULL);
	kills_maker = false;
	assert_int_equal(r, -ECHILD);
	assert_int_equal(other, -EBADF);
	assert_int_equal(link.control_fd, -EBADF);
}

static void another_process_makes_the_pair_where_it_has_to(void **state)
{
	_cleanup_fd_ int other = -EBADF;
	struct ucred who;
	socklen_t size = sizeof(who);

	(void)state;
	line.apart = true;
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	line.apart = false;
	assert_int_equal(getsockopt(other, SOL_SOCKET, SO_PEERCRED, &who, &size), 0);
	assert_int_not_equal(who.pid, getpid());
	assert_true(fcntl(other, F_GETFD) & FD_CLOEXEC);
}

/* ---- the messages themselves */

static void a_message_of_another_size_is_none(void **state)
{
	struct leader_report report = { .kind = 4711 };
	_cleanup_fd_ int other = -EBADF;
	int fd = -EBADF, next, after;

	(void)state;
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	assert_int_equal(leader_send(other, "xy", 2, other), 0);
	next = dup(STDERR_FILENO);
	close(next);
	assert_int_equal(leader_receive(line.control_fd, &report, sizeof(report), &fd), -EBADMSG);
	assert_int_equal(fd, -EBADF);
	after = dup(STDERR_FILENO);
	assert_int_equal(after, next); /* what came along is closed */
	close(after);
}

static void a_descriptor_goes_along(void **state)
{
	struct leader_report report = { .kind = LEADER_PTY, .value = 5 }, got;
	_cleanup_fd_ int other = -EBADF;
	int fd = -EBADF;

	(void)state;
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	assert_int_equal(leader_send(other, &report, sizeof(report), STDIN_FILENO), 0);
	assert_int_equal(leader_receive(line.control_fd, &got, sizeof(got), &fd), 1);
	assert_memory_equal(&got, &report, sizeof(got));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void what_was_said_last_is_heard_of_one_who_has_not_listened(void **state)
{
	struct leader_report report = { .kind = LEADER_ENDED }, got = { 0 };
	int other, fd = -EBADF;

	(void)state;
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	assert_int_equal(leader_send(line.control_fd, &plain, sizeof(plain), -EBADF), 0);
	assert_int_equal(leader_send(other, &report, sizeof(report), -EBADF), 0);
	close(other);
	assert_int_equal(leader_receive(line.control_fd, &got, sizeof(got), &fd), 1);
	assert_int_equal(got.kind, LEADER_ENDED);
	assert_int_equal(leader_receive(line.control_fd, &got, sizeof(got), &fd), 0);
}

static void an_end_is_told_from_an_error(void **state)
{
	struct leader_report report;
	int other, fd = -EBADF;

	(void)state;
	assert_int_equal(leader_link_open(&line, &other, NULL), 0);
	close(other);
	assert_int_equal(leader_receive(line.control_fd, &report, sizeof(report), &fd), 0);
	assert_int_equal(leader_send(line.control_fd, &plain, sizeof(plain), -EBADF), -EPIPE);
}

static void send_two(int socket, const struct leader_report *report, size_t size)
{
	struct iovec text = { (void *)(uintptr_t)report, size };
	const int two[2] = { STDIN_FILENO, STDIN_FILENO };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(two))];
	} rights = { .head = { CMSG_LEN(sizeof(two)), SOL_SOCKET, SCM_RIGHTS } };
	const struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights.room),
	};

	memcpy(CMSG_DATA(&rights.head), two, sizeof(two));
	assert_int_equal(sendmsg(socket, &message, 0), size);
}

/* What is more would stay open with us. */
static void one_descriptor_arrives_where_two_were_sent(void **state)
{
	const struct leader_report report = { .kind = LEADER_RUNNING };
	struct leader_report got;
	int pair[2], fd = -EBADF, next;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	next = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_int_equal(close(next), 0);
	send_two(pair[1], &report, sizeof(report));
	assert_int_equal(leader_receive(pair[0], &got, sizeof(got), &fd), 1);
	assert_int_equal(fd, next);
	assert_int_equal(close(fd), 0);
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_int_equal(close(fd), 0);
	assert_int_equal(fd, next);
	assert_int_equal(fcntl(next + 1, F_GETFD), -1);
	assert_int_equal(close(pair[0]), 0);
	assert_int_equal(close(pair[1]), 0);
}

/* It looks as the end does. */
static void of_an_empty_packet_no_descriptor_is_kept(void **state)
{
	struct leader_report got;
	int pair[2], fd = -EBADF, next;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	next = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_int_equal(close(next), 0);
	send_two(pair[1], &got, 0);
	assert_int_equal(leader_receive(pair[0], &got, sizeof(got), &fd), 0);
	assert_int_equal(fd, -EBADF);
	assert_int_equal(fcntl(next, F_GETFD), -1);
	assert_int_equal(close(pair[0]), 0);
	assert_int_equal(close(pair[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_descriptor_arrives_where_two_were_sent),
		cmocka_unit_test(of_an_empty_packet_no_descriptor_is_kept),
		cmocka_unit_test_teardown(the_program_runs_and_its_status_is_reported, finish),
		cmocka_unit_test_teardown(a_signal_is_reported_as_one, finish),
		cmocka_unit_test_teardown(the_leader_ends_after_its_program, finish),
		cmocka_unit_test_teardown(the_label_is_written_before_there_is_a_program, finish),
		cmocka_unit_test_teardown(a_label_that_is_not_taken_ends_the_entry, finish),
		cmocka_unit_test_teardown(words_arrive_as_they_were_given, finish),
		cmocka_unit_test_teardown(what_cannot_be_executed_is_said_with_its_reason, finish),
		cmocka_unit_test_teardown(without_a_job_there_is_no_program, finish),
		cmocka_unit_test_teardown(the_program_does_not_outlive_nsjoin, finish),
		cmocka_unit_test_teardown(the_program_does_not_outlive_its_leader, finish),
		cmocka_unit_test_teardown(it_has_a_session_and_a_group_of_its_own, finish),
		cmocka_unit_test_teardown(signals_are_reset_as_told_and_none_is_blocked, finish),
		cmocka_unit_test_teardown(a_mask_can_be_given, finish),
		cmocka_unit_test_teardown(the_umask_is_set, finish),
		cmocka_unit_test_teardown(nothing_of_the_leaders_is_left_open, finish),
		cmocka_unit_test_teardown(it_joins_the_cgroups_that_come_late, finish),
		cmocka_unit_test_teardown(a_cgroup_that_takes_nobody_ends_the_entry, finish),
		cmocka_unit_test_teardown(filters_are_loaded_last, finish),
		cmocka_unit_test_teardown(a_filter_that_is_cut_off_ends_the_entry, finish),
		cmocka_unit_test_teardown(stops_and_going_on_are_reported, finish),
		cmocka_unit_test_teardown(what_it_leaves_behind_is_waited_for_when_told, finish),
		cmocka_unit_test(who_is_killed_has_made_no_pair),
		cmocka_unit_test_teardown(another_process_makes_the_pair_where_it_has_to, finish),
		cmocka_unit_test_teardown(a_message_of_another_size_is_none, finish),
		cmocka_unit_test_teardown(a_descriptor_goes_along, finish),
		cmocka_unit_test_teardown(what_was_said_last_is_heard_of_one_who_has_not_listened,
					  finish),
		cmocka_unit_test_teardown(an_end_is_told_from_an_error, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
