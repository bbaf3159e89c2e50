/* SPDX-License-Identifier: MIT */
/* What the command line of a podman container's conmon tells. */
#pragma once

#include <stdbool.h>

#include "find/procscan.h"

struct conmon {
	const char *id, *name; /* of the container; the name is the one that it was made with */
	const char *root; /* podman's, or NULL where it is the usual one; all inside the item */
	const char *runroot;
};

/*
 * conmon_read() - Return: whether the process is the conmon of a container of podman's (CRI-O has
 * them as well), and not of something that was exec'ed in one
 */
bool conmon_read(const struct procscan_item *item, struct conmon *ret_conmon);
