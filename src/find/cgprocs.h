/* SPDX-License-Identifier: MIT */
/* The processes of a cgroup that is no container's: of a unit, or of one that was named by its path. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "find/find.h"
#include "find/hostfs.h"
#include "sys/proc.h"

struct cgproc {
	pid_t pid, ppid;
	uint64_t start_time;
	char comm[PROC_COMM_MAX]; /* untrusted */
	uid_t uid;		  /* effective */
	bool top;		  /* its parent is not in the cgroup */
};

struct cgprocs {
	struct cgproc *item; /* heap, by start time */
	size_t n, size;
};

/*
 * cgprocs_list() - all processes in a cgroup and below it
 *
 * Processes that end meanwhile, zombies and those that cannot be seen are left out.
 * Return: 0 or -ENOMEM.
 */
int cgprocs_list(const struct hostfs *host, int cgroup_fd, struct cgprocs *ret_procs);

/*
 * cgprocs_first() - the one to enter: process 1 of a pid namespace of the cgroup's own, else the
 * one that was started first
 *
 * Return: one of them, or NULL where there is none.
 */
const struct cgproc *cgprocs_first(const struct hostfs *host, const struct cgprocs *procs);

/*
 * cgprocs_take() - the handles of a process, proved to be in the cgroup
 *
 * Return: 0 with *ret_found filled (its names stay NULL), or -ESRCH where it has left or ended.
 */
int cgprocs_take(const struct hostfs *host, int cgroup_fd, const struct cgproc *proc,
		 struct found *ret_found);

/* cgprocs_open() - the handles of a process, proved to be the one with this start time */
int cgprocs_open(const struct hostfs *host, pid_t pid, uint64_t start_time,
		 struct found *ret_found);

void cgprocs_done(struct cgprocs *procs);

#define _cleanup_cgprocs_ _cleanup_(cgprocs_done)
