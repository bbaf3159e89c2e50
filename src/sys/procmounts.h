/* SPDX-License-Identifier: MIT */
/*
 * Whose processes the mounts of another process show. Through a /proc of the host's that is mounted in
 * a container all files of the host are in reach of CAP_SYS_PTRACE: /proc/PID/root.
 */
#pragma once

#include <stdbool.h>

enum {
	MOUNTINFO_MAX = 1 << 24 /* how much of a mountinfo file is read */
};

/*
 * procmounts_text_apart() - whether all of /proc that is mounted in one place is one and the same file
 * system, and not one that is mounted in another place
 * @theirs, @ours: as /proc/PID/mountinfo has it; written to
 */
bool procmounts_text_apart(char *theirs, char *ours);

/* procmounts_apart() - the same of the process of @proc_fd and of us; false where it cannot be read */
bool procmounts_apart(int proc_fd);
