/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON documents that others wrote, by json-c. The library is loaded when a document has to
 * be parsed and not before; the structure here hides it from everybody else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "util/macro.h"

enum {
	JSONDOC_DEPTH_MAX = 32,
	JSONDOC_SIZE_MAX = 4 << 20,
};

struct jsondoc {
	struct jsondoc_content *content; /* heap, or NULL */
};

/*
 * jsondoc_parse() - a whole document from text
 * @ret_doc: to be released by jsondoc_done()
 *
 * Text that is not exactly one JSON value, is nested deeper than JSONDOC_DEPTH_MAX or longer than
 * JSONDOC_SIZE_MAX is refused.
 * Return: 0, -ELIBACC where json-c is missing, -EBADMSG, -EFBIG or -ENOMEM, with @err filled.
 */
int jsondoc_parse(const char *text, size_t size, struct jsondoc *ret_doc, struct error *err);

/*
 * The value at a path of keys, "State/Pid", from the top: only there, never deeper down. Items of
 * arrays are numbered from 0: "names/0". A key that holds a "/" is written with "~1" for it, one
 * that holds a "~" with "~0".
 * jsondoc_string() returns text owned by the document, or NULL where there is no string.
 * The others return 0, or -ENOENT where there is no value of that type.
 */
const char *jsondoc_string(const struct jsondoc *doc, const char *path);
int jsondoc_int(const struct jsondoc *doc, const char *path, int64_t *ret_value);
int jsondoc_bool(const struct jsondoc *doc, const char *path, bool *ret_value);

/* jsondoc_count() - how many items the array at a path has; 0 where there is no array */
size_t jsondoc_count(const struct jsondoc *doc, const char *path);

void jsondoc_done(struct jsondoc *doc);

#define _cleanup_jsondoc_ _cleanup_(jsondoc_done)
