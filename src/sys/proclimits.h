/* SPDX-License-Identifier: MIT */
/* The resource limits of a process, from /proc/PID/limits: since Linux 2.6.36 anybody may read it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#define PROCLIMIT_INFINITY UINT64_MAX

struct proclimit {
	bool known;
	uint64_t soft, hard; /* PROCLIMIT_INFINITY: unlimited */
};

/* By the number of the resource, RLIMIT_NOFILE and the like. */
struct proclimits {
	struct proclimit item[RLIM_NLIMITS];
};

/*
 * proclimits_parse() - the limits that a text tells
 *
 * Lines of no known kind are passed over.
 * Return: 0, or -EBADMSG where it tells none.
 */
int proclimits_parse(const char *text, struct proclimits *ret_limits);

/*
 * proclimits_read() - those of a process
 * @proc_fd: of proc_open()
 * Return: 0, -EBADMSG, or another -errno.
 */
int proclimits_read(int proc_fd, struct proclimits *ret_limits);
