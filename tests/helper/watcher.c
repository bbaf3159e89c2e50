/* SPDX-License-Identifier: MIT */
/*
 * watcher LOG - looks into every process that comes
 *
 * Looks through /proc, as fast as it can, for processes that it does not know, and tries what would
 * give it power over them. A line in LOG for each result, once:
 *
 *   PID comm=NAME exe=LINK open=E mem=E environ=E fd=E capeff=HEX
 *
 * E is "ok" or the name of an error. The line "ready" comes first.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE = 1024,
	SEEN = 512
};

static char seen[SEEN][LINE];
static int n_seen;

static const char *try_open(int dir, const char *name, int flags)
{
	char byte;
	int fd = openat(dir, name, flags | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, &byte, 1);
	bool ok = fd >= 0;

	/* The environment is guarded when it is opened, and again when it is read. */
	if (ok && flags == O_RDONLY && n < 0 && errno != EISDIR)
		ok = false;
	/* Who is ending has no memory any more: all can be opened, and nothing is behind it. */
	if (ok && n == 0) {
		ok = false;
		errno = ENODATA;
	}
	if (fd >= 0)
		close(fd);
	return ok ? "ok" : strerrorname_np(errno);
}

/* What stands behind @field in the file of lines @name. */
static void field(int dir, const char *name, const char *key, char *buf, size_t size)
{
	char text[4096];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *hit;

	buf[0] = '\0';
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return;
	text[n] = '\0';
	hit = strstr(text, key);
	if (hit)
		sscanf(hit + strlen(key), "%*[ \t]%63s", buf);
	buf[size - 1] = '\0';
}

static void look(FILE *log, const char *pid, int dir)
{
	char line[LINE], exe[256], comm[64], capeff[64];
	const char *exe_open, *mem, *environment, *fds;
	ssize_t n = readlinkat(dir, "exe", exe, sizeof(exe) - 1);

	if (n < 0)
		n = snprintf(exe, sizeof(exe), "%s", strerrorname_np(errno));
	exe[n] = '\0';
	exe_open = try_open(dir, "exe", O_RDONLY);
	mem = try_open(dir, "mem", O_RDWR);
	environment = try_open(dir, "environ", O_RDONLY);
	fds = readlinkat(dir, "fd/0", line, sizeof(line)) < 0 ? strerrorname_np(errno) : "ok";
	field(dir, "status", "Name:", comm, sizeof(comm));
	field(dir, "status", "CapEff:", capeff, sizeof(capeff));
	snprintf(line, sizeof(line), "%s comm=%s exe=%s open=%s mem=%s environ=%s fd=%s capeff=%s",
		 pid, comm, exe, exe_open, mem, environment, fds, capeff);
	for (int i = 0; i < n_seen; i++)
		if (strcmp(seen[i], line) == 0)
			return;
	if (n_seen < SEEN)
		strcpy(seen[n_seen++], line);
	fprintf(log, "%s\n", line);
	fflush(log);
}

static void look_at_all(FILE *log, DIR *proc, const char *self)
{
	struct dirent *entry;

	rewinddir(proc);
	while ((entry = readdir(proc))) {
		int dir;

		if (!isdigit((unsigned char)entry->d_name[0]) || strcmp(entry->d_name, self) == 0 ||
		    strcmp(entry->d_name, "1") == 0)
			continue;
		dir = openat(dirfd(proc), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		look(log, entry->d_name, dir);
		close(dir);
	}
}

int main(int argc, char *argv[])
{
	char self[32] = "";
	FILE *log = argc == 2 ? fopen(argv[1], "we") : NULL;
	DIR *proc = opendir("/proc");

	if (!log || !proc || readlink("/proc/self", self, sizeof(self) - 1) < 0)
		return 1;
	fputs("ready\n", log);
	fflush(log);
	for (;;)
		look_at_all(log, proc, self);
}
