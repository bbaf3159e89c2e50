/* SPDX-License-Identifier: MIT */
/*
 * A process that holds a socket of a network namespace in which it is not: the socket is all that
 * is left of that namespace. Prints "target=", "fd=" and "net=" (the socket's namespace) and stays
 * until its standard input ends or has a line.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(void)
{
	struct stat other;
	char byte;
	int own, fd;

	own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own < 0)
		return fail("sockns: open own namespace");
	if (unshare(CLONE_NEWNET) < 0)
		return fail("sockns: unshare");
	if (stat("/proc/self/ns/net", &other) < 0)
		return fail("sockns: stat");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail("sockns: socket");
	if (setns(own, CLONE_NEWNET) < 0)
		return fail("sockns: setns");

	printf("target=%d\nfd=%d\nnet=%ju\nready=1\n", getpid(), fd, (uintmax_t)other.st_ino);
	fflush(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
	return 0;
}
