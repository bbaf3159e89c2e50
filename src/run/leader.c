/* SPDX-License-Identifier: MIT */
#include "run/leader.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "run/calls.h"
#include "run/errand.h"
#include "util/fd.h"

static int make_pair(void *ctx)
{
	struct leader_link *link = ctx;

	/* After it: who is killed before has made none. */
	link->pair.errnum =
		call_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link->pair.fd) < 0
			? errno
			: 0;
	return 0;
}

void leader_link_begin(struct leader_link *link)
{
	link->pair.errnum = ECHILD;
	link->pair.errand = errand_start(make_pair, link);
}

void leader_link_make(struct leader_link *link)
{
	if (!link->pair.made)
		(void)make_pair(link); /* 0 */
	link->pair.made = true;
}

int leader_link_open(struct leader_link *link, int *ret_other, struct error *err)
{
	int r = 0;

	if (link->apart && !link->pair.errand && !link->pair.made)
		leader_link_begin(link);
	if (link->pair.errand)
		r = errand_end(link->pair.errand);
	else if (!link->pair.made)
		r = make_pair(link);
	link->pair.errand = 0;
	if (r == 0)
		r = -link->pair.errnum;
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "make a socket pair");
	link->control_fd = link->pair.fd[0];
	*ret_other = link->pair.fd[1];
	return 0;
}

void leader_link_done(struct leader_link *link)
{
	/* What it opens is closed with all else: nothing follows but our end. */
	(void)errand_end(link->pair.errand);
	link->pair.errand = 0;
	link->control_fd = fd_close(link->control_fd);
	link->program_fd = fd_close(link->program_fd);
}

/* At most one: the length is for no more, and the kernel closes what does not fit. */
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

int leader_receive(int socket, void *ret_what, size_t size, int *ret_fd)
{
	struct iovec data = { ret_what, size };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights;
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = CMSG_LEN(sizeof(int)), /* the room, which is padded, has two */
	};
	ssize_t n;
	int fd;

	/* Told once, before what the other side has said, where it has ended without reading all. */
	do
		n = call_recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return -errno;
	fd = take_descriptor(&message);
	if (n == (ssize_t)size && !(message.msg_flags & MSG_TRUNC)) {
		*ret_fd = fd;
		return 1;
	}
	(void)fd_close(fd); /* -EBADF */
	return n == 0 ? 0 : -EBADMSG;
}

int leader_send(int socket, const void *what, size_t size, int fd)
{
	struct iovec data = { .iov_len = size };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights = { .head = { CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	ssize_t n;

	memcpy(&data.iov_base, &what, sizeof(what)); /* sendmsg writes nothing there */
	if (fd >= 0) {
		memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
		message.msg_control = &rights;
		message.msg_controllen = sizeof(rights.room);
	}
	do
		n = call_sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0; /* a packet is sent whole or not at all */
}
