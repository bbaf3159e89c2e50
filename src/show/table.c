/* SPDX-License-Identifier: MIT */
#include "show/table.h"

#include <string.h>

#include "show/width.h"
#include "util/escape.h"

enum {
	CELL_MAX = 40, /* columns of a cell that has others behind it, on a terminal */
	LAST_MIN = 10, /* what the last column gets where the others leave nothing */
	GAP = 2,
};

static const char cut_mark[] = "...";

static bool make_room(struct table *t)
{
	struct cell *more;

	if (t->failed || t->n < t->size)
		return !t->failed;
	t->size = MAX(t->size * 2, (size_t)64);
	more = reallocarray(t->cell, t->size, sizeof(*more));
	if (!more) {
		t->failed = true;
		return false;
	}
	t->cell = more;
	return true;
}

static void add_consume(struct table *t, char *text, enum color color)
{
	if (text && make_room(t)) {
		t->cell[t->n++] = (struct cell){ text, color };
		return;
	}
	t->failed = true;
	free(text);
}

void table_add(struct table *t, const char *value, enum color color)
{
	add_consume(t, escape_text(value), color);
}

void table_add_clean(struct table *t, const char *text, enum color color)
{
	add_consume(t, strdup(text), color);
}

void table_done(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cell[i].text);
	free(t->cell);
	*t = (struct table){ 0 };
}

/* The width of column @i. */
static size_t column_width(const struct table *t, const struct table_style *style, size_t i)
{
	size_t width = style->headings ? width_of(t->column[i].heading) : 0;

	for (size_t k = i; k < t->n; k += t->columns)
		width = MAX(width, width_of(t->cell[k].text));
	return style->width && !t->column[i].whole ? MIN(width, (size_t)CELL_MAX) : width;
}

static void add_blanks(struct text *out, size_t n)
{
	text_add(out, "%*s", (int)n, "");
}

/* @width: 0 does not cut */
static void add_text(struct text *out, const char *text, size_t width)
{
	size_t n = strlen(text);

	if (width && width_of(text) > width) {
		size_t mark = MIN(sizeof(cut_mark) - 1, width);

		n = width_cut(text, width - mark);
		text_add(out, "%.*s%.*s", (int)n, text, (int)mark, cut_mark);
		return;
	}
	text_add(out, "%.*s", (int)n, text);
}

/* One line: headings and rows alike. */
struct line {
	const struct table *table;
	const struct table_style *style;
	const size_t *width; /* of each column; of the last one the limit, 0 for none */
};

static void add_cell(const struct line *line, size_t i, const char *text, enum color color,
		     struct text *out)
{
	const struct table_column *column = &line->table->column[i];
	bool last = i + 1 == line->table->columns;
	size_t limit = column->whole ? 0 : line->width[i];
	size_t used = width_of(text);
	size_t pad = used < line->width[i] ? line->width[i] - used : 0;

	if (!line->style->color || !*text)
		color = COLOR_NONE;
	if (column->right && !last)
		add_blanks(out, pad);
	text_add(out, "%s", color_on(color));
	add_text(out, text, limit);
	text_add(out, "%s", color_off(color));
	if (!last)
		add_blanks(out, (column->right ? 0 : pad) + GAP);
}

static void trim(struct text *out)
{
	while (!out->failed && out->used > 0 && out->buf[out->used - 1] == ' ')
		out->buf[--out->used] = '\0';
}

static void add_headings(const struct line *line, struct text *out)
{
	for (size_t i = 0; i < line->table->columns; i++)
		add_cell(line, i, line->table->column[i].heading, COLOR_BOLD, out);
	trim(out);
	text_add(out, "\n");
}

/* The widths of all columns. Return: heap, or NULL without memory. */
static size_t *measure(const struct table *t, const struct table_style *style)
{
	size_t *width = calloc(t->columns, sizeof(*width)), used = 0;

	if (!width)
		return NULL;
	for (size_t i = 0; i + 1 < t->columns; i++) {
		width[i] = column_width(t, style, i);
		used += width[i] + GAP;
	}
	if (style->width)
		width[t->columns - 1] =
			style->width > used + LAST_MIN ? style->width - used : LAST_MIN;
	return width;
}

void table_print(const struct table *t, const struct table_style *style, struct text *out)
{
	_cleanup_free_ size_t *width = measure(t, style);
	struct line line = { t, style, width };

	if (t->failed || !width) {
		out->failed = true;
		return;
	}
	if (style->headings)
		add_headings(&line, out);
	for (size_t row = 0; row + t->columns <= t->n; row += t->columns) {
		for (size_t i = 0; i < t->columns; i++)
			add_cell(&line, i, t->cell[row + i].text, t->cell[row + i].color, out);
		trim(out);
		text_add(out, "\n");
	}
}
