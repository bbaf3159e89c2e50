/* SPDX-License-Identifier: MIT */
/* Signals that are sent to us are for the program. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/target_parts.h"
#include "run/calls.h"
#include "run/clock.h"
#include "run/relay_loop.h"
#include "run/wait.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"

/* Since Linux 6.9; its header may be older. */
#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)
#endif

/* How long a program may take to end before it is looked at, and then be held by a tracer. */
enum {
	PATIENCE_MS = 700
};

/* What the caller ignores stays ignored: nohup, and the jobs of a shell without job control. */
int relay_watch_signals(uint64_t ignored)
{
	sigset_t set;
	int fd;

	wait_relayed(ignored, &set);
	fd = call_signalfd(&set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* One that the terminal sends is for the whole job. */
static void send_on(const struct relay_loop *loop, int sig, bool job)
{
	int fd = loop->link->program_fd;

	if (job && syscall(SYS_pidfd_send_signal, fd, sig, NULL, PIDFD_SIGNAL_PROCESS_GROUP) == 0)
		return;
	/* It may have ended: that is reported next. */
	(void)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
}

static bool is_gone(int terminal)
{
	struct pollfd look = { .fd = terminal };

	return poll(&look, 1, 0) == 1 && (look.revents & (POLLHUP | POLLERR));
}

static void window_changed(struct relay_loop *loop, bool by_terminal)
{
	const struct relay *relay = loop->relay;

	/* The pty tells its own foreground where the size has really changed. */
	if (relay->master >= 0 && relay->terminal.fd >= 0 && !loop->hung_up &&
	    terminal_copy_size(&relay->terminal, relay->master) == 1)
		return;
	if (relay->master < 0 || !by_terminal)
		send_on(loop, SIGWINCH, by_terminal);
}

void relay_asked(struct relay_loop *loop, int sig)
{
	loop->asked = loop->told = sig;
	loop->asked_ms = clock_now_ms();
	loop->held = 0;
}

int relay_patience(const struct relay_loop *loop)
{
	int64_t left = loop->asked_ms + PATIENCE_MS - clock_now_ms();

	return left > 0 ? (int)left : 0;
}

/* As the program, or once it has ended what carries its last words, is found where it is held. */
static bool is_held(const struct relay_loop *loop, char state, int proc_fd)
{
	if (loop->ended)
		return state == 'D';
	/* Asleep, as nearly all are, or frozen so: only its cgroup tells. */
	return state == 't' || state == 'Z' ||
	       ((state == 'D' || state == 'S') && target_process_is_frozen(proc_fd));
}

/*
 * Whether somebody in the target keeps the end of the program from us: a tracer holds it, or it is
 * dead and its leader, which with -H can be seen there and stopped, does not report it, or a cgroup
 * freezes it. Or it is what it has left in its pipes that he keeps.
 *
 * Return: its context switches until now, or 0.
 */
static uint64_t held_since(const struct relay_loop *loop)
{
	pid_t pid = loop->ended ? loop->carrier.pid : pidfd_number(loop->link->program_fd);
	_cleanup_fd_ int proc = pid <= 0 ? -EBADF : proc_open(pid);
	struct proc_stat stat;
	uint64_t switches;

	if (proc < 0 || proc_stat_read(proc, &stat) < 0 || !is_held(loop, stat.state, proc) ||
	    proc_switches_read(proc, &switches) < 0)
		return 0;
	return switches;
}

static void leave_held(struct relay_loop *loop, int sig)
{
	loop->leave = true;
	if (loop->ended)
		return;
	(void)syscall(SYS_pidfd_send_signal, loop->link->program_fd, SIGKILL, NULL, 0);
	/* The leader has nothing to report, or does not: it need not wait. */
	(void)call_shutdown(loop->link->control_fd, SHUT_RDWR);
	loop->ended = true;
	loop->wait_status = sig;
}

/*
 * Under strace(1) a program is stopped twice at each of its system calls, and most of what is seen
 * of it are such moments. It cannot go on from one to the next without a switch between them: what
 * has not switched was held all the time.
 */
void relay_insist(struct relay_loop *loop)
{
	uint64_t before = loop->held;
	int sig = loop->asked;

	loop->held = held_since(loop);
	if (loop->held && !before) {
		loop->asked_ms = clock_now_ms();
		return;
	}
	loop->asked = 0;
	if (loop->held && loop->held == before)
		leave_held(loop, sig);
	/* else it takes its time */
}

/* Whether it is sent to have the program end, as far as anybody can know. */
static bool means_end(int sig)
{
	return sig != SIGUSR1 && sig != SIGUSR2 && sig != SIGTSTP;
}

static void take(struct relay_loop *loop, int sig, bool by_terminal)
{
	const struct relay *relay = loop->relay;

	switch (sig) {
	case SIGWINCH:
		window_changed(loop, by_terminal);
		return;
	case SIGCONT:
		if (!loop->stopped)
			send_on(loop, sig, false);
		relay_goes_on(loop);
		return;
	case SIGHUP:
		send_on(loop, sig, by_terminal);
		if (relay->terminal.fd >= 0 && is_gone(relay->terminal.fd))
			relay_hang_up(loop);
		break;
	default:
		send_on(loop, sig, by_terminal);
	}
	if (means_end(sig)) {
		relay_asked(loop, sig);
		loop->leave = loop->ended;
	}
}

void relay_signals(struct relay_loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info))
		take(loop, (int)info.ssi_signo, info.ssi_code == SI_KERNEL);
}
