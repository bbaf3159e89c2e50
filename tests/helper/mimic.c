/* SPDX-License-Identifier: MIT */
/*
 * A process that looks like another one: copied to any name and started with any words, which it
 * ignores. With MIMIC_SOCKET=NAME it holds the abstract socket of that name. Says "target=PID" and
 * "ready=1", and stays until its stdin ends or has a line.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int hold_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || n >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path + 1, name, n);
	if (bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)) < 0)
		return -1;
	return listen(fd, 1);
}

int main(void)
{
	const char *name = getenv("MIMIC_SOCKET");
	char byte;

	if (name && hold_socket(name) < 0) {
		perror("mimic");
		return 1;
	}
	printf("target=%d\nready=1\n", getpid());
	(void)fflush(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
	return 0;
}
