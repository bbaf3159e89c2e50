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
#include "leader/leader.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "leader/calls.h"

_Noreturn void leader_main(int argc, char **argv, char **envp);

void leader_report(const struct leader *leader, enum leader_report_kind kind, int value, int stage,
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
		end(LEADER_STATUS_FAILED);
}

_Noreturn void leader_fail(const struct leader *leader, long r)
{
	leader_report(leader, LEADER_FAILED, (int)-r, 0, -EBADF);
	end(LEADER_STATUS_FAILED);
}

_Noreturn void leader_fail_stage(const struct leader *leader, enum leader_stage stage, long r)
{
	leader_report(leader, LEADER_EXEC_FAILED, (int)-r, (int)stage, -EBADF);
	end(LEADER_STATUS_FAILED);
}

_Noreturn static void tell_end(const struct leader *leader, int status)
{
	leader_report(leader, LEADER_ENDED, status, 0, -EBADF);
	end(0);
}

/*
 * Helpers of the program that see it end and follow would stay in the target's pid namespace for
 * ever, if we went before them and its init does not reap. What stays longer than that is meant to:
 * nobody waits for it.
 */
static void bury_helpers(const struct leader *leader)
{
	struct pollfd end_of_child = { .fd = leader->signals, .events = POLLIN };

	for (int i = 0; i < HELPERS_MS; i++) {
		/* The kernel's struct timespec; it writes into it what is left. */
		long pause[2] = { 0, 1000 * 1000 };
		struct signalfd_siginfo info;
		long pid;

		do
			pid = call4(SYS_wait4, -1, 0, WNOHANG, 0);
		while (pid > 0);
		if (pid < 0)
			return; /* there is none */
		if (call4(SYS_ppoll, &end_of_child, 1, pause, 0) > 0)
			(void)call3(SYS_read, leader->signals, &info, sizeof(info));
	}
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
			leader_report(leader, LEADER_STOPPED, WSTOPSIG(status), 0, -EBADF);
		} else if (WIFCONTINUED(status)) {
			leader_report(leader, LEADER_CONTINUED, 0, 0, -EBADF);
		} else {
			if (leader->job.flags & LEADER_REAP)
				bury_helpers(leader);
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
		end(LEADER_STATUS_FAILED); /* nsjoin has ended: the program is killed with us */
	obey(leader, &order);
}

/*
 * The pidfd tells the end without a signal to be taken back, and also where a tracer in the target
 * keeps the dead program from us. Who traces it honestly lets go at once; for others nobody waits.
 */
_Noreturn static void attend(const struct leader *leader)
{
	long patience[2] = { 1, 0 }; /* the kernel's struct timespec, and what is left of it */
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

_Noreturn void leader_main(int argc, char **argv, char **envp)
{
	struct leader leader = { .pidfd = -EBADF, .envp = envp };

	if (argc < 4)
		end(LEADER_STATUS_FAILED);
	for (const char *digit = argv[1]; *digit; digit++)
		leader.control = leader.control * 10 + (*digit - '0');
	leader.file = argv[2];
	leader.argv = argv + 3;
	leader_take_job(&leader);
	leader_take_label(&leader);
	if (leader.job.flags & LEADER_INSIDE)
		leader_go_inside(&leader);
	leader_start_program(&leader);
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
