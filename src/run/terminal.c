/* SPDX-License-Identifier: MIT */
#include "run/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/calls.h"
#include "util/fd.h"
#include "util/macro.h"

/*
 * What a signal handler needs has to be where it can see it. @fd is set last and cleared first: a
 * handler that comes in between finds nothing to do.
 */
static struct {
	volatile sig_atomic_t fd;
	struct termios before;
} on_crash = { .fd = -EBADF };

/* All that end a process by default, and can come while a terminal is raw. */
static const int deadly[] = {
	SIGHUP,	 SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
	SIGFPE,	 SIGUSR1, SIGSEGV, SIGUSR2, SIGALRM, SIGTERM, SIGXCPU,
	SIGPROF, SIGSYS,  SIGPOLL, SIGPWR,  SIGXFSZ, SIGPIPE, SIGVTALRM,
};

static bool in_foreground(int fd)
{
	pid_t group = -1;

	/* Not our controlling terminal: it knows no jobs of ours. */
	return ioctl(fd, TIOCGPGRP, &group) < 0 || group == call_getpgid(0);
}

/* Async-signal-safe, by signal-safety(7), all of it. */
static void put_back(int sig)
{
	int fd = on_crash.fd;

	if (fd >= 0 && in_foreground(fd))
		(void)tcsetattr(fd, TCSANOW, &on_crash.before); /* nothing else can be tried */
	/* SA_RESETHAND: blocked until the handler returns, and then it does what it does. */
	(void)kill(getpid(), sig);
}

static void watch_crashes(const struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = put_back, .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	on_crash.before = terminal->before;
	on_crash.fd = terminal->fd;
	memset(&action.sa_mask, UINT8_MAX, sizeof(action.sa_mask)); /* all of them */
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		/* Neither what is ignored nor what a sanitizer reports. */
		if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(deadly[i], &action, NULL); /* a signal that exists */
}

static void ignore_crashes(void)
{
	struct sigaction old;

	on_crash.fd = -EBADF;
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler == put_back)
			(void)call_signal_default(deadly[i]); /* a signal that exists */
}

int terminal_open(struct terminal *terminal, int stream)
{
	char path[sizeof("/proc/self/fd/2147483647")];
	struct termios before;
	int fd;

	if (tcgetattr(stream, &before) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", stream); /* fits */
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	*terminal = (struct terminal){
		.fd = fd >= 0 ? fd : stream,
		.own = fd >= 0,
		.before = before,
	};
	return 0;
}

bool terminal_is_ours(const struct terminal *terminal)
{
	return in_foreground(terminal->fd);
}

bool terminal_adds_cr(const struct terminal *terminal)
{
	const tcflag_t both = OPOST | ONLCR;

	return terminal->fd >= 0 && (terminal->before.c_oflag & both) == both;
}

/* As cfmakeraw(3) does: nothing of what passes is understood or changed. */
static void make_raw(struct termios *settings)
{
	settings->c_iflag &=
		~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	settings->c_oflag &= ~(tcflag_t)OPOST;
	settings->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	settings->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	settings->c_cflag |= CS8;
	settings->c_cc[VMIN] = 1;
	settings->c_cc[VTIME] = 0;
}

static struct termios settings_for(const struct terminal *terminal, enum terminal_mode mode)
{
	struct termios raw = terminal->before;

	if (mode == TERMINAL_KEPT)
		return raw;
	make_raw(&raw);
	if (mode == TERMINAL_LENT)
		raw.c_oflag = terminal->before.c_oflag;
	return raw;
}

int terminal_set(struct terminal *terminal, enum terminal_mode mode)
{
	struct termios settings;
	int r = 0;

	if (terminal->fd < 0 || (mode == TERMINAL_KEPT && terminal->mode == TERMINAL_KEPT))
		return 0;
	/* Another job has it now, and its own settings. */
	if (!in_foreground(terminal->fd)) {
		if (mode == TERMINAL_KEPT) {
			terminal->mode = mode;
			ignore_crashes();
		}
		return 0;
	}
	if (terminal->mode == TERMINAL_KEPT) {
		/* It may have been changed while it was not ours. */
		if (tcgetattr(terminal->fd, &terminal->before) < 0)
			return -errno;
		watch_crashes(terminal);
	}
	settings = settings_for(terminal, mode);
	/* At once: waiting for a terminal that takes no output could take for ever. */
	if (tcsetattr(terminal->fd, TCSANOW, &settings) < 0)
		r = -errno;
	terminal->mode = mode;
	if (mode == TERMINAL_KEPT)
		ignore_crashes();
	return r;
}

int terminal_copy_size(const struct terminal *terminal, int master)
{
	struct winsize now, size;

	if (ioctl(terminal->fd, TIOCGWINSZ, &size) < 0 || ioctl(master, TIOCGWINSZ, &now) < 0)
		return -errno;
	if (now.ws_row == size.ws_row && now.ws_col == size.ws_col &&
	    now.ws_xpixel == size.ws_xpixel && now.ws_ypixel == size.ws_ypixel)
		return 0;
	return ioctl(master, TIOCSWINSZ, &size) < 0 ? -errno : 1;
}

int terminal_copy(const struct terminal *terminal, int master)
{
	struct termios settings = terminal->before;
	int r;

	/* Output of a program that does not have the foreground is not to stop it: it is our pty's
	 * foreground that this is about, and the terminal's own setting still holds for us. */
	settings.c_lflag &= ~(tcflag_t)(TOSTOP | EXTPROC | FLUSHO | PENDIN);
	if (tcsetattr(master, TCSANOW, &settings) < 0)
		return -errno;
	r = terminal_copy_size(terminal, master);
	return r < 0 ? r : 0;
}

void terminal_done(struct terminal *terminal)
{
	int keep = errno;

	(void)terminal_set(terminal, TERMINAL_KEPT); /* nothing else can be tried */
	if (terminal->own)
		(void)fd_close(terminal->fd); /* -EBADF */
	*terminal = (struct terminal)TERMINAL_INIT;
	errno = keep;
}
