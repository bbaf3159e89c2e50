/* SPDX-License-Identifier: MIT */
#include "util/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

static bool is_plain(const char *text, size_t n, const char *also)
{
	unsigned char c = (unsigned char)*text;

	if (n == 1)
		return (c >= 0x20 && c < 0x7f && c != '\\') || strchr(also, c);
	return n > 1 && !utf8_is_control(text, n);
}

static char *escape(const char *text, const char *also_plain)
{
	/* The longest form of one byte is \xNN. */
	char *ret = malloc(strlen(text) * 4 + 1), *p = ret;

	if (!ret)
		return NULL;
	while (*text) {
		size_t n = utf8_length(text);

		if (is_plain(text, n, also_plain)) {
			memcpy(p, text, n);
			p += n;
			text += n;
		} else if (*text == '\\') {
			p = stpcpy(p, "\\\\");
			text++;
		} else {
			p += snprintf(p, sizeof("\\x00"), "\\x%02x", (unsigned char)*text++);
		}
	}
	*p = '\0';
	return ret;
}

char *escape_text(const char *text)
{
	return escape(text, "");
}

char *escape_again(const char *text)
{
	return escape(text, "\\\n");
}

bool escape_is_word(const char *text)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+:/@";

	return *text && text[strspn(text, allowed)] == '\0';
}
