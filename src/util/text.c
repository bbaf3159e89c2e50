/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/escape.h"

void text_done(struct text *t)
{
	free(t->buf);
	*t = (struct text){ 0 };
}

static bool make_room(struct text *t, size_t more)
{
	size_t size = MAX(t->size * 2, t->used + more + 128);
	char *buf;

	if (t->failed || t->used + more < t->size)
		return !t->failed;
	buf = realloc(t->buf, size);
	if (!buf) {
		t->failed = true;
		return false;
	}
	t->buf = buf;
	t->size = size;
	return true;
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0 || !make_room(t, (size_t)n + 1)) {
		t->failed = true;
		return;
	}
	va_start(args, fmt);
	(void)vsnprintf(t->buf + t->used, (size_t)n + 1, fmt, args); /* measured above */
	va_end(args);
	t->used += (size_t)n;
}

void text_add_escaped(struct text *t, const char *value)
{
	_cleanup_free_ char *clean = escape_text(value);

	if (clean)
		text_add(t, "%s", clean);
	else
		t->failed = true;
}

char *text_take(struct text *t)
{
	char *ret;

	if (t->failed) {
		text_done(t);
		return NULL;
	}
	ret = t->buf ? steal_pointer(&t->buf) : strdup("");
	*t = (struct text){ 0 };
	return ret;
}
