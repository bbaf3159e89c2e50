/* SPDX-License-Identifier: MIT */
/*
 * How many columns of a terminal a text takes. By a table of our own: wcwidth(3) knows what the
 * locale knows, and no locale is ever loaded.
 */
#pragma once

#include <stddef.h>

/* width_of() - the columns of clean text (escape_text): combining marks take 0, wide characters 2 */
size_t width_of(const char *text);

/* width_cut() - how many bytes of @text fit into @columns, whole characters only */
size_t width_cut(const char *text, size_t columns);
