/* SPDX-License-Identifier: MIT */
#include "sys/fdinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "util/fd.h"
#include "util/take.h"

int fdinfo_int(int procfd, int fd, const char *field, int *ret_value)
{
	char name[sizeof("/proc/self/fdinfo/2147483647")], text[1024], *rest = text, *line;
	const char *root = procfd == AT_FDCWD ? "/proc/" : "";
	size_t length = strlen(field);
	ssize_t n;

	(void)snprintf(name, sizeof(name), "%sself/fdinfo/%d", root, fd); /* fits by its type */
	n = fd_read_file(procfd, name, text, sizeof(text));
	if (n < 0)
		return (int)n;
	while ((line = strsep(&rest, "\n")))
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			return take_int(line + length + 1, ret_value) ? 0 : -EBADMSG;
	return -EBADMSG;
}
