/* SPDX-License-Identifier: MIT */
/*
 * Waits for something to become true of a process that is not a child of ours:
 *
 *   procwait gone PID SECONDS          it has ended (a zombie has)
 *   procwait state LETTERS PID SECONDS its state in /proc/PID/stat is one of LETTERS
 *
 * Exit status 0: it is so; 1: not within SECONDS; 2: it cannot be told. The end comes as an event of
 * the pidfd. For a state there is no event that a stranger could wait for, so that is looked at every
 * 5 ms.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int wait_gone(pid_t pid, int seconds)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* The number may be a thread's by now. */
	if (p.fd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
		return 0;
	if (p.fd < 0) {
		perror("procwait: pidfd_open");
		return 2;
	}
	return poll(&p, 1, seconds * 1000) > 0 ? 0 : 1;
}

static char state_of(pid_t pid)
{
	char path[64], text[512], *end;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 'X';
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 'X';
}

static int wait_state(const char *letters, pid_t pid, int seconds)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };

	for (int tries = seconds * 200; tries > 0; tries--) {
		if (strchr(letters, state_of(pid)))
			return 0;
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "procwait: process %d is in state %c, not %s\n", pid, state_of(pid),
		letters);
	return 1;
}

int main(int argc, char *argv[])
{
	/* An empty word where a test has lost the number is nobody, who would be gone at once. */
	pid_t pid = argc > 3 ? atoi(argv[argc - 2]) : 0;

	if (argc == 4 && pid > 0 && strcmp(argv[1], "gone") == 0)
		return wait_gone(pid, atoi(argv[3]));
	if (argc == 5 && pid > 0 && strcmp(argv[1], "state") == 0)
		return wait_state(argv[2], pid, atoi(argv[4]));
	fputs("usage: procwait gone PID SECONDS | state LETTERS PID SECONDS\n", stderr);
	return 2;
}
