/* SPDX-License-Identifier: MIT */
/* One process by its number: handles first, then the proof that it can be a target. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

/*
 * process_try() - take the handles of a process, without a word
 * @pid:       as the host's /proc has it
 * @ret_found: pid, pidfd and proc_fd; the names stay NULL
 *
 * Return: 0, -ESRCH, or what hostfs_pidfd() and hostfs_proc() return.
 */
int process_try(const struct hostfs *host, pid_t pid, struct found *ret_found);

/*
 * process_open() - the same for a number that the user gave
 *
 * A number that is no process, a thread, a zombie and a kernel thread are each told apart.
 * Return: 0, or a negative errno with @err filled; -ESRCH only where there is no such process.
 */
int process_open(const struct hostfs *host, pid_t pid, struct found *ret_found, struct error *err);

/*
 * process_explain_end() - why a process lacks the links that every living one has
 *
 * The kernel takes its namespaces from the first thread alone, which may end before the others.
 * Return: a negative errno with @err filled.
 */
int process_explain_end(const struct found *found, struct error *err);

/* process_has_ended() - whether its first thread has, so that its namespaces cannot be joined */
bool process_has_ended(const struct found *found);

/* process_check_inode() - PID:INODE. Return: 0, or a negative errno with @err filled. */
int process_check_inode(const struct found *found, uint64_t inode, struct error *err);

/*
 * process_open_pidfile() - @PIDFILE: the process whose number a file holds
 *
 * The file must be a regular one and belong to root, to our own user, or to the user that the
 * process runs as: somebody else's file would choose the process that root enters.
 * Return: 0, or a negative errno with @err filled.
 */
int process_open_pidfile(const struct hostfs *host, const char *path, struct found *ret_found,
			 struct error *err);
