/* SPDX-License-Identifier: MIT */
/* What happens while an isolated program runs, shared by the files of relay_run(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/signalfd.h>

#include "leader/protocol.h"
#include "run/carrier.h"
#include "run/relay.h"

struct relay_loop {
	struct relay *relay;
	const struct leader_link *link;
	int signal_fd;
	int stopped;	 /* the signal that has stopped the program, or 0 */
	bool lent;	 /* the program has wanted the terminal once */
	bool hung_up;	 /* the terminal has gone */
	bool ended;	 /* the program has */
	bool leave;	 /* told to end after the program's end: its last words are given up */
	int wait_status; /* of the program, once it has ended */
	struct carrier carrier; /* of what goes by pipes */
	int told;		/* the signal that it was told to end with at any time, or 0 */
	int asked;		/* the signal that it was told to end with last, or 0 */
	int64_t asked_ms;
	int64_t typed_ms; /* when to look again at a line that nobody has read yet, or 0 */
	uint64_t held;	  /* its context switches when it was first seen to be held since, or 0 */
};

/*
 * relay_begin()   - the terminal, where the program has it from the start
 * relay_stopped() - the program was stopped by @sig: lend it the terminal, or stop with it
 * relay_goes_on() - we were continued
 * relay_hang_up() - the terminal has gone: the program learns it as from one of its own
 */
void relay_begin(struct relay_loop *loop);
void relay_stopped(struct relay_loop *loop, int sig);
void relay_goes_on(struct relay_loop *loop);
void relay_hang_up(struct relay_loop *loop);

/* relay_lend() - the program is seen to want the terminal, which is ours */
void relay_lend(struct relay_loop *loop);

/*
 * relay_wish_fd()       - the terminal, where it is to be looked at whether there is something to
 *                         read; or -1
 * relay_wish_patience() - how long poll(2) may wait for relay_wish(), or -1
 * relay_wish()          - @events of that descriptor, and whether they are a wish of the program's
 */
int relay_wish_fd(const struct relay_loop *loop);
int relay_wish_patience(const struct relay_loop *loop);
void relay_wish(struct relay_loop *loop, short events);

/*
 * relay_watch_signals() - take signals as they come from now on
 *
 * Return: a descriptor of signalfd(2), owned by the caller; or -errno.
 */
int relay_watch_signals(uint64_t ignored);

/* relay_signals() - what has come */
void relay_signals(struct relay_loop *loop);

/*
 * relay_asked()    - the program was told to end, by signal @sig or a key that means it
 * relay_patience() - how long poll(2) may wait before relay_insist()
 * relay_insist()   - end a program that was told to, and that somebody in the target does not let go:
 *                    to be called each time that this patience has come to its end
 */
void relay_asked(struct relay_loop *loop, int sig);
int relay_patience(const struct relay_loop *loop);
void relay_insist(struct relay_loop *loop);
