/* SPDX-License-Identifier: MIT */
/*
 * Bytes from one descriptor to another without ever waiting in a read or a write: the loop of
 * relay_run() polls and calls. Three of nsjoin's own kinds of descriptors are O_NONBLOCK; those of
 * the caller's are not, since that would change them for the caller's other processes.
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "sys/streamtype.h"

/* How what was read can be made to look unread. */
enum input_kind {
	INPUT_EMPTY, /* there is nothing to read */
	INPUT_SEEK,  /* read ahead, and seek back over the rest */
	INPUT_TEE,   /* a pipe: tee(2), and take away what the program has read */
	INPUT_PEEK,  /* a socket: MSG_PEEK likewise */
	INPUT_READ,  /* not at all: read no more than one page ahead */
};

/* From a stream of the caller's into the program's pipe or pty. */
struct input {
	enum input_kind kind;
	int from;	 /* borrowed */
	int to;		 /* O_NONBLOCK */
	bool to_pty;	 /* @to is a master, borrowed; else a pipe, owned */
	bool wanted;	 /* someone reads: else @from is left alone */
	bool ended;	 /* no more will come from @from */
	size_t pending;	 /* bytes that @to holds and that are still in @from, too */
	char *buf;	 /* read from @from, not yet written to @to: from @at to @have */
	size_t at, have; /* INPUT_BUFFER at most */
};

#define INPUT_INIT                                                                                 \
	{                                                                                          \
		.from = -EBADF, .to = -EBADF                                                       \
	}

/* From the program's pipe or pty to a stream of the caller's. */
struct output {
	int from;	       /* O_NONBLOCK */
	bool from_pty;	       /* @from is a master, borrowed; else a pipe, owned */
	int to;		       /* borrowed */
	enum stream_kind kind; /* of @to */
	bool nonblock;	       /* @to is an open file of our own: writes never wait */
	bool cooked;	       /* @to makes CR LF of the LF: the CR before it is left out */
	bool ended;	       /* no more will come from @from */
	char *buf;
	size_t at, have;
};

#define OUTPUT_INIT                                                                                \
	{                                                                                          \
		.from = -EBADF, .to = -EBADF                                                       \
	}
