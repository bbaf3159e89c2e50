/* SPDX-License-Identifier: MIT */
/*
 * Part of the program in builds with sanitizers only. Looking for leaks at exit takes ptrace, which
 * a process that was made undumpable, or whose children live in another pid namespace, waits for in
 * vain; leaks are the unit tests' business.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
