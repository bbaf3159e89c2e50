/* SPDX-License-Identifier: MIT */
/* How the leader comes to be one: its session, its terminal, its job, its label, what it keeps open. */
#include "leader/leader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "leader/calls.h"

static void hold_signals(struct leader *leader)
{
	const __u64 all = ~(__u64)0, chld = (__u64)1 << (SIGCHLD - 1);
	/* All of them: a terminal that hangs up tells its leader, and this one has yet to report. */
	long r = call4(SYS_rt_sigprocmask, SIG_SETMASK, &all, 0, SIGSET_SIZE);

	if (r >= 0)
		r = call4(SYS_signalfd4, -1, &chld, SIGSET_SIZE, SFD_CLOEXEC);
	if (r < 0)
		leader_fail(leader, r);
	leader->signals = (int)r;
}

static void receive_job(struct leader *leader)
{
	long n = call6(SYS_recvfrom, leader->control, (long)&leader->job, sizeof(leader->job), 0, 0,
		       0);

	if (n != (long)sizeof(leader->job))
		leader_fail(leader, n < 0 ? n : -EBADMSG);
}

void leader_take_job(struct leader *leader)
{
	const struct leader_job *job = &leader->job;
	long r = call2(SYS_prctl, PR_SET_DUMPABLE, 0);

	if (r >= 0)
		r = call0(SYS_setsid);
	if (r < 0)
		leader_fail(leader, r);
	hold_signals(leader);
	receive_job(leader);
	if (job->flags & LEADER_TTY)
		r = call3(SYS_ioctl, job->tty, TIOCSCTTY, 0);
	if (r >= 0 && (job->flags & LEADER_REAP) && !(job->flags & LEADER_INSIDE))
		r = call2(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (r < 0)
		leader_fail(leader, r);
}

static long open_label(const struct leader_job *job)
{
	const struct open_how how = {
		.flags = O_WRONLY | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	long fd = call4(SYS_openat2, job->proc, job->label_file, &how, sizeof(how));

	/* Before Linux 5.6, and where a filter of the target's does not know it. */
	if (fd == -ENOSYS || fd == -EPERM)
		fd = call4(SYS_openat, job->proc, job->label_file, how.flags, 0);
	return fd;
}

/*
 * The kernel gives it to whoever executes next, and to what that one has forked: so it is written
 * after our own exec, and before there is a process that the target could see with our /proc open.
 */
void leader_take_label(const struct leader *leader)
{
	const struct leader_job *job = &leader->job;
	size_t n = 0;
	long fd, r;

	while (job->label[n])
		n++;
	if (n == 0)
		return;
	fd = r = open_label(job);
	if (fd >= 0)
		r = call3(SYS_write, fd, job->label, n);
	if (fd >= 0 && r >= 0 && r != (long)n)
		r = -EIO; /* a part of a label is another one, or none */
	if (r < 0)
		leader_fail_stage(leader, LEADER_STAGE_LABEL, r);
	close_fd((int)fd);
	close_fd(job->proc);
}

/* So that nobody waits in vain for the program to close them. The terminal is needed still. */
void leader_drop_streams(const struct leader_job *job)
{
	/* Linux 5.9; before, and where one of them is kept, one by one. */
	if (job->tty >= 0 || call3(SYS_close_range, 0, 2, 0) < 0)
		for (int fd = 0; fd <= 2; fd++)
			if (fd != job->tty)
				close_fd(fd);
	if (job->filter >= 0)
		close_fd(job->filter);
	if (job->exe >= 0)
		close_fd(job->exe);
	for (__u32 i = 0; i < job->n_cgroups; i++)
		close_fd(job->cgroup[i]);
}

int leader_bind(const struct leader *leader)
{
	const long at_once[2] = { 0, 0 }; /* the kernel's struct timespec */
	struct pollfd reader = { .fd = leader->error_pipe[1] };
	long r = call2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);

	if (r < 0)
		return (int)r;
	/* It may have died before. Its number would not tell: in another pid namespace it has none. */
	r = call4(SYS_ppoll, &reader, 1, at_once, 0);
	return r < 0 ? (int)r : r == 0 ? 0 : -ESRCH;
}

/* Nothing but to end with the one that does the work, and to be what the caller's end ends. */
_Noreturn static void wait_for(const struct leader *leader, long pid)
{
	int status;
	long r;

	close_fd(leader->control);
	close_fd(leader->error_pipe[1]); /* the other end tells that we live */
	leader_drop_streams(&leader->job);
	if (leader->job.tty >= 0)
		close_fd(leader->job.tty);
	do
		r = call4(SYS_wait4, pid, &status, 0, 0);
	while (r == -EINTR);
	end(r < 0 ? LEADER_STATUS_FAILED : 0);
}

/*
 * What a program in another pid namespace leaves behind goes to that one's init, unless a process
 * in it is there to reap: one more of us, which leads from here on.
 */
void leader_go_inside(struct leader *leader)
{
	long r = call2(SYS_pipe2, leader->error_pipe, O_CLOEXEC), pid;

	if (r < 0)
		leader_fail(leader, r);
	pid = call3(SYS_clone, SIGCHLD, 0, 0);
	if (pid < 0)
		leader_fail_stage(leader, LEADER_STAGE_CLONE, pid);
	if (pid > 0)
		wait_for(leader, pid);
	close_fd(leader->error_pipe[0]);
	r = call2(SYS_setpgid, 0, 0);
	if (r >= 0)
		r = leader_bind(leader);
	if (r >= 0)
		r = call2(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (r < 0)
		leader_fail(leader, r);
	close_fd(leader->error_pipe[1]);
}
