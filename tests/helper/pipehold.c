/* SPDX-License-Identifier: MIT */
/*
 * pipehold FD - leaves a process behind that holds the lock of the pipe FD for good
 *
 * splice(2) from a socket that says nothing waits with the pipe's lock taken: whoever reads, measures
 * or closes the pipe waits for it, and not even SIGKILL ends that. Exit status 7; 1 where it cannot.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	HELD = 7
};

static int writing_end(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const struct timespec moment = { 0, 300L * 1000 * 1000 };
	int silent[2], pipe_fd = argc == 2 ? writing_end(atoi(argv[1])) : -1;
	pid_t pid;

	if (pipe_fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, silent) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		(void)setsid();
		(void)splice(silent[0], NULL, pipe_fd, NULL, 1, 0);
		_exit(1);
	}
	if (pid < 0)
		return 1;
	/* Nothing tells that it waits there. */
	(void)nanosleep(&moment, NULL);
	return HELD;
}
