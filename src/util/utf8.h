/* SPDX-License-Identifier: MIT */
/* What a byte sequence is as UTF-8, without the locale: the locale's files could be the target's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * utf8_length() - the length of the character that starts at @text
 *
 * Return: 1 to 4, or 0 where the bytes are not valid UTF-8 (overlong forms and surrogates
 * included). @text must be NUL terminated; the terminator itself counts as one byte.
 */
size_t utf8_length(const char *text);

/*
 * utf8_decode() - the number of a character
 * @n: what utf8_length() returned for it, not 0
 */
uint32_t utf8_decode(const char *text, size_t n);

/*
 * utf8_is_control() - whether a character steers a terminal or reorders the text around it
 * @n: what utf8_length() returned for it, more than 1
 *
 * U+0080 to U+009f, the line and paragraph separators, and the marks that change the direction of
 * writing: with them a name can be made to look like another one.
 */
bool utf8_is_control(const char *text, size_t n);
