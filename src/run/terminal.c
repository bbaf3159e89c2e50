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
	struct termios before, lent;
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

/* But for the wire: a pty has none, and its driver sets that as it likes. */
static bool is_alike(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag &&
	       memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

static bool is_same(const struct termios *a, const struct termios *b)
{
	return is_alike(a, b) && a->c_cflag == b->c_cflag;
}

/* Async-signal-safe, by signal-safety(7), all of it. */
static int restore(int fd, const struct termios *before, const struct termios *lent)
{
	struct termios now;

	/* Another of the job has changed them since: they are its own, and for it to put back. */
	if (tcgetattr(fd, &now) == 0 && !is_same(&now, lent))
		return 0;
	/* At once: waiting for a terminal that takes no output could take for ever. */
	return tcsetattr(fd, TCSANOW, before) < 0 ? -errno : 0;
}

/* Likewise. */
static void put_back(int sig)
{
	int fd = on_crash.fd;

	if (fd >= 0 && in_foreground(fd))
		/* nothing else can be tried */
		(void)restore(fd, &on_crash.before, &on_crash.lent);
	/* SA_RESETHAND: blocked until the handler returns, and then it does what it does. */
	(void)kill(getpid(), sig);
}

static void watch_crashes(const struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = put_back, .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	on_crash.before = terminal->before;
	on_crash.lent = terminal->lent;
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

/*
 * Ends of lines, which mean nothing to a terminal without lines: they tell settings of ours from
 * those of a caller who likes his terminal raw.
 */
enum {
	MARK_EOL = 'n',
	MARK_EOL2 = 'j'
};

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
	settings->c_cc[VEOL] = MARK_EOL;
	settings->c_cc[VEOL2] = MARK_EOL2;
}

/* Made by another of us: it uses the terminal at the moment, or was killed while it did. */
static bool is_lent(const struct termios *settings)
{
	struct termios raw = *settings;

	make_raw(&raw);
	raw.c_oflag = settings->c_oflag; /* TERMINAL_LENT */
	return is_same(&raw, settings);
}

/* What can be known of the settings that another of us has found: they are those of a shell. */
static void make_sane(struct termios *settings)
{
	settings->c_iflag |= ICRNL | IXON;
	settings->c_oflag |= OPOST;
	settings->c_lflag |= ECHO | ICANON | ISIG | IEXTEN;
	settings->c_cc[VEOL] = _POSIX_VDISABLE;
	settings->c_cc[VEOL2] = _POSIX_VDISABLE;
}

int terminal_open(struct terminal *terminal, int stream)
{
	char link[FD_LINK_MAX];
	struct termios before;
	int fd;

	if (tcgetattr(stream, &before) < 0)
		return -errno;
	if (is_lent(&before))
		make_sane(&before);
	fd = open(fd_link(stream, link), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
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

static struct termios settings_for(const struct terminal *terminal, enum terminal_mode mode)
{
	struct termios raw = terminal->before;

	make_raw(&raw);
	if (mode == TERMINAL_LENT)
		raw.c_oflag = terminal->before.c_oflag;
	return raw;
}

static int lend(struct terminal *terminal, enum terminal_mode mode)
{
	struct termios now;

	if (terminal->mode == TERMINAL_KEPT) {
		/* It may have been changed while it was not ours. */
		if (tcgetattr(terminal->fd, &now) < 0)
			return -errno;
		if (!is_lent(&now))
			terminal->before = now;
	}
	terminal->lent = settings_for(terminal, mode);
	watch_crashes(terminal);
	terminal->mode = mode;
	if (tcsetattr(terminal->fd, TCSANOW, &terminal->lent) < 0) /* at once, as above */
		return -errno;
	/* A driver leaves out what it cannot do. */
	if (tcgetattr(terminal->fd, &now) == 0)
		on_crash.lent = terminal->lent = now;
	return 0;
}

static int keep(struct terminal *terminal, bool ours)
{
	int r = ours ? restore(terminal->fd, &terminal->before, &terminal->lent) : 0;

	terminal->mode = TERMINAL_KEPT;
	ignore_crashes();
	return r;
}

int terminal_set(struct terminal *terminal, enum terminal_mode mode)
{
	bool ours;

	if (terminal->fd < 0 || (mode == TERMINAL_KEPT && terminal->mode == TERMINAL_KEPT))
		return 0;
	/* Else another job has it now, and its own settings. */
	ours = in_foreground(terminal->fd);
	if (mode == TERMINAL_KEPT)
		return keep(terminal, ours);
	return ours ? lend(terminal, mode) : 0;
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

static struct termios settings_inside(const struct terminal *terminal)
{
	struct termios settings = terminal->before;

	/* Output of a program that does not have the foreground is not to stop it: it is our pty's
	 * foreground that this is about, and the terminal's own setting still holds for us. */
	settings.c_lflag &= ~(tcflag_t)(TOSTOP | EXTPROC | FLUSHO | PENDIN);
	return settings;
}

static int give(struct terminal *terminal, int master, const struct termios *settings)
{
	if (tcsetattr(master, TCSANOW, settings) < 0)
		return -errno;
	terminal->given = *settings;
	return 0;
}

int terminal_copy(struct terminal *terminal, int master)
{
	const struct termios settings = settings_inside(terminal);
	int r = give(terminal, master, &settings);

	if (r == 0)
		r = terminal_copy_size(terminal, master);
	return r < 0 ? r : 0;
}

int terminal_follow(struct terminal *terminal, int master)
{
	const struct termios settings = settings_inside(terminal);
	struct termios now;

	if (terminal->mode == TERMINAL_KEPT || is_alike(&settings, &terminal->given))
		return 0;
	if (tcgetattr(master, &now) < 0)
		return -errno;
	/* Else the program has made its own of them. */
	return is_alike(&now, &terminal->given) ? give(terminal, master, &settings) : 0;
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
