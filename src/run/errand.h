/* SPDX-License-Identifier: MIT */
/*
 * A process that shares our memory and descriptors, goes somewhere, opens something there, and ends:
 * what it has opened is ours, and nothing of ours has moved.
 */
#pragma once

#include <sys/types.h>

/*
 * errand_run() - have @work done by such a process, and wait for its end
 * @ctx: in our memory; @work leaves there what came of it
 * Return: 0 or -errno where it could not be made.
 */
int errand_run(int (*work)(void *ctx), void *ctx);

/*
 * errand_start() - the same without waiting: we go on beside it
 * @work: one system call or two; where one fails, errno may change under us
 * Return: what errand_end() takes, and has to be given before the next start.
 *
 * errand_end() - wait for its end. Return: 0 or -errno where it could not be made.
 */
pid_t errand_start(int (*work)(void *ctx), void *ctx);
int errand_end(pid_t errand);

/*
 * errand_start_watched() - the same for work of any length, which may have to be given up
 * @ret_pidfd: of the process, owned by the caller; or -EBADF before Linux 5.2
 *
 * One at a time; whoever is killed and does not end keeps the place for good.
 */
pid_t errand_start_watched(int (*work)(void *ctx), void *ctx, int *ret_pidfd);

/*
 * errand_run_below() - the same, by one in a user namespace and a mount namespace of its own
 *
 * Also for who is on an errand already. The mount namespace is a copy of ours, and what limits a mount
 * in ours cannot be undone in it, nor in what is taken from it.
 */
int errand_run_below(int (*work)(void *ctx), void *ctx);
