/* SPDX-License-Identifier: MIT */
/*
 * nsjoin's end of the line to the leader of the program's session. What arrives is judged before it
 * is believed: the leader has the target's privileges.
 */
#pragma once

#include <errno.h>

#include "leader/protocol.h"
#include "util/error.h"

struct leader_link {
	int control_fd; /* our end of the socket pair */
	int program_fd; /* pidfd of the program once it runs, for signals; or -EBADF */
};

#define LEADER_LINK_INIT                                                                           \
	{                                                                                          \
		.control_fd = -EBADF, .program_fd = -EBADF                                         \
	}

/*
 * leader_link_open() - make the socket pair, before the fork
 * @ret_other: the leader's end, owned by the caller
 * Return: 0, or -errno with @err filled.
 */
int leader_link_open(struct leader_link *link, int *ret_other, struct error *err);

/* leader_link_done() - close what is open */
void leader_link_done(struct leader_link *link);

/*
 * leader_receive() - take one report that has arrived; waits for it where none has
 * @ret_fd: the descriptor that came along, owned by the caller, or -EBADF
 *
 * Return: 1 with *ret_report, 0 where the other side has ended, -EBADMSG for what is no report, or
 * another -errno.
 */
int leader_receive(const struct leader_link *link, struct leader_report *ret_report, int *ret_fd);

/* leader_send_job(), leader_send_order() - Return: 0 or -errno: -EPIPE where the other has ended. */
int leader_send_job(const struct leader_link *link, const struct leader_job *job);
int leader_send_order(const struct leader_link *link, enum leader_order_kind kind);

/* leader_signal() - send the program a signal. Return: 0 or -errno: -ESRCH where it has ended. */
int leader_signal(const struct leader_link *link, int sig);
