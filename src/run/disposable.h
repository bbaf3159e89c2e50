/* SPDX-License-Identifier: MIT */
/*
 * A process to look with: it is made for one question, may do what would change us or hang us, and
 * is killed when it takes too long.
 */
#pragma once

#include <stddef.h>

#include "util/error.h"

/*
 * What the process does: @ctx is the caller's memory, a copy of it. It writes its answer to @out
 * and returns 0, or a status from 1 to 255 where it has none.
 */
typedef int disposable_work(void *ctx, int out);

/*
 * disposable_ask() - run @work in a process of its own and read what it writes
 * @answer, @least, @most: room for the answer, and the bytes that it has
 * @what:                  what is looked at, for messages
 *
 * What is left of the room stays as it is. Return: 0 with the whole answer, the positive status of a process that had none, or a negative
 * errno with @err filled: -ETIMEDOUT past the deadline.
 */
int disposable_ask(disposable_work *work, void *ctx, void *answer, size_t least, size_t most,
		   const char *what, struct error *err);
