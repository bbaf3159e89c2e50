/* SPDX-License-Identifier: MIT */
/* For who turns on every process that there is: never where the tests are themselves. */
#pragma once

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/*
 * is_apart_from() - whether we are in another pid namespace than the tests
 * @tests: what /proc/self/ns/pid of theirs leads to
 */
static inline bool is_apart_from(const char *tests)
{
	char ours[64];
	ssize_t n = readlink("/proc/self/ns/pid", ours, sizeof(ours) - 1);

	if (n <= 0 || strncmp(tests, "pid:[", 5) != 0)
		return false;
	ours[n] = '\0';
	return strcmp(ours, tests) != 0;
}
