/* SPDX-License-Identifier: MIT */
/*
 * The line to the leader of a program's session, which with -H the target may take over: packets as
 * the input has them, the first byte of each says how long it is and how many descriptors go along.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "run/leader.h"

enum {
	LENGTH_BITS = 5, /* a report has 12 bytes, so that longer ones are among them */
	DESCRIPTORS_MAX = 7,
	PACKETS_MAX = 8
};

static void send_packet(int socket, const uint8_t *data, size_t size, size_t descriptors)
{
	struct iovec text = { (void *)(uintptr_t)data, size };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
	} rights = { .head = { CMSG_LEN(descriptors * sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };
	int fds[DESCRIPTORS_MAX];

	for (size_t i = 0; i < descriptors; i++)
		fds[i] = socket;
	memcpy(CMSG_DATA(&rights.head), fds, descriptors * sizeof(int));
	if (descriptors > 0) {
		message.msg_control = &rights;
		message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
	}
	MUST(sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)size);
}

/* Nothing that came along stays open but what was handed on. */
static void check_none_left(int lowest)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	MUST(fd == lowest);
	(void)close(fd);
}

static void check_packet(const int pair[2], const uint8_t *data, size_t size, size_t descriptors)
{
	struct leader_report report = { .kind = 77, .value = 78, .stage = 79 };
	const struct leader_report before = report;
	int lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), fd = -1, r;

	(void)close(lowest);
	send_packet(pair[1], data, size, descriptors);
	r = leader_receive(pair[0], &report, sizeof(report), &fd);
	if (size == 0) { /* as who has ended */
		MUST(r == 0 && fd == -1);
		check_none_left(lowest);
		return;
	}
	MUST(r == (size == sizeof(report) ? 1 : -EBADMSG));
	MUST(r == 1 ? memcmp(&report, data, sizeof(report)) == 0 : fd == -1);
	if (r < 0 && size < sizeof(report))
		MUST(memcmp((char *)&report + size, (const char *)&before + size,
			    sizeof(report) - size) == 0);
	if (r == 1 && descriptors > 0) {
		MUST(fd == lowest && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && close(fd) == 0);
	} else if (r == 1) {
		MUST(fd == -EBADF);
	}
	check_none_left(lowest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	for (int i = 0; i < PACKETS_MAX && size > 0; i++) {
		size_t length = data[0] & ((1 << LENGTH_BITS) - 1);

		length = MIN(length, size - 1);
		check_packet(pair, data + 1, length, data[0] >> LENGTH_BITS);
		data += 1 + length;
		size -= 1 + length;
	}
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}
