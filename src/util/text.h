/* SPDX-License-Identifier: MIT */
/* Text that grows as it is written to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

struct text {
	char *buf; /* heap, NUL terminated once anything was written */
	size_t used, size;
	bool failed; /* memory ran out; the text is incomplete */
};

/* text_done() - free the text and leave the empty one behind */
void text_done(struct text *t);

/* text_add() - append; what fails is told by @t->failed and by text_take() */
void text_add(struct text *t, const char *fmt, ...) _printf_(2, 3);

/* text_add_escaped() - untrusted text, made harmless for a terminal and for one line */
void text_add_escaped(struct text *t, const char *value);

/* text_take() - hand the text over. Return: heap, "" if nothing was written; NULL without memory. */
char *text_take(struct text *t);

#define _cleanup_text_ _cleanup_(text_done)
