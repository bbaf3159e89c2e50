/* SPDX-License-Identifier: MIT */
/* Text in columns. Pure: the cells were made harmless before, the terminal was asked by others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "show/color.h"
#include "util/macro.h"
#include "util/text.h"

struct table_column {
	const char *heading; /* borrowed */
	bool right;	     /* numbers */
	bool whole;	     /* never cut: it is there to be typed again */
};

struct cell {
	char *text; /* heap */
	enum color color;
};

struct table {
	const struct table_column *column; /* borrowed */
	size_t columns;
	struct cell *cell; /* heap, row by row */
	size_t n, size;	   /* cells */
	bool failed;	   /* memory ran out */
};

struct table_style {
	bool headings, color;
	size_t width; /* of the terminal: cells are cut to fit; 0: nothing is cut */
};

/* table_add() - the next cell, escaped here */
void table_add(struct table *t, const char *value, enum color color);

/* table_add_clean() - the same for text that was escaped already */
void table_add_clean(struct table *t, const char *text, enum color color);

/*
 * table_print() - all rows that are complete
 *
 * The last column gets what the others leave of the terminal's width; others are cut where they are
 * very long. No blanks end a line.
 */
void table_print(const struct table *t, const struct table_style *style, struct text *out);

void table_done(struct table *t);

#define _cleanup_table_ _cleanup_(table_done)
