/* SPDX-License-Identifier: MIT */
/*
 * A copy of the leader's program that nobody can change: what a target gets hold of by
 * /proc/PID/exe is thrown away afterwards, and is not what the next entry runs (CVE-2019-5736).
 */
#pragma once

#include "util/error.h"

/* The program as it was built in; the two are the beginning and the end of one object. */
extern const char leader_image[], leader_image_end[];

/*
 * seal_leader() - make the copy
 *
 * A sealed memory file; where the system forbids to execute those (vm.memfd_noexec=2, since Linux
 * 6.3) a file without a name that is open for reading only.
 * Return: an owned descriptor for execveat(2), or a negative errno with @err filled.
 */
int seal_leader(struct error *err);
