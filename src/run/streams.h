/* SPDX-License-Identifier: MIT */
/*
 * Bytes from one descriptor to another without ever waiting in a read or a write: the loop of
 * relay_run() polls and calls. What is nsjoin's own is O_NONBLOCK; what is the caller's is not, since
 * that would change it for the caller's other processes.
 *
 * From input_wait() and output_begin() on nothing here takes memory or touches errno: pipes are carried
 * by a process that shares both with us, see carrier.h.
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "sys/streamtype.h"

/* Events to wait for on both sides; fd is -1 where there is nothing to wait for. */
struct stream_wait {
	struct pollfd from, to;
};

/* How what was read can be made to look unread. */
enum input_kind {
	INPUT_NONE, /* nothing is carried */
	INPUT_SEEK, /* a file: read ahead, and seek back over the rest */
	INPUT_TEE,  /* a pipe: tee(2), and take away what the program has read */
	INPUT_PEEK, /* a socket: MSG_PEEK likewise */
	INPUT_READ, /* not at all: read one page ahead at most */
};

/* From a stream of the caller's into the program's pipe or pty. */
struct input {
	enum input_kind kind;
	int from;	  /* borrowed */
	int to;		  /* O_NONBLOCK; owned, or the borrowed master of a pty */
	int unread;	  /* INPUT_SEEK: the other end of @to, to take back what is left; owned */
	bool to_pty;	  /* @to is a master */
	bool wanted;	  /* someone reads: else @from is left alone */
	bool ended;	  /* no more will come from @from */
	bool interrupted; /* a ^C was among the keys; whoever looks at it takes it back */
	bool full;	  /* @to took nothing, though it should be empty: others can write to it */
	int errnum;	  /* why, or 0 at its end */
	size_t carried;	  /* INPUT_SEEK: how much was read of @from in all */
	size_t pending;	  /* bytes that @to was given and that are still in @from, too */
	char *buf;	  /* heap: what was read, and not yet written, is from @at to @have */
	size_t at, have;  /* in @buf */
};

#define INPUT_INIT                                                                                 \
	{                                                                                          \
		.from = -EBADF, .to = -EBADF, .unread = -EBADF                                     \
	}

/*
 * input_open_pipe() - carry the stream @from into a pipe
 * @ret_program: the end for the program, O_CLOEXEC; owned by the caller
 *
 * Return: 0 or -errno.
 */
int input_open_pipe(struct input *input, int from, const struct stream_fact *fact,
		    int *ret_program);

/* input_open_pty() - carry @from into @master; nothing is read before @wanted is set. */
int input_open_pty(struct input *input, int from, int master);

/* input_wait() - what is waited for */
struct stream_wait input_wait(const struct input *input);

/* input_move() - carry what is there, after @wait was polled. Never waits. */
void input_move(struct input *input, const struct stream_wait *wait);

/* input_end() - no more will come: the program sees the end when it has read what is there */
void input_end(struct input *input);

/* input_close() - its own descriptors; the memory stays */
void input_close(struct input *input);

/* input_give_back() - after the program's end: make unread what it has not read */
void input_give_back(struct input *input);

void input_done(struct input *input);

/* From the program's pipe or pty to a stream of the caller's. */
struct output {
	int from;	       /* O_NONBLOCK; owned, or the borrowed master of a pty */
	bool from_pty;	       /* @from is a master */
	int to;		       /* borrowed */
	enum stream_kind kind; /* of @to */
	bool own;	       /* @to is an open file of our own, O_NONBLOCK */
	bool cooked;	       /* @to makes CR LF of LF: the CR that is there already is left out */
	bool ended;	       /* no more will come from @from, or can be written */
	int errnum;	       /* why it cannot be written, or 0 */
	size_t more;	       /* after the program's end: bytes that may still be its own */
	bool ending;	       /* @more counts */
	char *buf;	       /* heap: what was read, and not yet written, is from @at to @have */
	size_t at, have;       /* in @buf */
};

#define OUTPUT_INIT                                                                                \
	{                                                                                          \
		.from = -EBADF, .to = -EBADF                                                       \
	}

/* output_open_pipe() - carry a pipe to the stream @to; as input_open_pipe() */
int output_open_pipe(struct output *output, int to, const struct stream_fact *fact,
		     int *ret_program);

/*
 * output_open_pty() - carry what @master has to @to
 * @own: @to is an open file of our own
 */
int output_open_pty(struct output *output, int master, int to, enum stream_kind kind, bool own);

/*
 * output_use_buffer() - get the memory for what is carried. Return: 0 or -ENOMEM.
 * output_begin()      - whoever carries a pipe, before all that follows
 */
int output_use_buffer(struct output *output);
void output_begin(struct output *output);

/* output_wait(), output_move() - as for the input */
struct stream_wait output_wait(const struct output *output);
void output_move(struct output *output, const struct stream_wait *wait);

/*
 * output_end() - the program has ended: from now on only what it has left
 *
 * What others write who still hold the other side is not waited for.
 */
void output_end(struct output *output);

/* output_is_done() - whether nothing is left to be written */
bool output_is_done(const struct output *output);

/* output_break() - the other side is gone: forget what is left, and let the program notice it */
void output_break(struct output *output, int errnum);

/* output_close() - as input_close() */
void output_close(struct output *output);

void output_done(struct output *output);
