/* SPDX-License-Identifier: MIT */
#include "util/strv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void strv_done(struct strv *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->item[i]);
	free(v->item);
	*v = (struct strv){ 0 };
}

/* Takes @text, also when it fails. */
static int add_consume(struct strv *v, char *text)
{
	if (!text)
		return -ENOMEM;
	if (v->n + 2 > v->size) {
		size_t size = MAX(v->size * 2, (size_t)16);
		char **more = reallocarray(v->item, size, sizeof(*more));

		if (!more) {
			free(text);
			return -ENOMEM;
		}
		v->item = more;
		v->size = size;
	}
	v->item[v->n++] = text;
	v->item[v->n] = NULL;
	return 0;
}

int strv_add(struct strv *v, const char *text)
{
	return add_consume(v, strdup(text));
}

int strv_add_new(struct strv *v, const char *text)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->item[i], text) == 0)
			return 0;
	return strv_add(v, text);
}

int strv_addf(struct strv *v, const char *fmt, ...)
{
	char *text;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	return n < 0 ? -ENOMEM : add_consume(v, text);
}

static bool names(const char *entry, const char *name, size_t n)
{
	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

const char *strv_env_get(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env && *env; env++)
		if (names(*env, name, n))
			return *env + n + 1;
	return NULL;
}

int strv_env_set(struct strv *v, const char *name, const char *value)
{
	size_t n = strlen(name);
	char *text;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < v->n; i++) {
		if (!names(v->item[i], name, n))
			continue;
		free(v->item[i]);
		v->item[i] = text;
		return 0;
	}
	return add_consume(v, text);
}
