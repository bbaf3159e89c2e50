/* SPDX-License-Identifier: MIT */
#include "find/storageconf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_LENGTH = 64, /* of a key with its table's name: ours have 30 */
	NESTING_MAX = 16,     /* arrays and inline tables */
};

/* A file that is being read. */
struct reader {
	const char *at;
	char table[NAME_MAX_LENGTH]; /* "storage", with the keys of which all paths begin */
};

static void skip_comment(struct reader *r)
{
	if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
}

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

/* Also where lines end: between statements, and within arrays. */
static void skip_space(struct reader *r)
{
	for (;;) {
		r->at += strspn(r->at, " \t\r\n");
		if (*r->at != '#')
			return;
		skip_comment(r);
	}
}

/* Nothing but a comment may follow in the line. */
static bool take_end_of_line(struct reader *r)
{
	skip_blanks(r);
	skip_comment(r);
	r->at += *r->at == '\r';
	if (*r->at == '\0')
		return true;
	return *r->at++ == '\n';
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* Over the text of three quotes of a kind; those just before the end belong to it. */
static bool skip_long_string(struct reader *r, char quote)
{
	for (r->at += 3; *r->at; r->at++) {
		if (quote == '"' && *r->at == '\\' && r->at[1])
			r->at++;
		else if (r->at[0] == quote && r->at[1] == quote && r->at[2] == quote) {
			r->at += 3;
			for (int i = 0; i < 2 && *r->at == quote; i++)
				r->at++;
			return true;
		}
	}
	return false;
}

/*
 * A string in one line.
 * Return: whether it ends there. *ret_start, *ret_size: what is between the quotes; NULL where it has
 * escapes, which no path of ours needs.
 */
static bool take_string(struct reader *r, const char **ret_start, size_t *ret_size)
{
	char quote = *r->at;
	const char *start = ++r->at;
	bool plain = true;

	for (; *r->at && *r->at != '\n' && *r->at != quote; r->at++)
		if (quote == '"' && *r->at == '\\' && r->at[1] && r->at[1] != '\n') {
			plain = false;
			r->at++;
		}
	if (*r->at != quote)
		return false;
	*ret_start = plain ? start : NULL;
	*ret_size = (size_t)(r->at++ - start);
	return true;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool skip_string(struct reader *r)
{
	const char *start;
	size_t size;

	if (r->at[1] == r->at[0] && r->at[2] == r->at[0])
		return skip_long_string(r, r->at[0]);
	return take_string(r, &start, &size);
}

/* Over a value of whatever kind: what is within brackets may go over several lines. */
static bool skip_value(struct reader *r)
{
	size_t depth = 0;
	const char *start = r->at;

	for (;;) {
		char c = *r->at;

		if (depth > 0)
			skip_space(r);
		else if (!c || strchr(" \t\r\n#", c))
			return r->at > start;
		c = *r->at;
		if (!c)
			return false;
		if (is_quote(c)) {
			if (!skip_string(r))
				return false;
			continue;
		}
		if ((c == '[' || c == '{') && ++depth > NESTING_MAX)
			return false;
		if ((c == ']' || c == '}') && depth-- == 0)
			return false;
		r->at++;
	}
}

static bool add_part(char *name, size_t *used, const char *part, size_t size)
{
	if (*used + size + 2 > NAME_MAX_LENGTH)
		return false;
	if (*used)
		name[(*used)++] = '.';
	memcpy(name + *used, part, size);
	*used += size;
	name[*used] = '\0';
	return true;
}

/*
 * A key, dotted or not, behind what @name has already. One that is too long to be ours is "?".
 * Return: whether it is a key.
 */
static bool take_key(struct reader *r, char *name)
{
	size_t used = strlen(name);
	bool fits = true;

	for (;;) {
		const char *part = r->at;
		size_t size = 0;

		if (is_quote(*r->at)) {
			if (!take_string(r, &part, &size))
				return false;
		} else {
			while (is_bare(part[size]))
				size++;
			r->at += size;
			if (size == 0)
				return false;
		}
		/* A quoted part with a dot is not the two parts that it looks like. */
		fits = fits && part && !memchr(part, '.', size) &&
		       add_part(name, &used, part, size);
		skip_blanks(r);
		if (*r->at != '.')
			break;
		r->at++;
		skip_blanks(r);
	}
	if (!fits)
		memcpy(name, "?", sizeof("?"));
	return true;
}

static bool take_table(struct reader *r)
{
	bool of_array = r->at[1] == '[';

	r->at += of_array ? 2 : 1;
	skip_blanks(r);
	r->table[0] = '\0';
	if (!take_key(r, r->table) || *r->at++ != ']' || (of_array && *r->at++ != ']'))
		return false;
	if (of_array)
		memcpy(r->table, "?", sizeof("?"));
	return take_end_of_line(r);
}

static char **member_of(struct storageconf *conf, const char *name)
{
	if (strcmp(name, "storage.graphroot") == 0)
		return &conf->graphroot;
	if (strcmp(name, "storage.runroot") == 0)
		return &conf->runroot;
	if (strcmp(name, "storage.rootless_storage_path") == 0)
		return &conf->rootless;
	return NULL;
}

/* Return: 0, -EBADMSG or -ENOMEM. */
static int take_value(struct reader *r, char **member)
{
	const char *start;
	size_t size;

	if (!member || !is_quote(*r->at) || (r->at[1] == r->at[0] && r->at[2] == r->at[0]))
		return skip_value(r) ? 0 : -EBADMSG;
	if (*member || !take_string(r, &start, &size)) /* twice is an error there, too */
		return -EBADMSG;
	if (!start || size == 0)
		return 0;
	*member = strndup(start, size);
	return *member ? 0 : -ENOMEM;
}

static int take_pair(struct reader *r, struct storageconf *conf)
{
	char name[NAME_MAX_LENGTH];
	int result;

	memcpy(name, r->table, sizeof(name));
	if (!take_key(r, name) || *r->at++ != '=')
		return -EBADMSG;
	skip_blanks(r);
	result = take_value(r, member_of(conf, name));
	if (result == 0 && !take_end_of_line(r))
		return -EBADMSG;
	return result;
}

int storageconf_parse(const char *text, struct storageconf *ret_conf)
{
	_cleanup_storageconf_ struct storageconf conf = { .graphroot = NULL };
	struct reader reader = { .at = text };
	int r = 0;

	/* Where it failed there may be nothing more to look at. */
	while (r == 0) {
		skip_space(&reader);
		if (*reader.at == '\0')
			break;
		if (*reader.at == '[')
			r = take_table(&reader) ? 0 : -EBADMSG;
		else
			r = take_pair(&reader, &conf);
	}
	if (r < 0)
		return r;
	*ret_conf = conf;
	conf = (struct storageconf){ .graphroot = NULL };
	return 0;
}

void storageconf_done(struct storageconf *conf)
{
	free(conf->graphroot);
	free(conf->runroot);
	free(conf->rootless);
	*conf = (struct storageconf){ .graphroot = NULL };
}
