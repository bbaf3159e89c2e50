/* SPDX-License-Identifier: MIT */
/* What cgroups limit a process to: v1, v2, and both at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum limit_kind {
	LIMIT_MEMORY, /* bytes */
	LIMIT_CPU,    /* thousandths of a processor */
	LIMIT_PIDS,   /* processes */
	LIMIT_COUNT,
};

enum limit_state {
	LIMIT_UNKNOWN, /* could not be read */
	LIMIT_NONE,
	LIMIT_SET,
};

struct limit {
	enum limit_state state;
	uint64_t value; /* LIMIT_SET: the smallest one on the way to the root */
};

/*
 * limits_read() - all of them
 * @cgroup: the text of /proc/PID/cgroup; cut up in place
 */
void limits_read(char *cgroup, struct limit ret_limit[LIMIT_COUNT]);

/*
 * limit_parse() - one file
 * @text:   of memory.max, memory.limit_in_bytes, cpu.max, cpu.cfs_quota_us or pids.max
 * @period: of cpu.cfs_period_us, or NULL
 * Return: what it says; LIMIT_UNKNOWN where it says nothing that is known.
 */
struct limit limit_parse(enum limit_kind kind, const char *text, const char *period);
