/* SPDX-License-Identifier: MIT */
/*
 * Numbers that the kernel has written into a longer text, read where they stand. They may have blanks
 * before them, never a newline: a line that lacks its number has none of the next one.
 */
#pragma once

#include <stdint.h>

/*
 * take_uint() - the number of @base 8, 10 or 16 that @text begins with
 *
 * Return: what follows it, with *ret_value filled; NULL where there is none, or more than 64 bits.
 */
const char *take_uint(const char *text, unsigned int base, uint64_t *ret_value);

/* take_int() - the decimal number that @text begins with, perhaps negative. Return: as take_uint(). */
const char *take_int(const char *text, int *ret_value);
