/* SPDX-License-Identifier: MIT */
#include "util/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

static void put(struct json *j, const char *text, size_t n)
{
	if (j->failed)
		return;
	if (j->used + n + 1 > j->size) {
		size_t size = MAX(j->size * 2, j->used + n + 256);
		char *more = realloc(j->text, size);

		if (!more) {
			j->failed = true;
			return;
		}
		j->text = more;
		j->size = size;
	}
	memcpy(j->text + j->used, text, n);
	j->used += n;
	j->text[j->used] = '\0';
}

static void put_text(struct json *j, const char *text)
{
	put(j, text, strlen(text));
}

static void put_char(struct json *j, unsigned char c)
{
	char buf[sizeof("\\u0000")];
	int n;

	switch (c) {
	case '"':
		put_text(j, "\\\"");
		return;
	case '\\':
		put_text(j, "\\\\");
		return;
	case '\n':
		put_text(j, "\\n");
		return;
	case '\t':
		put_text(j, "\\t");
		return;
	}
	if (c >= 0x20 && c != 0x7f) {
		put(j, (const char *)&c, 1);
		return;
	}
	n = snprintf(buf, sizeof(buf), "\\u%04x", c);
	put(j, buf, (size_t)n);
}

/* A character by its number: legal JSON either way, but harmless on a terminal. */
static void put_escape(struct json *j, uint32_t c)
{
	char buf[sizeof("\\u0000")];

	/* All that steer are below U+10000. */
	put(j, buf, (size_t)snprintf(buf, sizeof(buf), "\\u%04x", c & 0xffff));
}

static void put_quoted(struct json *j, const char *value)
{
	put_text(j, "\"");
	while (*value) {
		size_t n = utf8_length(value);

		if (n == 0) {
			put_text(j, "\\ufffd");
			value++;
		} else if (n == 1) {
			put_char(j, (unsigned char)*value++);
		} else if (utf8_is_control(value, n)) {
			put_escape(j, utf8_decode(value, n));
			value += n;
		} else {
			put(j, value, n);
			value += n;
		}
	}
	put_text(j, "\"");
}

static void begin_value(struct json *j, const char *key)
{
	if (j->comma)
		put_text(j, ",");
	if (key) {
		put_quoted(j, key);
		put_text(j, ":");
	}
	j->comma = true;
}

static void open_with(struct json *j, const char *key, const char *bracket)
{
	begin_value(j, key);
	put_text(j, bracket);
	j->comma = false;
}

static void close_with(struct json *j, const char *bracket)
{
	put_text(j, bracket);
	j->comma = true;
}

void json_done(struct json *j)
{
	free(j->text);
	*j = (struct json){ 0 };
}

void json_object(struct json *j, const char *key)
{
	open_with(j, key, "{");
}

void json_object_end(struct json *j)
{
	close_with(j, "}");
}

void json_array(struct json *j, const char *key)
{
	open_with(j, key, "[");
}

void json_array_end(struct json *j)
{
	close_with(j, "]");
}

void json_string(struct json *j, const char *key, const char *value)
{
	if (!value) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	put_quoted(j, value);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
	char buf[sizeof("18446744073709551615")];

	begin_value(j, key);
	put(j, buf, (size_t)snprintf(buf, sizeof(buf), "%" PRIu64, value));
}

void json_int(struct json *j, const char *key, int value)
{
	char buf[sizeof("18446744073709551615")];

	begin_value(j, key);
	put(j, buf, (size_t)snprintf(buf, sizeof(buf), "%d", value));
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	put_text(j, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	put_text(j, "null");
}

void json_uint_or_null(struct json *j, const char *key, bool known, uint64_t value)
{
	if (known)
		json_uint(j, key, value);
	else
		json_null(j, key);
}

void json_end_line(struct json *j)
{
	put_text(j, "\n");
}
