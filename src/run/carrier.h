/* SPDX-License-Identifier: MIT */
/*
 * Who carries the bytes of the program's pipes. Whoever in the target has an end of one can hold its
 * lock for as long as he likes, by splice(2) from a terminal that says nothing: who reads, measures
 * or closes the pipe then waits, and cannot even be killed. So it is a process that can be left
 * behind, and the one that the caller waits for keeps no end.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/relay.h"

/* What that process works on; nobody else looks at it before that one has ended. */
struct carrier_load {
	const struct relay *relay;
	const struct leader_link *link;
	pid_t parent;
	int fd;			       /* to the parent */
	struct input input;	       /* standard input */
	struct output output[STREAMS]; /* standard output and error */
	bool ended;		       /* the program has */
	bool let_go[STREAMS];	       /* closed by the program, and by us */
};

/* Held in place. */
struct carrier {
	struct relay *relay;
	const struct leader_link *link;
	int64_t late_ms; /* when it is started, whatever has come by then; 0: the program has ended */
	bool done;	 /* nothing is left to be carried, or can be */
	bool lost;	 /* it was killed: nobody knows what is missing */
	pid_t pid;	 /* 0: it is not started yet */
	int fd;		 /* to it, or -EBADF */
	int errnum[STREAMS]; /* why a stream could not be carried, or 0; once it is done */
	struct carrier_load load;
};

/* What is waited for: a word of the carrier's, or the pipes that it will be started for. */
struct carrier_wait {
	struct pollfd word, pipe[STREAMS];
};

/*
 * carrier_begin() - see to what goes by the pipes of @relay; what goes by its pty stays
 * @link: is not for the carrier to keep open
 *
 * Many a program is short, reads nothing and says nothing: no process is made for it.
 * Return: 0 or -errno, as the next two.
 */
int carrier_begin(struct carrier *carrier, struct relay *relay, const struct leader_link *link);

/* carrier_wait(), carrier_move() - as for the streams */
struct carrier_wait carrier_wait(const struct carrier *carrier);
int carrier_move(struct carrier *carrier, const struct carrier_wait *wait);

/* carrier_end() - the program has ended: what it has left is written, and what it has not read given back */
int carrier_end(struct carrier *carrier);

/* carrier_patience() - how long poll(2) may wait before carrier_move(), or -1 */
int carrier_patience(const struct carrier *carrier);

/* carrier_done() - on every way out; one that is held by the target is left behind */
void carrier_done(struct carrier *carrier);
