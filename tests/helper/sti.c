/* SPDX-License-Identifier: MIT */
/*
 * sti [--fd=N|--tty] [--later=MS] [--log=FILE] TEXT - type TEXT for somebody else
 *
 * Pushes TEXT into the input of a terminal, as if it had been typed there: of descriptor N (0), or
 * of /dev/tty. \n is a line feed. --later does it from a process that stays when this one has ended.
 * Says "pushed" or the name of the error, on standard output or in FILE.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int push(int fd, const char *text)
{
	for (; *text; text++) {
		char byte = *text;

		if (byte == '\\' && text[1] == 'n') {
			byte = '\n';
			text++;
		}
		if (ioctl(fd, TIOCSTI, &byte) < 0)
			return -1;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	const char *log = NULL, *text = "";
	int fd = 0, later = 0, failed;
	pid_t child;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--fd=", 5) == 0)
			fd = atoi(argv[i] + 5);
		else if (strcmp(argv[i], "--tty") == 0)
			fd = -1;
		else if (strncmp(argv[i], "--later=", 8) == 0)
			later = atoi(argv[i] + 8);
		else if (strncmp(argv[i], "--log=", 6) == 0)
			log = argv[i] + 6;
		else
			text = argv[i];
	}
	/* The terminal may hang up meanwhile, and may do so before who stays has run at all. */
	signal(SIGHUP, SIG_IGN);
	child = later ? fork() : 0;
	if (child != 0)
		return child < 0;
	usleep((useconds_t)later * 1000);
	if (fd < 0)
		fd = open("/dev/tty", O_RDWR);
	failed = fd < 0 || push(fd, text) < 0 ? errno : 0;
	if (log && !freopen(log, "w", stdout))
		return 2;
	puts(failed ? strerrorname_np(failed) : "pushed");
	return failed != 0;
}
