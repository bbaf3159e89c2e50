/* SPDX-License-Identifier: MIT */
#include "sys/procmounts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "util/fd.h"
#include "util/macro.h"

/* The third field of a line is the file system's number, and " - " is before its type. */
static const char *number_of_proc(char *line)
{
	static const char before[] = " - ", type[] = "proc ";
	const char *end = strstr(line, before);
	const char *number = NULL;

	if (!end || strncmp(end + strlen(before), type, strlen(type)) != 0)
		return NULL;
	for (int field = 0; field < 3 && line; field++)
		number = strsep(&line, " ");
	return number ? number : "";
}

static const char *next_proc(char **rest)
{
	const char *number = NULL;
	char *line;

	while (!number && (line = strsep(rest, "\n")))
		number = number_of_proc(line);
	return number;
}

bool procmounts_text_apart(char *theirs, char *ours)
{
	const char *first = next_proc(&theirs), *other;

	while ((other = next_proc(&theirs)))
		if (strcmp(other, first) != 0)
			return false;
	while (first && (other = next_proc(&ours)))
		if (strcmp(other, first) == 0)
			return false;
	return true;
}

bool procmounts_apart(int proc_fd)
{
	_cleanup_free_ char *theirs = NULL, *ours = NULL;

	return fd_read_alloc(proc_fd, "mountinfo", MOUNTINFO_MAX, &theirs) >= 0 &&
	       fd_read_alloc(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &ours) >= 0 &&
	       procmounts_text_apart(theirs, ours);
}
