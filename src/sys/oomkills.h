/* SPDX-License-Identifier: MIT */
/*
 * Whether the out-of-memory killer has struck in a cgroup: memory.events of v2 (its own processes and
 * those below, Linux 4.13), memory.oom_control of v1 (Linux 4.13).
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

struct oom_kills {
	int fd;		 /* the file, to be read again; -EBADF: not watched */
	uint64_t before; /* how many it had seen */
};

#define OOM_KILLS_NONE                                                                             \
	{                                                                                          \
		.fd = -EBADF                                                                       \
	}

/* oom_kills_open() - begin to watch; what cannot be read is not watched, and one at most is */
void oom_kills_open(int cgroup_dir_fd, bool v2, struct oom_kills *kills);

/* oom_kills_more() - whether there has been one since. */
bool oom_kills_more(const struct oom_kills *kills);

void oom_kills_done(struct oom_kills *kills);
