/* SPDX-License-Identifier: MIT */
/*
 * A process to look with: it is made for one question, may do what would change us or hang us, and
 * is killed when it takes too long.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/facts.h"
#include "util/error.h"

/*
 * What the process does. It writes its answer to @out and returns 0, or a status from 1 to 255,
 * whose meaning is the caller's, where it has none; what it writes to memory is lost, @ctx included.
 */
typedef int disposable_work(void *ctx, int out);

struct disposable {
	disposable_work *work;
	void *ctx;
	const struct facts
		*facts;	  /* of the target: whether the caller has more open than streams */
	const char *what; /* what is looked at, for messages */
	/* The work is reading and nothing else: it is done in the caller's memory, which saves the
	 * copy. Nobody can look into the caller either from there on. */
	bool reads;
};

/*
 * disposable_ask() - have the work done in a process of its own, which keeps nothing of the caller's
 * open, and read what it writes
 * @answer: room for @most bytes; the process writes at least @least
 *
 * What is left of the room stays as it is. Return: 0 with the whole answer, the positive status that
 * the work returned, or a negative errno with @err filled: -ETIMEDOUT past the deadline, another one
 * where the process was killed, which said nothing then.
 */
int disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
		   struct error *err);
