/* SPDX-License-Identifier: MIT */
/*
 * catcher LOG - seizes the next process that is made in this pid namespace, as soon as it is there
 *
 * What it has by then is held against what it should have. A line in LOG for each:
 *
 *   caught comm=NAME seccomp=N cgroup=same|other
 *
 * cgroup is compared with the catcher's own. The line "ready" comes first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TEXT = 8192,
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
	fprintf(log, "caught comm=%s seccomp=%s cgroup=%s\n", comm, seccomp,
		strcmp(theirs, ours) == 0 ? "same" : "other");
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
