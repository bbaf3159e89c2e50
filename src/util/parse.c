/* SPDX-License-Identifier: MIT */
#include "util/parse.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int parse_uint64(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!parse_digits(text))
		return -EINVAL;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value) || value > max)
			return -ERANGE;
	}
	*ret_value = value;
	return 0;
}

int parse_pid(const char *text, pid_t *ret_pid)
{
	uint64_t value;
	int r = parse_uint64(text, INT_MAX, &value);

	if (r < 0)
		return r;
	if (value == 0)
		return -ERANGE;
	*ret_pid = (pid_t)value;
	return 0;
}

int parse_id(const char *text, uint32_t *ret_id)
{
	uint64_t value;
	int r = parse_uint64(text, UINT32_MAX - 1, &value);

	if (r < 0)
		return r;
	*ret_id = (uint32_t)value;
	return 0;
}

bool parse_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

bool parse_hex(const char *text, size_t min)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n >= min && text[n] == '\0';
}
