/* SPDX-License-Identifier: MIT */
/*
 * catcher LOG - seizes the next process that is made in this pid namespace, as soon as it is there
 *
 * What it has by then is held against what it should have. A line in LOG for each:
 *
 *   caught comm=NAME seccomp=N cgroup=same|other peers=N
 *
 * cgroup is compared with the catcher's own. peers is the number of descriptors that can be taken from
 * processes which have made its sockets: the kernel names them (SO_PEERPIDFD), also to who is in a pid
 * namespace where they have no number. The line "ready" comes first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linux 6.5. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

enum {
	TEXT = 8192,
	FDS = 64,    /* descriptors that are tried of a process */
	AHEAD = 4,   /* numbers that are tried: somebody else may have taken the next one */
	ROUNDS = 256 /* before it is asked again which was given last */
};

static bool read_file(pid_t pid, const char *name, char *text)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, TEXT - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

/* The number that was given last in this pid namespace. */
static pid_t last_number(void)
{
	static char text[TEXT];
	const char *number;
	int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	number = strrchr(text, ' ');
	return number ? (pid_t)atoi(number) : 0;
}

static void field(const char *text, const char *key, char *buf)
{
	const char *hit = strstr(text, key);

	buf[0] = '\0';
	if (hit)
		sscanf(hit + strlen(key), "%*[ \t]%63s", buf);
}

static int take(int pidfd, int fd)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

/* Of whoever made the other end of @fd. */
static int count_peers(int fd)
{
	int peer = -1, n = 0;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &peer, &size) < 0)
		return 0;
	for (int i = 0; i < FDS; i++) {
		int taken = take(peer, i);

		if (taken < 0)
			continue;
		n++;
		close(taken);
	}
	close(peer);
	return n;
}

static int peers_of(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), n = 0;

	if (pidfd < 0)
		return 0;
	for (int i = 0; i < FDS; i++) {
		int fd = take(pidfd, i);

		if (fd < 0)
			continue;
		n += count_peers(fd);
		close(fd);
	}
	close(pidfd);
	return n;
}

static void tell(FILE *log, pid_t pid)
{
	static char status[TEXT], theirs[TEXT], ours[TEXT];
	char comm[64], seccomp[64];

	/* Who has ended meanwhile tells nothing. */
	if (!read_file(pid, "status", status) || !read_file(pid, "cgroup", theirs) ||
	    !read_file(getpid(), "cgroup", ours) || strstr(status, "\nState:\tZ"))
		return;
	field(status, "Name:", comm);
	field(status, "\nSeccomp:", seccomp);
	fprintf(log, "caught comm=%s seccomp=%s cgroup=%s peers=%d\n", comm, seccomp,
		strcmp(theirs, ours) == 0 ? "same" : "other", peers_of(pid));
	fflush(log);
}

static bool catch (FILE *log, pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return false;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 && waitpid(pid, NULL, __WALL) == pid)
		tell(log, pid);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return true;
}

int main(int argc, char *argv[])
{
	FILE *log = argc == 2 ? fopen(argv[1], "we") : NULL;

	if (!log)
		return 1;
	fputs("ready\n", log);
	fflush(log);
	for (;;) {
		pid_t last = last_number();
		bool caught = false;

		for (int i = 0; i < ROUNDS * AHEAD && !caught; i++)
			caught = catch (log, last + 1 + i % AHEAD);
	}
}
