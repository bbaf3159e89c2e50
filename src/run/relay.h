/* SPDX-License-Identifier: MIT */
/*
 * Between the caller's terminal and streams and an isolated program: the program gets a pty and
 * pipes of nsjoin's own, this process keeps what is the caller's and carries the bytes.
 *
 * The order of use, all of it in the process on the host's side:
 *
 *	relay_open()		before the fork
 *	relay_host_pty()	where relay_lacks_pty() and the target's devpts cannot be used: this side
 *				has the master at once, and the slave has to reach the program
 *	relay_take_pty()	where the target's could: the master that was sent from there
 *	relay_run()		after the report that the program runs
 *	relay_done()		on every way out
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "core/plan_streams.h"
#include "run/leader.h"
#include "run/streams.h"
#include "run/terminal.h"
#include "util/error.h"

/* Held in place; no field is anybody else's business. */
struct relay {
	struct stream_plan plan[STREAMS];
	struct stream_fact fact[STREAMS];
	struct terminal terminal; /* the caller's, where a pty stands for it */
	int master;		  /* of the program's pty, or -EBADF */
	int program[STREAMS];	  /* the program's end of each pipe, until it runs */
	struct input input;	  /* standard input into its pipe */
	struct input keys;	  /* the terminal, or standard input, into the pty */
	/* Of the pty [0], and the pipes of standard output and error. */
	struct output output[STREAMS];
};

#define RELAY_INIT                                                                                 \
	{                                                                                          \
		.terminal = TERMINAL_INIT, .master = -EBADF,                                       \
		.program = { -EBADF, -EBADF, -EBADF }, .input = INPUT_INIT, .keys = INPUT_INIT,    \
		.output = { OUTPUT_INIT, OUTPUT_INIT, OUTPUT_INIT },                               \
	}

/*
 * relay_open() - make the pipes, look at the terminal
 * @plan:     which way each stream goes, from plan_streams()
 * @fact:     what the caller's streams are, from stream_look()
 * @uid/@gid: who the program will be, as this side numbers them: the pipes become theirs, so that
 *            a program that is not root can open /dev/stderr
 *
 * Nothing of the caller's changes, and nothing is read yet. All descriptors are O_CLOEXEC and
 * above standard error.
 * Return: 0 or -errno with @err filled.
 */
int relay_open(struct relay *relay, const struct stream_plan plan[STREAMS],
	       const struct stream_fact fact[STREAMS], uid_t uid, gid_t gid, struct error *err);

/*
 * relay_give() - a pipe becomes the program's, or it could not open /dev/stderr or /dev/fd/63
 * @fd:       a pipe without a name
 * @uid/@gid: who the program will be, as this side numbers them; (uid_t)-1 and (gid_t)-1: as we are
 *
 * Return: 0 or -errno.
 */
int relay_give(int fd, uid_t uid, gid_t gid);

/*
 * relay_program_fd() - what the program is to have as 0, 1 or 2
 *
 * Return: the descriptor, borrowed (the caller's own @stream itself for WAY_PASS); -EBADF for the
 * slave of the pty.
 */
int relay_program_fd(const struct relay *relay, int stream);

/* relay_lacks_pty() - whether a stream goes by a pty, so that there has to be one, and is none yet */
bool relay_lacks_pty(const struct relay *relay);

/*
 * relay_foreground() - whether the program has the pty's foreground from the start
 *
 * Asked when it is about to be started (leader_job.flags). Where not, its first read stops it with
 * SIGTTIN: so nothing is read from the terminal that nobody wants.
 */
bool relay_foreground(const struct relay *relay);

/*
 * relay_host_pty() - make a pty on this side, and keep the master
 * @uid:       whose the slave becomes, as this side numbers users
 * @ret_slave: the slave, O_CLOEXEC and O_NOCTTY; owned by the caller
 *
 * Settings and size are the terminal's own.
 * Return: 0 or -errno with @err filled.
 */
int relay_host_pty(struct relay *relay, uid_t uid, int *ret_slave, struct error *err);

/*
 * relay_take_pty() - take the master that was sent; closed by relay_done()
 *
 * The pty gets the terminal's settings and size, before the program is executed.
 * Return: 0 or -errno with @err filled; the master is taken either way.
 */
int relay_take_pty(struct relay *relay, int master, struct error *err);

/*
 * relay_run() - carry bytes, signals, stops and sizes until the program has ended
 * @ignored:         signals that the caller ignores, by bit N - 1: they are not for the program
 * @ret_wait_status: how it ended, as waitpid(2) has it
 *
 * The signals of wait_hold() are blocked since before the fork, or some would be lost. The terminal
 * is as it was on every way out. What of a file, pipe or socket the program has not read is there
 * for the next reader of the caller's.
 * Return: 0 or -errno with @err filled, where the program has no leader any more.
 */
int relay_run(struct relay *relay, const struct leader_link *link, uint64_t ignored,
	      int *ret_wait_status, struct error *err);

/*
 * relay_pass_on() - where no program came of it: what was written to its standard error goes to ours.
 * Never waits.
 */
void relay_pass_on(const struct relay *relay);

/* relay_done() - close what is ours and leave RELAY_INIT behind. */
void relay_done(struct relay *relay);

#define _cleanup_relay_ _cleanup_(relay_done)
