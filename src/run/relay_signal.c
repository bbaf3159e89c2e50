/* SPDX-License-Identifier: MIT */
/* Signals that are sent to us are for the program. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/relay_loop.h"
#include "util/macro.h"

/* Since Linux 6.9; its header may be older. */
#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)
#endif

static const int relayed[] = { SIGTERM, SIGHUP,	  SIGINT,  SIGQUIT, SIGUSR1,
			       SIGUSR2, SIGWINCH, SIGCONT, SIGTSTP };

/* What the caller ignores stays ignored: nohup, and the jobs of a shell without job control. */
static bool is_ignored(int sig)
{
	struct sigaction action;

	return sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int relay_watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(relayed); i++)
		if (!is_ignored(relayed[i]))
			sigaddset(&set, relayed[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
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
	if (loop->ended && sig != SIGUSR1 && sig != SIGUSR2 && sig != SIGTSTP)
		loop->leave = true;
}

void relay_signals(struct relay_loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info))
		take(loop, (int)info.ssi_signo, info.ssi_code == SI_KERNEL);
}
