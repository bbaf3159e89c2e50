/* SPDX-License-Identifier: MIT */
#include "core/plan_streams.h"

#include <errno.h>

/* The terminal that the pty stands for; another one is reached by a pipe. */
static int first_terminal(const struct stream_fact stream[STREAMS])
{
	for (int i = 0; i < STREAMS; i++)
		if (stream[i].kind == STREAM_TERMINAL)
			return i;
	return -1;
}

static enum stream_way way_of(const struct stream_fact *stream, int terminal, enum pty_mode pty,
			      bool relay)
{
	bool is_terminal = stream->kind == STREAM_TERMINAL;

	if (pty == PTY_ALWAYS)
		return WAY_PTY;
	if (is_terminal && pty == PTY_AUTO)
		return stream->same_terminal == terminal ? WAY_PTY : WAY_PIPE;
	return relay ? WAY_PIPE : WAY_PASS;
}

/* One pipe for one open file, so that what is written to both keeps its order. */
static int pipe_of(int i, const struct stream_fact stream[STREAMS],
		   const struct stream_plan plan[STREAMS])
{
	for (int k = 1; k < i; k++) {
		if (plan[k].way != WAY_PIPE)
			continue;
		if (stream[i].same_file == stream[k].same_file)
			return k;
		if (stream[i].kind == STREAM_TERMINAL &&
		    stream[i].same_terminal == stream[k].same_terminal)
			return k;
	}
	return i;
}

int plan_streams(const struct stream_fact stream[STREAMS], enum pty_mode pty, bool relay,
		 struct stream_plan ret[STREAMS], struct error *err)
{
	int terminal = first_terminal(stream);

	if (relay && stream[0].kind == STREAM_DIRECTORY) {
		error_set(err, ERROR_USAGE, EISDIR, "standard input");
		error_hint(err, "it would be the program's way into a directory of yours; use "
				"--stdio=pass to give it to the program all the same");
		return -EISDIR;
	}
	for (int i = 0; i < STREAMS; i++) {
		ret[i].way = way_of(&stream[i], terminal, pty, relay);
		ret[i].with = ret[i].way == WAY_PIPE ? pipe_of(i, stream, ret) : i;
	}
	return 0;
}
