/* SPDX-License-Identifier: MIT */
/*
 * Pieces of a cgroup path, cut without copying. Pure, and inline: these are the words in which the
 * rules of cgname.c are written.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A piece of the path; not terminated. */
struct piece {
	const char *at;
	size_t n;
};

/* Whether the piece is this text, begins or ends with it. */
static inline bool piece_is(struct piece p, const char *text)
{
	return p.n == strlen(text) && memcmp(p.at, text, p.n) == 0;
}

static inline bool piece_begins(struct piece p, const char *text)
{
	return p.n >= strlen(text) && memcmp(p.at, text, strlen(text)) == 0;
}

static inline bool piece_ends(struct piece p, const char *text)
{
	size_t n = strlen(text);

	return p.n >= n && memcmp(p.at + p.n - n, text, n) == 0;
}

/* Without the first @n bytes; only the first @n bytes; without a suffix that it may have. */
static inline struct piece piece_after(struct piece p, size_t n)
{
	return (struct piece){ p.at + n, p.n - n };
}

static inline struct piece piece_until(struct piece p, size_t n)
{
	return (struct piece){ p.at, n };
}

static inline struct piece piece_without(struct piece p, const char *suffix)
{
	return piece_ends(p, suffix) ? piece_until(p, p.n - strlen(suffix)) : p;
}

static inline bool piece_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many decimal digits, lower case hex digits, or digits and lower case letters @p begins with. */
static inline size_t piece_span_digits(struct piece p)
{
	size_t n = 0;

	while (n < p.n && piece_is_digit(p.at[n]))
		n++;
	return n;
}

static inline size_t piece_span_hex(struct piece p)
{
	size_t n = 0;

	while (n < p.n && (piece_is_digit(p.at[n]) || (p.at[n] >= 'a' && p.at[n] <= 'f')))
		n++;
	return n;
}

static inline size_t piece_span_base36(struct piece p)
{
	size_t n = 0;

	while (n < p.n && (piece_is_digit(p.at[n]) || (p.at[n] >= 'a' && p.at[n] <= 'z')))
		n++;
	return n;
}

/* The last segment of a path. */
static inline struct piece piece_last_segment(struct piece path)
{
	size_t above = path.n;

	while (above > 0 && path.at[above - 1] != '/')
		above--;
	return piece_after(path, above);
}

/* The path above the last segment, without the slash between. */
static inline struct piece piece_above(struct piece path)
{
	size_t n = path.n - piece_last_segment(path).n;

	while (n > 0 && path.at[n - 1] == '/')
		n--;
	return piece_until(path, n);
}

/* Whether one of the segments above the last one is called so. */
static inline bool piece_has_ancestor(struct piece path, const char *name)
{
	for (path = piece_above(path); path.n > 0; path = piece_above(path))
		if (piece_is(piece_last_segment(path), name))
			return true;
	return false;
}
