/* SPDX-License-Identifier: MIT */
/*
 * NULL-terminated vectors of strings: argument lists and environments. A vector owns its strings.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/macro.h"

struct strv {
	char **item; /* heap, NULL terminated once anything was added; NULL when empty */
	size_t n, size;
};

/* strv_done() - free the vector and its strings, and leave the empty one behind */
void strv_done(struct strv *v);

/* strv_add() - append a copy. Return: 0 or -ENOMEM. */
int strv_add(struct strv *v, const char *text);

/* strv_add_new() - the same, unless it is there already. Return: 0 or -ENOMEM. */
int strv_add_new(struct strv *v, const char *text);

/* strv_addf() - append formatted text. Return: 0 or -ENOMEM. */
int strv_addf(struct strv *v, const char *fmt, ...) _printf_(2, 3);

/*
 * strv_env_get() - the value of @name in an environment
 * @env: NULL terminated list of NAME=value, or NULL
 * Return: the value inside @env, or NULL.
 */
const char *strv_env_get(char *const *env, const char *name);

/* strv_env_set() - replace or append NAME=value. Return: 0 or -ENOMEM. */
int strv_env_set(struct strv *v, const char *name, const char *value);

#define _cleanup_strv_ _cleanup_(strv_done)
