/* SPDX-License-Identifier: MIT */
/*
 * nsjoin's end of the line to the leader of the program's session. What arrives is judged before it
 * is believed: the leader has the target's privileges.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#include "leader/protocol.h"
#include "util/error.h"

struct leader_link {
	int control_fd; /* our end of the socket pair */
	int program_fd; /* pidfd of the program once it runs; or -EBADF */
	bool apart;	/* the socket pair has to be made by another process than this one */
	struct {
		pid_t errand; /* that makes it, as of errand_start(); or 0 */
		bool made;    /* by another process, which has ended */
		int fd[2], errnum;
	} pair;
};

#define LEADER_LINK_INIT(is_apart)                                                                 \
	{                                                                                          \
		.control_fd = -EBADF, .program_fd = -EBADF, .apart = (is_apart)                    \
	}

/*
 * leader_link_begin() - have the socket pair made by a process that has ended when it is used
 *
 * Whoever has an end gets a pidfd of the process that has made it, also where that one has no number
 * for him (SO_PEERPIDFD, since Linux 6.5). Who seizes the program before it has closed the leader's
 * end, for which it takes CAP_SYS_PTRACE, could take from us all that we have open.
 * @link has to stay where it is until leader_link_open() or leader_link_done().
 */
void leader_link_begin(struct leader_link *link);

/*
 * leader_link_make() - the same by the caller, on another errand of ours already: it shares our memory
 * and descriptors, and has ended when the pair is used
 */
void leader_link_make(struct leader_link *link);

/*
 * leader_link_open() - the socket pair, before the fork: the one that was begun or made, or made now
 * @ret_other: the leader's end, owned by the caller
 * Return: 0, or -errno with @err filled.
 */
int leader_link_open(struct leader_link *link, int *ret_other, struct error *err);

/* leader_link_done() - close what is open */
void leader_link_done(struct leader_link *link);

/*
 * leader_receive() - take one message that has arrived; waits for it where none has
 * @socket:         one end
 * @ret_what, @size: struct leader_report, or what else is expected
 * @ret_fd:         the descriptor that came along, owned by the caller, or -EBADF
 *
 * Return: 1, 0 where the other side has ended, -EBADMSG for what has another size, or -errno.
 */
int leader_receive(int socket, void *ret_what, size_t size, int *ret_fd);

/*
 * leader_send() - send a struct leader_job, leader_order or, from the other side, leader_report
 * @socket: one end
 * @fd:     a descriptor that goes along, or -EBADF
 * Return: 0 or -errno: -EPIPE where the other side has ended.
 */
int leader_send(int socket, const void *what, size_t size, int fd);
