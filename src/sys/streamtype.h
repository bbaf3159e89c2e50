/* SPDX-License-Identifier: MIT */
/* What a standard stream of the caller's can be, as plain values: no call is made for these. */
#pragma once

#include <stdbool.h>

enum {
	STREAMS = 3 /* standard input, output and error */
};

enum stream_kind {
	STREAM_TERMINAL,
	STREAM_SEEKABLE,  /* a regular file, a block device: what was read can be given back */
	STREAM_PIPE,	  /* or a FIFO */
	STREAM_SOCKET,	  /* of a stream or a packet kind */
	STREAM_NULL,	  /* the null device */
	STREAM_DIRECTORY, /* a way into the caller's files, and good for nothing else */
	STREAM_OTHER,	  /* another device */
};

struct stream_fact {
	enum stream_kind kind;
	bool readable, writable; /* as it was opened */
	/* The first stream that shares the open file, or is the same terminal: often this one. */
	int same_file, same_terminal;
};
