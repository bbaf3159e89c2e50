/* SPDX-License-Identifier: MIT */
#include "util/take.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* Of a digit in any base; UINT_MAX where it is none. */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return UINT_MAX;
}

const char *take_uint(const char *text, unsigned int base, uint64_t *ret_value)
{
	const char *start = skip_blanks(text), *p = start;
	uint64_t value = 0;

	for (unsigned int digit; (digit = digit_value(*p)) < base; p++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return NULL;
	if (p == start)
		return NULL;
	*ret_value = value;
	return p;
}

const char *take_int(const char *text, int *ret_value)
{
	const char *start = skip_blanks(text);
	bool negative = *start == '-';
	const char *end;
	uint64_t value;

	start += negative;
	if (digit_value(*start) > 9) /* a blank behind the sign */
		return NULL;
	end = take_uint(start, 10, &value);
	if (!end || value > INT_MAX)
		return NULL;
	*ret_value = negative ? -(int)value : (int)value;
	return end;
}
