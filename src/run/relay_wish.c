/* SPDX-License-Identifier: MIT */
/*
 * A wish for keys that nothing else tells of: a program that waits for input with poll(2) before it
 * reads is not stopped by its terminal. So while the caller's terminal is not lent it is looked at
 * without being read. A line that stays there, while we have the foreground and the program waits in
 * such a call, was typed for the program.
 */
#include "run/relay_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "run/clock.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

enum {
	LOOK_MS = 200,	 /* whoever reads the terminal has taken the line by then */
	DESCENTS_MAX = 8 /* a script's shell, what that has started, … */
};

static bool is_looking(const struct relay_loop *loop)
{
	const struct relay *relay = loop->relay;

	return relay->master >= 0 && relay->terminal.fd >= 0 && !loop->hung_up && !loop->lent &&
	       !loop->stopped && !loop->ended && !relay->keys.wanted &&
	       relay->keys.from == relay->terminal.fd;
}

/* The first three are not there on every processor. */
static const long waiting[] = {
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_select
	SYS_select,
#endif
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
	SYS_ppoll,	SYS_pselect6, SYS_epoll_pwait,
};

static bool waits_for_input(long number)
{
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		if (number == waiting[i])
			return true;
	return false;
}

/* The system call that a process is in, or -1 where it runs or does not tell. */
static int current_call(int proc_fd)
{
	char text[256];
	int number;

	if (fd_read_file(proc_fd, "syscall", text, sizeof(text)) <= 0 || !take_int(text, &number))
		return -1;
	return number;
}

/* The first one, or -1. What is told of it is a hint, and no more than a hint follows from it. */
static pid_t child_of(int proc_fd, pid_t pid)
{
	char name[sizeof("task/2147483647/children")], text[4096];
	pid_t child;

	(void)snprintf(name, sizeof(name), "task/%d/children", pid); /* fits */
	if (fd_read_file(proc_fd, name, text, sizeof(text)) <= 0 || !take_int(text, &child))
		return -1;
	return child;
}

static bool program_waits(pid_t pid)
{
	for (int i = 0; i < DESCENTS_MAX && pid > 0; i++) {
		_cleanup_fd_ int proc = proc_open(pid);

		if (proc < 0)
			return false;
		if (waits_for_input(current_call(proc)))
			return true;
		pid = child_of(proc, pid);
	}
	return false;
}

int relay_wish_fd(const struct relay_loop *loop)
{
	return is_looking(loop) && loop->typed_ms == 0 ? loop->relay->terminal.fd : -1;
}

int relay_wish_patience(const struct relay_loop *loop)
{
	int64_t left = loop->typed_ms - clock_now_ms();

	if (!is_looking(loop) || loop->typed_ms == 0 || loop->typed_ms == INT64_MAX)
		return -1;
	return left > 0 ? (int)left : 0;
}

void relay_wish(struct relay_loop *loop, short events)
{
	struct pollfd terminal = { .fd = loop->relay->terminal.fd, .events = POLLIN };
	int64_t now;

	if (!is_looking(loop))
		return;
	now = clock_now_ms();
	if (events & ~POLLIN) {
		loop->typed_ms = INT64_MAX; /* it has gone: nothing comes from there any more */
	} else if (events) {
		loop->typed_ms = now + LOOK_MS;
	} else if (loop->typed_ms != 0 && loop->typed_ms <= now) {
		loop->typed_ms = 0;
		if (poll(&terminal, 1, 0) != 1)
			return; /* it has been read */
		if (terminal_is_ours(&loop->relay->terminal) &&
		    program_waits(pidfd_number(loop->link->program_fd)))
			relay_lend(loop);
		else
			loop->typed_ms = now + LOOK_MS;
	}
}
