/* SPDX-License-Identifier: MIT */
/*
 * The leader of the program's session, and the only file of nsjoin's that a target can ever see
 * executed: a throw-away copy of it in a sealed memory file. It stays outside of the target's pid
 * namespace, makes the program in it, and tells nsjoin how it fares.
 *
 * It is made with a plain fork, not with shared memory: whoever may trace the program in the target
 * could else make this process, which is the host's, do as he likes.
 *
 * Without a C library, since that would take longer to start than all the rest: only types and
 * constants are taken from its headers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "leader/aarch64.h"
#include "leader/libc.h"
#include "leader/protocol.h"
#include "leader/x86_64.h"

enum {
	SIGNALS = 64, /* as the kernel counts them; the C library hides two */
	SIGSET_SIZE = SIGNALS / 8,
	FILTER_LEN_MAX = 4096, /* BPF_MAXINSNS */
	FAILED = 1,
};

struct leader {
	int control;
	int error_pipe[2]; /* from the program, until it is executed */
	int program;	   /* its pid as we see it */
	int pidfd, signals;
	char *file, **argv, **envp;
	struct leader_job job;
};

/* What the program could not do before it was executed; travels through a pipe. */
struct failure {
	int errnum, stage;
};

_Noreturn void leader_main(int argc, char **argv, char **envp);

#define call0(nr)	      call6(nr, 0, 0, 0, 0, 0, 0)
#define call1(nr, a)	      call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define call2(nr, a, b)	      call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(nr, a, b, c)    call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define call4(nr, a, b, c, d) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

_Noreturn static void end(int status)
{
	for (;;)
		(void)call1(SYS_exit_group, status);
}

static void close_fd(int fd)
{
	(void)call1(SYS_close, fd); /* what is not open need not be closed */
}

/* ---- the program */

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

static int die_with_leader(const struct leader *leader)
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
		*ret_errnum = die_with_leader(leader);
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
	end(FAILED);
}

/* ---- the leader */

/* Where nsjoin has ended there is nobody to tell, and nothing left to do. */
static void report(const struct leader *leader, enum leader_report_kind kind, int value, int stage,
		   int fd)
{
	struct leader_report text = { .kind = kind, .value = value, .stage = (__u32)stage };
	struct iovec data = { &text, sizeof(text) };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd >= 0) {
		*(int *)(void *)CMSG_DATA(&rights.head) = fd;
		message.msg_control = &rights;
		message.msg_controllen = sizeof(rights.room);
	}
	if (call3(SYS_sendmsg, leader->control, &message, MSG_NOSIGNAL) < 0)
		end(FAILED);
}

/* For what nsjoin has to say a word about. */
_Noreturn static void fail(const struct leader *leader, long r)
{
	report(leader, LEADER_FAILED, (int)-r, 0, -EBADF);
	end(FAILED);
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

/* So that nobody waits in vain for the program to close them. The terminal is needed still. */
static void let_go_of_streams(const struct leader_job *job)
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

static void start_program(struct leader *leader)
{
	struct failure failure = { 0 };
	long r = call2(SYS_pipe2, leader->error_pipe, O_CLOEXEC), pid, n;

	if (r < 0)
		fail(leader, r);
	pid = clone_program(leader);
	if (pid == 0)
		run_program(leader);
	if (pid < 0) {
		report(leader, LEADER_EXEC_FAILED, (int)-pid, LEADER_STAGE_CLONE, -EBADF);
		end(FAILED);
	}
	leader->program = (int)pid;
	close_fd(leader->error_pipe[1]);
	let_go_of_streams(&leader->job);
	n = call3(SYS_read, leader->error_pipe[0], &failure, sizeof(failure));
	if (n < 0)
		failure = (struct failure){ (int)-n, LEADER_STAGE_PREPARE };
	if (n != 0) {
		report(leader, LEADER_EXEC_FAILED, failure.errnum, failure.stage, -EBADF);
		end(FAILED);
	}
	report(leader, LEADER_RUNNING, leader->program, 0, leader->pidfd);
}

_Noreturn static void tell_end(const struct leader *leader, int status)
{
	report(leader, LEADER_ENDED, status, 0, -EBADF);
	end(0);
}

/* What has become of the program, and of what it has left behind. */
static void look_after(const struct leader *leader)
{
	int status, who = leader->job.flags & LEADER_REAP ? -1 : leader->program;
	long pid;

	while ((pid = call4(SYS_wait4, who, &status, WNOHANG | WUNTRACED | WCONTINUED, 0)) > 0) {
		if (pid != leader->program)
			continue;
		if (WIFSTOPPED(status)) {
			report(leader, LEADER_STOPPED, WSTOPSIG(status), 0, -EBADF);
		} else if (WIFCONTINUED(status)) {
			report(leader, LEADER_CONTINUED, 0, 0, -EBADF);
		} else {
			tell_end(leader, status);
		}
	}
}

/* An order that comes too late, for a program that has ended, does nothing. */
static void obey(const struct leader *leader, const struct leader_order *order)
{
	int group = leader->program;

	switch ((enum leader_order_kind)order->kind) {
	case LEADER_ORDER_FOREGROUND:
		(void)call3(SYS_ioctl, leader->job.tty, TIOCSPGRP, &group);
		break;
	case LEADER_ORDER_BACKGROUND:
		group = (int)call0(SYS_getpid);
		(void)call3(SYS_ioctl, leader->job.tty, TIOCSPGRP, &group);
		return;
	case LEADER_ORDER_CONTINUE:
		break;
	case LEADER_ORDER_SLAVE:
		return;
	}
	(void)call2(SYS_kill, -leader->program, SIGCONT);
}

static void take_order(const struct leader *leader)
{
	struct leader_order order;

	if (call6(SYS_recvfrom, leader->control, (long)&order, sizeof(order), 0, 0, 0) !=
	    (long)sizeof(order))
		end(FAILED); /* nsjoin has ended: the program is killed with us */
	obey(leader, &order);
}

/*
 * The pidfd tells the end without a signal to be taken back, and also where a tracer in the target
 * keeps the dead program from us. Who traces it honestly lets go at once; for others nobody waits.
 */
_Noreturn static void attend(const struct leader *leader)
{
	const long patience[2] = { 1, 0 }; /* the kernel's struct timespec */
	struct pollfd in[3] = {
		{ .fd = leader->control, .events = POLLIN },
		{ .fd = leader->signals, .events = POLLIN },
		{ .fd = leader->pidfd, .events = POLLIN },
	};
	bool held = false;

	for (;;) {
		struct signalfd_siginfo info;
		long n = call4(SYS_ppoll, in, 3, held ? patience : 0, 0);

		if (n == 0) {
			look_after(leader);
			tell_end(leader, SIGKILL);
		}
		if (n < 0)
			continue;
		if (in[2].revents) {
			look_after(leader);
			held = true;
			in[2].fd = -EBADF;
		}
		if (in[0].revents)
			take_order(leader);
		if (in[1].revents) {
			(void)call3(SYS_read, leader->signals, &info, sizeof(info));
			look_after(leader);
		}
	}
}

static void hold_signals(struct leader *leader)
{
	const __u64 all = ~(__u64)0, chld = (__u64)1 << (SIGCHLD - 1);
	/* All of them: a terminal that hangs up tells its leader, and this one has yet to report. */
	long r = call4(SYS_rt_sigprocmask, SIG_SETMASK, &all, 0, SIGSET_SIZE);

	if (r >= 0)
		r = call4(SYS_signalfd4, -1, &chld, SIGSET_SIZE, SFD_CLOEXEC);
	if (r < 0)
		fail(leader, r);
	leader->signals = (int)r;
}

static void take_job(struct leader *leader)
{
	long n = call6(SYS_recvfrom, leader->control, (long)&leader->job, sizeof(leader->job), 0, 0,
		       0);

	if (n != (long)sizeof(leader->job))
		fail(leader, n < 0 ? n : -EBADMSG);
}

static void lead(struct leader *leader)
{
	const struct leader_job *job = &leader->job;
	long r = call2(SYS_prctl, PR_SET_DUMPABLE, 0);

	/* It has outlived our exec, and is to end with the program's. */
	if (r >= 0)
		r = call3(SYS_fcntl, leader->control, F_SETFD, FD_CLOEXEC);
	if (r >= 0)
		r = call0(SYS_setsid);
	if (r < 0)
		fail(leader, r);
	hold_signals(leader);
	take_job(leader);
	if (job->flags & LEADER_TTY)
		r = call3(SYS_ioctl, job->tty, TIOCSCTTY, 0);
	if (r >= 0 && (job->flags & LEADER_REAP) && !(job->flags & LEADER_INSIDE))
		r = call2(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (r < 0)
		fail(leader, r);
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
static void take_label(const struct leader *leader)
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
	if (r < 0) {
		report(leader, LEADER_EXEC_FAILED, (int)-r, LEADER_STAGE_LABEL, -EBADF);
		end(FAILED);
	}
	close_fd((int)fd);
	close_fd(job->proc);
}

/* Nothing but to end with the one that does the work, and to be what the caller's end ends. */
_Noreturn static void wait_for(const struct leader *leader, long pid)
{
	int status;
	long r;

	close_fd(leader->control);
	close_fd(leader->error_pipe[1]); /* the other end tells that we live */
	let_go_of_streams(&leader->job);
	if (leader->job.tty >= 0)
		close_fd(leader->job.tty);
	do
		r = call4(SYS_wait4, pid, &status, 0, 0);
	while (r == -EINTR);
	end(r < 0 ? FAILED : 0);
}

/*
 * What a program in another pid namespace leaves behind goes to that one's init, unless a process
 * in it is there to reap: one more of us, which leads from here on.
 */
static void lead_inside(struct leader *leader)
{
	long r = call2(SYS_pipe2, leader->error_pipe, O_CLOEXEC), pid;

	if (r < 0)
		fail(leader, r);
	pid = call3(SYS_clone, SIGCHLD, 0, 0);
	if (pid < 0) {
		report(leader, LEADER_EXEC_FAILED, (int)-pid, LEADER_STAGE_CLONE, -EBADF);
		end(FAILED);
	}
	if (pid > 0)
		wait_for(leader, pid);
	close_fd(leader->error_pipe[0]);
	r = call2(SYS_setpgid, 0, 0);
	if (r >= 0)
		r = die_with_leader(leader);
	if (r >= 0)
		r = call2(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	if (r < 0)
		fail(leader, r);
	close_fd(leader->error_pipe[1]);
}

_Noreturn void leader_main(int argc, char **argv, char **envp)
{
	struct leader leader = { .pidfd = -EBADF, .envp = envp };

	if (argc < 4)
		end(FAILED);
	for (const char *digit = argv[1]; *digit; digit++)
		leader.control = leader.control * 10 + (*digit - '0');
	leader.file = argv[2];
	leader.argv = argv + 3;
	lead(&leader);
	take_label(&leader);
	if (leader.job.flags & LEADER_INSIDE)
		lead_inside(&leader);
	start_program(&leader);
	attend(&leader);
}

#ifdef LEADER_WITHOUT_LIBRARY
/* The compiler writes calls to them, whatever it is told. */
void *memset(void *at, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);

void *memset(void *at, int byte, size_t n)
{
	volatile char *p = at;

	while (n-- > 0)
		*p++ = (char)byte;
	return at;
}

void *memcpy(void *to, const void *from, size_t n)
{
	volatile char *p = to;
	const char *q = from;

	while (n-- > 0)
		*p++ = *q++;
	return to;
}

void leader_start(long *stack);

void leader_start(long *stack)
{
	int argc = (int)*stack;
	char **argv = (char **)(stack + 1);

	leader_main(argc, argv, argv + argc + 1);
}
#endif

LEADER_START;
