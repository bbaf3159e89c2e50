/* SPDX-License-Identifier: MIT */
/*
 * What a process has to say that follows paths of the target's. It may wait there for ever, and not
 * even be killed: so it holds none of the caller's streams, on whose end somebody may be waiting.
 */
#pragma once

#include <errno.h>

#include "util/macro.h"

struct words {
	int in, out; /* the parent's end and the child's; owned */
};

#define WORDS_NONE                                                                                 \
	{                                                                                          \
		.in = -EBADF, .out = -EBADF                                                        \
	}

/* words_open() - before the fork. Return: 0, or -errno. */
int words_open(struct words *words);

/*
 * words_replace() - in the child: a standard stream is let go of
 * Return: 0, or -errno.
 */
int words_replace(const struct words *words, int stream);

/* words_pass_on() - say what the child has said so far. Never waits. */
void words_pass_on(const struct words *words);

void words_done(struct words *words);

#define _cleanup_words_ _cleanup_(words_done)
