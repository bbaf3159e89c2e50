/* SPDX-License-Identifier: MIT */
/* How the leader starts and calls the kernel where it is linked with a C library. */
#pragma once

#if !defined(__x86_64__) && !defined(__aarch64__)

#include <errno.h>
#include <unistd.h>

/* The library's start has the same stack below it: argv stands right behind argc. */
#define LEADER_START                                                                               \
	int main(int argc, char **argv);                                                           \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		leader_main(argc, argv, argv + argc + 1);                                          \
	}                                                                                          \
	struct leader_unused

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	long ret = syscall(number, a, b, c, d, e, f);

	return ret < 0 ? -errno : ret;
}

#endif
