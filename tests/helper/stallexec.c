/* SPDX-License-Identifier: MIT */
/*
 * stallexec FILE - whoever executes FILE waits, as for a file system that does not answer, until
 * standard input is closed. Prints "ready=1" when it does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
	char c;

	if (argc != 2 || fd < 0 ||
	    fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, argv[1]) < 0) {
		perror("stallexec");
		return 1;
	}
	puts("ready=1");
	if (fflush(stdout) != 0)
		return 1;
	/* The question is never read, let alone answered; the end of this process allows all. */
	return read(STDIN_FILENO, &c, 1) != 0;
}
