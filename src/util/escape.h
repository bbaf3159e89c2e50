/* SPDX-License-Identifier: MIT */
/* Untrusted text for a terminal: names, commands and paths that a container chose. */
#pragma once

#include <stdbool.h>

/*
 * escape_text() - make untrusted text harmless for a terminal, and one line
 *
 * Control characters, marks that reorder the text around them, and bytes that are not part of valid
 * UTF-8 become \xNN, a backslash \\.
 * Return: heap text owned by the caller, or NULL without memory.
 */
char *escape_text(const char *text);

/*
 * escape_again() - the same for lines that should have been escaped, of who may have been taken over
 *
 * A backslash, and the end of a line, stay as they are: of what was escaped nothing changes.
 */
char *escape_again(const char *text);

/* escape_is_word() - whether any shell takes @text for one word, and as it is */
bool escape_is_word(const char *text);
