/* SPDX-License-Identifier: MIT */
/* The program: how the leader makes it, and what it does until it is executed. */
#include "leader/leader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "leader/calls.h"

enum {
	FILTER_LEN_MAX = 4096, /* BPF_MAXINSNS */
};

/* What the program could not do before it was executed; travels through a pipe. */
struct failure {
	int errnum, stage;
};

static int set_signals(const struct leader_job *job)
{
	/* The kernel's struct sigaction, all of it zero: the default. */
	static const __u64 action[4];
	long r = 0;

	for (int sig = 1; sig <= SIGNALS && r >= 0; sig++)
		if (job->reset >> (sig - 1) & 1)
			r = call4(SYS_rt_sigaction, sig, action, 0, SIGSET_SIZE);
	if (r >= 0)
		r = call4(SYS_rt_sigprocmask, SIG_SETMASK, &job->mask, 0, SIGSET_SIZE);
	return (int)r;
}

/* A group of its own, so that a shell can stop and continue it, and the terminal tell it apart. */
static int set_group(const struct leader_job *job)
{
	long r = call2(SYS_setpgid, 0, 0);
	int group;

	if (r < 0 || !(job->flags & LEADER_FOREGROUND))
		return (int)r;
	group = (int)call0(SYS_getpid);
	/* All signals are blocked still, SIGTTOU among them: else this would stop us. */
	return (int)call3(SYS_ioctl, job->tty, TIOCSPGRP, &group);
}

static int join_cgroups(const struct leader_job *job)
{
	long r = 0;

	for (__u32 i = 0; i < job->n_cgroups && r >= 0; i++) {
		r = call3(SYS_write, job->cgroup[i], "0", 1);
		close_fd(job->cgroup[i]);
	}
	return r < 0 ? (int)r : 0;
}

static int read_all(int fd, void *buf, size_t size)
{
	char *at = buf;

	while (size > 0) {
		long n = call3(SYS_read, fd, at, size);

		if (n <= 0)
			return n < 0 ? (int)n : -ENODATA;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

static int load_filters(int fd)
{
	static struct sock_filter code[FILTER_LEN_MAX];
	__u32 n, len;
	/* Nothing could close it any more behind the last filter. */
	int r = (int)call3(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);

	if (r == 0)
		r = read_all(fd, &n, sizeof(n));

	for (; r == 0 && n > 0; n--) {
		struct sock_fprog prog = { .filter = code };

		r = read_all(fd, &len, sizeof(len));
		if (r < 0)
			return r;
		if (len > FILTER_LEN_MAX)
			return -EINVAL;
		r = read_all(fd, code, len * sizeof(*code));
		prog.len = (unsigned short)len;
		if (r == 0)
			r = (int)call3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
	}
	return r;
}

/* Comes back where it cannot become the program. Return: the stage that has failed, negative errno
 * in *ret_errnum. */
static int become_program(const struct leader *leader, int *ret_errnum)
{
	const struct leader_job *job = &leader->job;

	/* First, and without waiting for the exec: what the target might take from us. */
	close_fd(leader->control);
	close_fd(leader->error_pipe[0]);
	*ret_errnum = set_group(job);
	if (*ret_errnum == 0 && job->umask >= 0)
		(void)call1(SYS_umask, job->umask); /* never fails */
	if (*ret_errnum == 0)
		*ret_errnum = set_signals(job);
	if (*ret_errnum == 0)
		*ret_errnum = leader_bind(leader);
	/* It has come through one exec, and is not to come through the next. */
	if (*ret_errnum == 0 && job->exe >= 0)
		*ret_errnum = (int)call3(SYS_fcntl, job->exe, F_SETFD, FD_CLOEXEC);
	if (*ret_errnum < 0)
		return LEADER_STAGE_PREPARE;
	*ret_errnum = join_cgroups(job);
	if (*ret_errnum < 0)
		return LEADER_STAGE_CGROUP;
	/* Nothing may come after but the exec: who knows what they forbid. */
	if (job->filter >= 0)
		*ret_errnum = load_filters(job->filter);
	if (*ret_errnum < 0)
		return LEADER_STAGE_FILTER;
	if (job->exe >= 0)
		*ret_errnum = (int)call6(SYS_execveat, job->exe, (long)"", (long)leader->argv,
					 (long)leader->envp, AT_EMPTY_PATH, 0);
	else
		*ret_errnum = (int)call3(SYS_execve, leader->file, leader->argv, leader->envp);
	return LEADER_STAGE_EXEC;
}

_Noreturn static void run_program(const struct leader *leader)
{
	struct failure failure;
	int errnum;

	failure.stage = become_program(leader, &errnum);
	failure.errnum = -errnum;
	(void)call3(SYS_write, leader->error_pipe[1], &failure,
		    sizeof(failure)); /* the reader sees the end */
	end(LEADER_STATUS_FAILED);
}

static long clone_program(struct leader *leader)
{
	long pid = call3(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &leader->pidfd);

	/* Before Linux 5.2. */
	if (pid == -EINVAL) {
		leader->pidfd = -EBADF;
		pid = call3(SYS_clone, SIGCHLD, 0, 0);
	}
	return pid;
}

/*
 * It has said what it could not do, and ends. If nobody waited for it, it would stay in the target's
 * pid namespace for ever where that one's init does not reap. Its end is what SIGCHLD tells, as long
 * as no tracer in the target keeps it from us: for that one nobody waits.
 */
static void bury_program(const struct leader *leader)
{
	long patience[2] = { 1, 0 }; /* the kernel's struct timespec, and what is left of it */
	struct pollfd end_of_child = { .fd = leader->signals, .events = POLLIN };

	(void)call4(SYS_ppoll, &end_of_child, 1, patience, 0);
	(void)call4(SYS_wait4, leader->program, 0, WNOHANG, 0);
}

void leader_start_program(struct leader *leader)
{
	struct failure failure = { 0 };
	long r = call2(SYS_pipe2, leader->error_pipe, O_CLOEXEC), pid, n;

	if (r < 0)
		leader_fail(leader, r);
	pid = clone_program(leader);
	if (pid == 0)
		run_program(leader);
	if (pid < 0)
		leader_fail_stage(leader, LEADER_STAGE_CLONE, pid);
	leader->program = (int)pid;
	close_fd(leader->error_pipe[1]);
	leader_drop_streams(&leader->job);
	n = call3(SYS_read, leader->error_pipe[0], &failure, sizeof(failure));
	if (n < 0)
		failure = (struct failure){ (int)-n, LEADER_STAGE_PREPARE };
	if (n != 0) {
		bury_program(leader);
		leader_report(leader, LEADER_EXEC_FAILED, failure.errnum, failure.stage, -EBADF);
		end(LEADER_STATUS_FAILED);
	}
	leader_report(leader, LEADER_RUNNING, leader->program, 0, leader->pidfd);
}
