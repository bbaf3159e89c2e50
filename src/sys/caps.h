/* SPDX-License-Identifier: MIT */
/* Reading capabilities: by the kernel's own call and from /proc, without a library's state. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How many a set can hold. A kernel may have more of them than the headers knew of at build time. */
enum {
	CAPS_MAX = 64
};

/* caps_have() - whether @cap (CAP_SYS_ADMIN, …) is in our effective set; false where unknown */
bool caps_have(int cap);

/* caps_all() - a bit for each that this kernel has; 0 where it does not tell (a filter) */
uint64_t caps_all(void);

/*
 * caps_name() - "sys_admin" for CAP_SYS_ADMIN
 *
 * Loads libcap-ng: not after a mount namespace was joined.
 * Return: static text, or NULL for an unknown one, or where the library is missing.
 */
const char *caps_name(int cap);

/* The sets of a process, one bit per capability. */
struct caps_sets {
	uint64_t inheritable, permitted, effective, bounding;
	uint64_t ambient; /* 0 before Linux 4.3 */
};

/*
 * caps_read() - the sets of /proc/PID/status
 * @proc_fd: of proc_open()
 *
 * They count in the user namespace of that process, not in ours.
 * Return: 0, -EBADMSG where the text has no such lines, or another -errno.
 */
int caps_read(int proc_fd, struct caps_sets *ret_sets);

/* caps_parse() - the same from text */
int caps_parse(const char *text, struct caps_sets *ret_sets);
