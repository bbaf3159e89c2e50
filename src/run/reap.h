/* SPDX-License-Identifier: MIT */
/* Waiting for a child of ours, whatever interrupts that. */
#pragma once

#include <errno.h>
#include <sys/types.h>
#include <sys/wait.h>

/*
 * reap() - until the child has ended
 * @ret_status: as waitpid(2) has it, or NULL
 * Return: 0 or -errno.
 */
static inline int reap(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}
