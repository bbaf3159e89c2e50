/* SPDX-License-Identifier: MIT */
/* How the leader starts and calls the kernel where it is linked with a C library. */
#pragma once

#ifdef LEADER_WITH_LIBRARY

#include <errno.h>
#include <unistd.h>

#define LEADER_START                                                                               \
	int main(int argc, char **argv, char **envp);                                              \
	int main(int argc, char **argv, char **envp)                                               \
	{                                                                                          \
		leader_main(argc, argv, envp);                                                     \
	}                                                                                          \
	struct leader_unused

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	long ret = syscall(number, a, b, c, d, e, f);

	return ret < 0 ? -errno : ret;
}

#endif
