/* SPDX-License-Identifier: MIT */
/*
 * peerfds SOCKET - takes what it can from the process that listens at the path SOCKET
 *
 * The kernel gives a pidfd of it to who is connected (SO_PEERPIDFD), whatever pid namespace that one is
 * in. Says "taken=N", the number of its descriptors that could be had.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Linux 6.5. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

enum {
	FDS = 64
};

int main(int argc, char *argv[])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), peer = -1, n = 0;
	socklen_t size = sizeof(peer);

	if (argc != 2 || strlen(argv[1]) >= sizeof(name.sun_path))
		return 2;
	memcpy(name.sun_path, argv[1], strlen(argv[1]));
	if (connect(fd, (const struct sockaddr *)&name, sizeof(name)) < 0) {
		perror("peerfds: connect");
		return 2;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &peer, &size) < 0) {
		perror("peerfds: SO_PEERPIDFD");
		return 3;
	}
	for (int i = 0; i < FDS; i++)
		n += syscall(SYS_pidfd_getfd, peer, i, 0) >= 0;
	printf("taken=%d\n", n);
	return 0;
}
