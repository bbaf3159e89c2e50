/* SPDX-License-Identifier: MIT */
#include "run/leader.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fd.h"

int leader_link_open(struct leader_link *link, int *ret_other, struct error *err)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "make a socket pair");
	link->control_fd = fd[0];
	*ret_other = fd[1];
	return 0;
}

void leader_link_done(struct leader_link *link)
{
	link->control_fd = fd_close(link->control_fd);
	link->program_fd = fd_close(link->program_fd);
}

/* At most one: the room is for no more, and the kernel closes what does not fit. */
static int take_descriptor(const struct msghdr *message)
{
	const struct cmsghdr *head = CMSG_FIRSTHDR(message);
	int fd;

	if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -EBADF;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

int leader_receive(const struct leader_link *link, struct leader_report *ret_report, int *ret_fd)
{
	struct leader_report report;
	struct iovec data = { &report, sizeof(report) };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights;
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights.room),
	};
	ssize_t n;

	do
		n = recvmsg(link->control_fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 && errno != ECONNRESET ? -errno : 0;
	*ret_fd = take_descriptor(&message);
	if (n != (ssize_t)sizeof(report) || message.msg_flags & MSG_TRUNC) {
		*ret_fd = fd_close(*ret_fd);
		return -EBADMSG;
	}
	*ret_report = report;
	return 1;
}

static int send_whole(const struct leader_link *link, const void *what, size_t size)
{
	ssize_t n;

	do
		n = send(link->control_fd, what, size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0; /* a packet is sent whole or not at all */
}

int leader_send_job(const struct leader_link *link, const struct leader_job *job)
{
	return send_whole(link, job, sizeof(*job));
}

int leader_send_order(const struct leader_link *link, enum leader_order_kind kind)
{
	const struct leader_order order = { .kind = kind };

	return send_whole(link, &order, sizeof(order));
}

int leader_signal(const struct leader_link *link, int sig)
{
	if (link->program_fd < 0)
		return -ESRCH;
	return syscall(SYS_pidfd_send_signal, link->program_fd, sig, NULL, 0) < 0 ? -errno : 0;
}
