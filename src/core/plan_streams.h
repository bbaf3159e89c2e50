/* SPDX-License-Identifier: MIT */
/* Which way each standard stream of the program goes when it runs isolated from the caller. */
#pragma once

#include <stdbool.h>

#include "core/request.h"
#include "sys/streamtype.h"
#include "util/error.h"

enum stream_way {
	WAY_PASS, /* the caller's own descriptor */
	WAY_PTY,  /* the pty of the program */
	WAY_PIPE, /* a pipe of nsjoin's own */
};

struct stream_plan {
	enum stream_way way;
	int with; /* WAY_PIPE: the stream whose pipe this one shares, or the stream itself */
};

/*
 * plan_streams() - decide for all three
 * @relay: false for --stdio=pass
 *
 * Return: 0 with @ret filled, or -EISDIR with @err filled for a directory as standard input.
 */
int plan_streams(const struct stream_fact stream[STREAMS], enum pty_mode pty, bool relay,
		 struct stream_plan ret[STREAMS], struct error *err);
