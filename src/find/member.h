/* SPDX-License-Identifier: MIT */
/* From a container's cgroup to its first process: never one that was exec'ed into it later. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "find/find.h"
#include "find/hostfs.h"
#include "find/ident.h"

/*
 * member_find_init() - the first process of a container
 * @cgroup_fd: the container's cgroup directory
 * @claim:     the process's own cgroup must fit it
 * @ret_found: handles of the process; the names stay NULL
 *
 * Return: 0, -ESRCH where the cgroup holds no process that we can see, or another -errno.
 */
int member_find_init(const struct hostfs *host, int cgroup_fd, const struct ident_claim *claim,
		     struct found *ret_found);

/* member_pick_init() - the same among processes that were found otherwise */
int member_pick_init(const struct hostfs *host, const pid_t *pids, size_t n,
		     const struct ident_claim *claim, struct found *ret_found);
