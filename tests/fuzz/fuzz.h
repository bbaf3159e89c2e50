/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target is one file that defines LLVMFuzzerTestOneInput(): it gives
 * the input to a parser and states what must hold of any result.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/macro.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What holds whatever the input is. The fuzzer takes a trap for a crash and keeps the input. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,    \
				      #condition);                                                 \
			__builtin_trap();                                                          \
		}                                                                                  \
	} while (0)

/* fuzz_text() - the input as text on the heap, exactly as long: reading past its end is seen */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* fuzz_line() - cut the first line off @data. Return: it, on the heap. */
static inline char *fuzz_line(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
	size_t n = end ? (size_t)(end - *data) : *size;
	char *line = fuzz_text(*data, n);

	n += end != NULL;
	*data += n;
	*size -= n;
	return line;
}

/* fuzz_is_clean() - whether a text has no byte that a line of a terminal cannot show */
static inline bool fuzz_is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}
