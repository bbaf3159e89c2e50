/* SPDX-License-Identifier: MIT */
#include "util/jsonpeek.h"

#include <string.h>

enum {
	DEPTH_MAX =
		16 /* of an engine's documents about 6 are used, the parser takes twice as many */
};

/* Every function returns false where the text is not plain. */
struct reader {
	const char *at, *end;
	int depth;
	struct jsonpeek *want;
	size_t count;
};

/* Which of those that are wanted can be here: all of whose paths begin with the same @used bytes. */
struct level {
	unsigned int active; /* a bit for each */
	size_t used;
};

static bool read_value(struct reader *r, struct level level);

static void skip_space(struct reader *r)
{
	while (r->at < r->end &&
	       (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

static bool take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct reader *r)
{
	char c = r->at < r->end ? *r->at++ : '\0';

	if (c != 'u')
		return c != '\0' && strchr("\"\\/bfnrt", c);
	for (int i = 0; i < 4; i++, r->at++)
		if (r->at == r->end || !is_hex(*r->at))
			return false;
	return true;
}

/* Most bytes of a document are within its strings. */
static void skip_letters(struct reader *r)
{
	const char *at = r->at, *end = r->end;

	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ')
		at++;
	r->at = at;
}

/* A string, to what follows it. *ret_n is the number of bytes between its quotes. */
static bool skip_string(struct reader *r, const char **ret_at, size_t *ret_n, bool *ret_escaped)
{
	const char *start = r->at + 1;
	bool escaped = false;

	if (!take(r, '"'))
		return false;
	for (;;) {
		skip_letters(r);
		if (!take(r, '\\'))
			break;
		escaped = true;
		if (!skip_escape(r))
			return false;
	}
	*ret_at = start;
	*ret_n = (size_t)(r->at - start);
	*ret_escaped = escaped;
	return take(r, '"');
}

static bool skip_digits(struct reader *r)
{
	const char *start = r->at;

	while (r->at < r->end && is_digit(*r->at))
		r->at++;
	return r->at > start;
}

static bool skip_number(struct reader *r)
{
	(void)take(r, '-'); /* it may be there */
	if (!take(r, '0') && !skip_digits(r))
		return false;
	if (take(r, '.') && !skip_digits(r))
		return false;
	if (!take(r, 'e') && !take(r, 'E'))
		return true;
	if (!take(r, '+'))
		(void)take(r, '-'); /* neither has to be there */
	return skip_digits(r);
}

static bool skip_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

/* The part of a path that is the next key. */
static const char *next_key(const char *path, size_t used, size_t *ret_n)
{
	const char *key = path + used + (used > 0 && path[used] == '/');

	*ret_n = strcspn(key, "/");
	return key;
}

/* Those of @outer that this key leads to. */
static struct level below(const struct reader *r, struct level outer, const char *key, size_t n)
{
	struct level inner = { .active = 0 };

	for (size_t i = 0; outer.active && i < r->count; i++) {
		const char *path = r->want[i].path, *part;
		size_t part_n;

		if (!(outer.active & 1U << i) || !path[outer.used])
			continue;
		part = next_key(path, outer.used, &part_n);
		if (part_n != n || memcmp(part, key, n) != 0)
			continue;
		inner.active |= 1U << i;
		inner.used = (size_t)(part - path) + n;
	}
	return inner;
}

static bool read_member(struct reader *r, struct level level, unsigned int *seen)
{
	struct level inner;
	const char *key;
	bool escaped;
	size_t n;

	skip_space(r);
	if (!skip_string(r, &key, &n, &escaped) || (escaped && level.active))
		return false;
	inner = below(r, level, key, n);
	/* Of two members with one name the parser takes the last. */
	if (inner.active & *seen)
		return false;
	*seen |= inner.active;
	skip_space(r);
	return take(r, ':') && read_value(r, inner);
}

static bool read_members(struct reader *r, struct level level)
{
	unsigned int seen = 0;

	skip_space(r);
	if (take(r, '}'))
		return true;
	do {
		if (!read_member(r, level, &seen))
			return false;
		skip_space(r);
	} while (take(r, ','));
	return take(r, '}');
}

static bool read_items(struct reader *r)
{
	skip_space(r);
	if (take(r, ']'))
		return true;
	do {
		if (!read_value(r, (struct level){ .active = 0 }))
			return false;
		skip_space(r);
	} while (take(r, ','));
	return take(r, ']');
}

static void found(struct reader *r, struct level level, enum jsonpeek_kind kind, const char *at,
		  size_t n)
{
	for (size_t i = 0; i < r->count; i++) {
		struct jsonpeek *want = &r->want[i];

		if (!(level.active & 1U << i) || want->path[level.used])
			continue;
		want->kind = kind;
		want->at = at;
		want->n = n;
	}
}

static bool read_plain(struct reader *r, struct level level)
{
	const char *start = r->at;
	bool escaped;
	size_t n;

	switch (*start) {
	case '"':
		if (!skip_string(r, &start, &n, &escaped) || (escaped && level.active))
			return false;
		found(r, level, JSONPEEK_STRING, start, n);
		return true;
	case 'n':
		return skip_word(r, "null");
	case 't':
	case 'f':
		if (!skip_word(r, *start == 't' ? "true" : "false"))
			return false;
		found(r, level, JSONPEEK_BOOL, start, (size_t)(r->at - start));
		return true;
	default:
		if (!skip_number(r))
			return false;
		found(r, level, JSONPEEK_NUMBER, start, (size_t)(r->at - start));
		return true;
	}
}

static bool read_value(struct reader *r, struct level level)
{
	bool plain;

	skip_space(r);
	if (r->at == r->end)
		return false;
	if (*r->at != '{' && *r->at != '[')
		return read_plain(r, level);
	if (++r->depth > DEPTH_MAX)
		return false;
	plain = *r->at++ == '{' ? read_members(r, level) : read_items(r);
	r->depth--;
	return plain;
}

bool jsonpeek_read(const char *text, size_t n, struct jsonpeek *want, size_t count)
{
	struct reader r = { .at = text, .end = text + n, .want = want, .count = count };
	const struct level top = { .active = (1U << count) - 1 };

	for (size_t i = 0; i < count; i++)
		want[i] = (struct jsonpeek){ .path = want[i].path };
	skip_space(&r);
	/* The end of a lone number is none to the parser: it could go on. */
	if (r.at == r.end || (*r.at != '{' && *r.at != '[') || !read_value(&r, top))
		return false;
	skip_space(&r);
	return r.at == r.end;
}
