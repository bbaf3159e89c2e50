/* SPDX-License-Identifier: MIT */
/*
 * The parent's part where the program is isolated: it keeps what is the caller's, never follows a
 * path of the target's, gives the child a time by which it has to be the program, and then attends
 * to it.
 */
#include "run/steps.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/explain.h"
#include "run/wait.h"
#include "util/fd.h"
#include "util/log.h"

/* How long entering may take: every file of the target's that is looked at may never answer. */
enum {
	DEADLINE_MS = 5000
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* a clock that is always there */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Return: 1 where something has arrived, 0 past the deadline, or -errno. */
static int wait_report(const struct run *run, int64_t deadline)
{
	struct pollfd in = { .fd = run->link.control_fd, .events = POLLIN };

	for (;;) {
		int64_t left = deadline - now_ms();
		int r = poll(&in, 1, left > 0 ? (int)left : 0);

		if (r >= 0)
			return r;
		if (errno != EINTR)
			return -errno;
	}
}

static int reap(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int send_job(const struct run *run, struct error *err)
{
	struct leader_job job = {
		.flags = ns_has(run->plan->join, NS_PID) ? LEADER_PIDNS : 0,
		.tty = -1,
		.umask = -1,
		.filter = -1,
	};
	int r = leader_send_job(&run->link, &job);

	/* Who has ended meanwhile is heard of next. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return error_set(err, ERROR_SYSTEM, -r, "tell the leader what to do");
	return 0;
}

/* The child has said why, on standard error, and its status is ours. */
static int take_failure(pid_t child, struct error *err)
{
	int status = 0, r = reap(child, &status);

	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "wait for the child");
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	error_set(err, ERROR_SYSTEM, 0, "the process that was to become the program was killed");
	error_hint(err, "the target has ended, or its cgroup is out of memory");
	return -ECHILD;
}

static int explain_deadline(const struct run *run, struct error *err)
{
	const char *name = run->target->name ? run->target->name : "FILE";

	error_set(err, ERROR_SYSTEM, ETIMEDOUT, "the files of \"%s\": no answer", name);
	error_hint(err, "a file system of the target hangs; name a program by its full path");
	return -ETIMEDOUT;
}

/* Where the leader could not make the program: it has told all it knows. */
static int explain_not_run(const struct run *run, pid_t child, const struct leader_report *report,
			   struct error *err)
{
	int status;

	(void)reap(child, &status); /* what it has ended with says no more */
	switch ((enum leader_stage)report->stage) {
	case LEADER_STAGE_CLONE:
		return explain_fork(run, report->value, err);
	case LEADER_STAGE_CGROUP:
		return error_set(err, ERROR_CGROUP_JOIN, report->value,
				 "join the target's cgroups");
	case LEADER_STAGE_PREPARE:
		break;
	case LEADER_STAGE_FILTER:
		return error_set(err, ERROR_SYSTEM, report->value, "load the target's filters");
	case LEADER_STAGE_EXEC:
		return explain_apart(run, report->value, err);
	}
	return error_set(err, ERROR_SYSTEM, report->value, "prepare the program's process");
}

/*
 * Until the program runs. Return: 1 where it does, else what run_isolated() returns.
 */
static int enter(struct run *run, pid_t child, struct error *err)
{
	int64_t deadline = now_ms() + DEADLINE_MS;
	struct leader_report report;
	int fd = -EBADF;
	int r = wait_report(run, deadline);

	if (r == 0) {
		/* Not waited for: a process that waits for a dead file server cannot be killed. */
		(void)kill(child, SIGKILL); /* our child, not reaped: the number is its own */
		return explain_deadline(run, err);
	}
	if (r > 0)
		r = leader_receive(&run->link, &report, &fd);
	if (r == 0)
		return take_failure(child, err);
	if (r > 0 && report.kind == LEADER_RUNNING) {
		run->link.program_fd = fd;
		return 1;
	}
	(void)fd_close(fd);
	if (r > 0 && report.kind == LEADER_EXEC_FAILED)
		return explain_not_run(run, child, &report, err);
	if (r > 0 && report.kind == LEADER_NO_SETNS_PIDFD)
		return RUN_NO_SETNS_PIDFD;
	return error_set(err, ERROR_SYSTEM, r < 0 ? -r : EBADMSG, "hear from the leader");
}

static int attend(struct run *run, struct error *err)
{
	struct leader_report report = { 0 };
	int fd = -EBADF, r = 1;

	while (r > 0 && report.kind != LEADER_ENDED)
		r = leader_receive(&run->link, &report, &fd);
	if (r <= 0)
		return error_set(err, ERROR_SYSTEM, ECHILD, "the leader has ended");
	return wait_end(report.value);
}

int run_isolated(struct run *run, size_t fork, struct error *err)
{
	_cleanup_fd_ int other = -EBADF;
	pid_t child;
	int r = wait_prepare(&run->caller_mask, err), status;

	if (r >= 0)
		r = leader_link_open(&run->link, &other, err);
	if (r < 0)
		return r;
	run->parent = getpid();
	run->control_fd = other;
	child = fork_child(run, fork + 1);
	if (child < 0)
		return explain_fork(run, errno, err);
	other = fd_close(other);
	r = send_job(run, err);
	if (r >= 0)
		r = enter(run, child, err);
	if (r != 1)
		return r;
	r = attend(run, err);
	(void)reap(child, &status);
	return r;
}
