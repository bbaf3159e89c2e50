/* SPDX-License-Identifier: MIT */
/*
 * The processes that no container holds, without asking those that one does: cgroup2 lists them by
 * the directory. Where it may not tell of all, it tells of none.
 */
#pragma once

#include <stdbool.h>

#include "find/cgtree.h"
#include "find/pids.h"

/*
 * outside_list() - every process of the host whose cgroup2 path names no container
 * @ret_pids: to be released by pids_done(); in order
 *
 * Only where that is what ident_read() would say of each, and nobody is left out: we live in the
 * host's cgroup and pid namespaces and in no container, and see the whole tree. Who comes or goes
 * meanwhile may be in it or not, as with a pass over /proc.
 * Return: whether the list is there; where not, /proc has to be read.
 */
bool outside_list(struct cgtree *tree, struct pids *ret_pids);
