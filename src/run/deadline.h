/* SPDX-License-Identifier: MIT */
/*
 * How long others may hold up a process of ours. What it waits for itself counts, not the time for
 * which it is ready to run and the machine has no processor for it: many of us at once would give
 * each other up.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	/* For looking at the target, and for entering it: each of its files may never answer. */
	DEADLINE_US = 5000000,
	DEADLINE_NAP_MS = 100,
	/* So much longer it is for who is ready to run, or does all the time: it has an end still. */
	DEADLINE_RUNNABLE = 10,
	/* How long it takes to end who can be ended; who waits for a dead file server cannot. */
	FAREWELL_US = 100000
};

struct deadline {
	int64_t left_us;
};

/*
 * deadline_spend() - time has passed without a result
 * @spent_us: no more than a nap counts: whoever stops us stops the other one as well
 * @runnable: the other one was ready to run, or ran
 * Return: whether any is left.
 */
bool deadline_spend(struct deadline *deadline, int64_t spent_us, bool runnable);

/*
 * deadline_nap() - wait for @fd, at most for a nap
 * @pid: who is waited for, our child and not reaped; those that it has made are looked at, too
 *
 * Safe where memory is shared: nothing but the stack is used.
 * Return: 1 where @fd is ready, 0 where it is not yet, -ETIMEDOUT past the deadline, or another
 * -errno.
 */
int deadline_nap(struct deadline *deadline, struct pollfd *fd, pid_t pid);

/*
 * deadline_farewell() - wait for @fd of who is about to end, or was killed
 * Return: 1 where @fd is ready, -ETIMEDOUT where it stays, or another -errno.
 */
int deadline_farewell(struct pollfd *fd, pid_t pid);

/* is_runnable() - whether a process or thread is ready to run, or runs */
bool is_runnable(pid_t pid);
