/* SPDX-License-Identifier: MIT */
/*
 * The proof that the process which a state file names is the one that it means: numbers are used
 * again, files outlive their processes, and users write files of their own.
 */
#pragma once

#include "find/find.h"
#include "find/runtime.h"

/* claim_of() - what the cgroups of a container's processes have to be */
struct ident_claim claim_of(const struct known *known);

/*
 * claim_prove() - whether a process is the one that the state means, by all but its cgroup
 * @found: the process with the number that the state tells
 *
 * Start time and pidfs inode decide where they are told; else, where the time of the file that holds
 * the number is known, a monitor of this very container as its parent does, or that the process was
 * already there when the file was written.
 * Return: 1 where it is, -ESRCH where it is another one, 0 where its cgroup or monitor has to tell.
 */
int claim_prove(const struct hostfs *host, const struct known *known, const struct found *found);

/*
 * claim_is_monitored() - whether a process was started by a monitor of this very container
 *
 * What to ask of one whose cgroup does not tell, since it takes a look at another process.
 */
bool claim_is_monitored(const struct hostfs *host, const struct known *known,
			const struct found *found);

/*
 * claim_is_users() - whether a process lives in a user namespace that this user made
 *
 * What a user's own files name can be any process of the host.
 */
bool claim_is_users(const struct found *found, uid_t owner);
