/* SPDX-License-Identifier: MIT */
/*
 * holder LOG NAMESPACE - a debugger that lets nobody end
 *
 * NAMESPACE is the tests' pid namespace (apart.h).
 *
 * Seizes every process that comes, as soon as /proc shows it, and holds each when it is about to
 * end. "ready", "seized PID" and "holds PID" are written to LOG.
 */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"

enum {
	PIDS = 4096
};

static void seize_new(FILE *log, DIR *proc)
{
	static bool known[PIDS];
	struct dirent *entry;

	rewinddir(proc);
	while ((entry = readdir(proc))) {
		int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (pid <= 1 || pid >= PIDS || pid == getpid() || known[pid])
			continue;
		if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC) < 0)
			continue;
		known[pid] = true;
		fprintf(log, "seized %d\n", pid);
		fflush(log);
	}
}

/* All goes on as it would, but the end. */
static void serve(FILE *log)
{
	int status, pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		if (status >> 16 == PTRACE_EVENT_EXIT) {
			fprintf(log, "holds %d\n", pid);
			fflush(log);
			continue;
		}
		ptrace(PTRACE_CONT, pid, 0, status >> 16 ? 0 : WSTOPSIG(status));
	}
}

int main(int argc, char *argv[])
{
	FILE *log = argc == 3 ? fopen(argv[1], "we") : NULL;
	DIR *proc = opendir("/proc");

	if (argc != 3 || !is_apart_from(argv[2]))
		return 2;
	if (!log || !proc)
		return 1;
	fputs("ready\n", log);
	fflush(log);
	for (;;) {
		seize_new(log, proc);
		serve(log);
	}
}
