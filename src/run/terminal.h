/* SPDX-License-Identifier: MIT */
/*
 * The caller's terminal, while a pty stands for it inside: when its settings change, and that they
 * are put back on every way out.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "util/error.h"

/* Whose the terminal is at the moment. */
enum terminal_mode {
	TERMINAL_KEPT, /* the caller's, untouched */
	TERMINAL_LENT, /* the program's keys go inside; others still write to it: output unchanged */
	TERMINAL_RAW,  /* all of it goes inside */
};

struct terminal {
	int fd;	  /* for keys, output and settings; -EBADF: no stream is a terminal */
	bool own; /* @fd is an open file of its own, O_NONBLOCK: else one of the caller's */
	enum terminal_mode mode;
	struct termios before; /* the settings to put back */
	struct termios lent;   /* and those that were made instead */
	struct termios given;  /* what a pty has got of the former */
};

#define TERMINAL_INIT                                                                              \
	{                                                                                          \
		.fd = -EBADF                                                                       \
	}

/*
 * terminal_open() - the terminal that @stream is
 *
 * Opened once more, since O_NONBLOCK on the caller's own would be the shell's, too. Where that is
 * not allowed the caller's is borrowed.
 * Return: 0 or -errno.
 */
int terminal_open(struct terminal *terminal, int stream);

/* terminal_is_ours() - whether we are in its foreground, or it is not a terminal with jobs for us */
bool terminal_is_ours(const struct terminal *terminal);

/*
 * terminal_set() - change what the terminal is used for
 *
 * TERMINAL_KEPT puts its settings back, if nobody else has changed them since: with two of us in
 * one pipeline the last puts back what was before the first. Only in the foreground: else it does
 * nothing. Crashes put the settings back as well.
 * Return: 0 or -errno.
 */
int terminal_set(struct terminal *terminal, enum terminal_mode mode);

/*
 * terminal_copy() - give a pty, by its master, the settings that the terminal had before, and size
 * terminal_copy_size() - the size alone. Return: 1 where it has changed, 0 where not, or -errno.
 */
int terminal_copy(struct terminal *terminal, int master);
int terminal_copy_size(const struct terminal *terminal, int master);

/*
 * terminal_follow() - give the pty what has become of the settings since, once the terminal is lent
 *
 * In the background they were those of a shell that edits its own line. Does nothing where the
 * program has changed what it was given.
 * Return: 0 or -errno.
 */
int terminal_follow(struct terminal *terminal, int master);

/* terminal_adds_cr() - whether a line feed becomes CR LF where its settings are the caller's */
bool terminal_adds_cr(const struct terminal *terminal);

/* terminal_done() - put the settings back, close what is ours, leave TERMINAL_INIT behind. */
void terminal_done(struct terminal *terminal);
