/* SPDX-License-Identifier: MIT */
/*
 * leadersay PID stopped|ended VALUE - report for the leader PID, over the socket that is taken from it
 *
 * As root can in a container that may look into others (CAP_SYS_PTRACE).
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "leader/protocol.h"

/* Linux 5.6; the C library's header may be older. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

enum {
	FDS = 64
};

static bool is_link(int fd)
{
	int type = 0;
	socklen_t size = sizeof(type);

	return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET;
}

int main(int argc, char **argv)
{
	struct leader_report report = { 0 };
	int leader;

	if (argc != 4)
		return 1;
	report.kind = strcmp(argv[2], "ended") == 0 ? LEADER_ENDED : LEADER_STOPPED;
	report.value = atoi(argv[3]);
	leader = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	for (int i = 0; leader >= 0 && i < FDS; i++) {
		int fd = (int)syscall(SYS_pidfd_getfd, leader, i, 0);

		if (is_link(fd))
			return send(fd, &report, sizeof(report), 0) == sizeof(report) ? 0 : 1;
	}
	return 1;
}
