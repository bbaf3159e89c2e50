/* SPDX-License-Identifier: MIT */
/*
 * The files in which systemd-machined remembers its machines: NAME=value, with C escapes, or as a shell
 * has it (systemd 258).
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "find/machine.h"
#include "util/macro.h"

static const struct {
	const char *key;
	size_t offset; /* of the field */
} keys[] = {
	{ "NAME", offsetof(struct machine_file, name) },
	{ "SCOPE", offsetof(struct machine_file, unit) },
	{ "CLASS", offsetof(struct machine_file, class) },
	{ "LEADER", offsetof(struct machine_file, leader) },
	{ "LEADER_PIDFDID", offsetof(struct machine_file, leader_inode) }, /* systemd 258 */
	{ "UID", offsetof(struct machine_file, uid) },			   /* systemd 258 */
};

/* @n digits of a base, or -1. */
static int number(const char *text, size_t n, int base)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		static const char digits[] = "0123456789abcdef";
		char c = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] | 0x20) : text[i];
		const char *at = c ? memchr(digits, c, (size_t)base) : NULL;

		if (!at)
			return -1;
		value = value * base + (int)(at - digits);
	}
	return value > 0 && value < 256 ? value : -1;
}

/* One escape after a backslash. Return: how many bytes of @text it takes; 0 for what is none. */
static size_t unescape_one(const char *text, char *ret_c)
{
	static const char from[] = "abfnrtvs\\\"'", to[] = "\a\b\f\n\r\t\v \\\"'";
	const char *simple = *text ? strchr(from, *text) : NULL;
	int value;

	if (simple) {
		*ret_c = to[simple - from];
		return 1;
	}
	value = *text == 'x' ? number(text + 1, 2, 16) : number(text, 3, 8);
	*ret_c = (char)value;
	return value > 0 ? 3 : 0;
}

/* @n bytes of a value. Return: heap, or NULL without memory. */
static char *unescape(const char *text, size_t n)
{
	_cleanup_free_ char *raw = strndup(text, n);
	char *value = malloc(n + 1), *out = value;

	if (!raw || !value) {
		free(value);
		return NULL;
	}
	for (const char *p = raw; *p;) {
		size_t taken = *p == '\\' ? unescape_one(p + 1, out) : 0;

		if (taken == 0)
			*out = *p;
		out++;
		p += taken + 1;
	}
	*out = '\0';
	return value;
}

/* What is between double quotes, as "machine-my\\x2dmach.scope". */
static char *unquote(const char *text, size_t n)
{
	const char *end = text + n;
	char *value = malloc(n + 1), *out = value;

	if (!value)
		return NULL;
	while (text < end && *text != '"') {
		if (*text == '\\' && text + 1 < end && strchr("\"\\`$", text[1]))
			text++;
		*out++ = *text++;
	}
	*out = '\0';
	return value;
}

/* With C escapes a quote has one. */
static char *read_value(const char *text, size_t n)
{
	return n > 0 && *text == '"' ? unquote(text + 1, n - 1) : unescape(text, n);
}

static int parse_line(const char *line, size_t n, struct machine_file *file)
{
	const char *equals = memchr(line, '=', n);
	size_t length = equals ? (size_t)(equals - line) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && equals; i++) {
		char **field = (char **)((char *)file + keys[i].offset);

		if (strlen(keys[i].key) != length || memcmp(line, keys[i].key, length) != 0)
			continue;
		free(*field);
		*field = read_value(equals + 1, n - length - 1);
		return *field ? 0 : -ENOMEM;
	}
	return 0;
}

int machine_parse(const char *text, struct machine_file *ret_file)
{
	struct machine_file file = { 0 };
	int r = 0;

	while (*text && r == 0) {
		size_t n = strcspn(text, "\n");

		r = parse_line(text, n, &file);
		text += n + (text[n] == '\n');
	}
	if (r < 0) {
		machine_file_done(&file);
		return r;
	}
	*ret_file = file;
	return 0;
}

void machine_file_done(struct machine_file *file)
{
	free(file->name);
	free(file->unit);
	free(file->class);
	free(file->leader);
	free(file->leader_inode);
	free(file->uid);
	*file = (struct machine_file){ 0 };
}
