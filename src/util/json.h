/* SPDX-License-Identifier: MIT */
/*
 * A writer of JSON text into a growing buffer: order as called, strings escaped, bytes that are
 * not valid UTF-8 replaced by U+FFFD so that the output always parses.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

struct json {
	char *text; /* heap, NUL terminated once anything was written */
	size_t used, size;
	bool comma;  /* the next value needs one */
	bool failed; /* memory ran out; text is incomplete */
};

/* json_done() - free the text and leave the empty one behind */
void json_done(struct json *j);

/* What fails is told by @j->failed. A NULL @key writes a bare value, as inside an array or at the top. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_string(struct json *j, const char *key, const char *value); /* NULL writes null */
void json_uint(struct json *j, const char *key, uint64_t value);
void json_int(struct json *j, const char *key, int value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_uint_or_null(struct json *j, const char *key, bool known, uint64_t value);

/* json_end_line() - a newline after the last value, for output read line by line */
void json_end_line(struct json *j);

#define _cleanup_json_ _cleanup_(json_done)
