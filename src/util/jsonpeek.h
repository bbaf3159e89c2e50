/* SPDX-License-Identifier: MIT */
/*
 * A few values out of a JSON text, read where they stand: no document is built and no library loaded
 * for it. It answers for plain texts only and leaves all others to the parser (sys/jsondoc.h), so
 * that it never says anything else than that would. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum jsonpeek_kind {
	JSONPEEK_NONE, /* there is no such value, or it is null, an object or an array */
	JSONPEEK_STRING,
	JSONPEEK_NUMBER,
	JSONPEEK_BOOL,
};

/* One value that is wanted. */
struct jsonpeek {
	const char *path; /* keys from the top: "State/Pid"; no numbers of items */
	enum jsonpeek_kind kind;
	const char *at; /* in the text: what is between the quotes, the digits, "true" */
	size_t n;
};

enum {
	JSONPEEK_MAX = 8 /* values at once */
};

/*
 * jsonpeek_read() - look for values
 * @want: path filled by the caller, the rest by this
 *
 * Plain is a text that is exactly one JSON object or array, nested no deeper than such files are, in
 * which the values that are wanted stand once, strings of them without escapes.
 * Return: whether it is, and all of @want can be relied on.
 */
bool jsonpeek_read(const char *text, size_t n, struct jsonpeek *want, size_t count);
