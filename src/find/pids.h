/* SPDX-License-Identifier: MIT */
/* Numbers of processes, as cgroup.procs lists them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pids {
	pid_t *item; /* heap */
	size_t n, size;
	bool unseen; /* others are where our pid namespace cannot see them, and have no number here */
	bool partial; /* there are more, which were not read */
};

/* pids_add() - one more. Return: 0 or -ENOMEM. */
int pids_add(struct pids *pids, pid_t pid);

/* pids_take() - those of a text, a line each; where it is partial the last may be cut. Return: likewise. */
int pids_take(const char *text, struct pids *pids);

/*
 * pids_read() - the processes of one cgroup, without those further down
 * @dirfd, @path: of its cgroup.procs, as for openat(2)
 * @pids:         added to
 *
 * Return: 0, -EOPNOTSUPP where it is a threaded cgroup, whose processes the domain above it lists
 * (since Linux 4.14), or another -errno.
 */
int pids_read(int dirfd, const char *path, struct pids *pids);

/* pids_sort() - in order, and each of them once */
void pids_sort(struct pids *pids);

/* pids_has() - whether a number is among those that were sorted */
bool pids_has(const struct pids *pids, pid_t pid);

void pids_done(struct pids *pids);

#define _cleanup_pids_ _cleanup_(pids_done)
