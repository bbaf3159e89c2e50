/* SPDX-License-Identifier: MIT */
#include "run/mountinfo.h"

#include <fcntl.h>
#include <string.h>

#include "sys/procmounts.h"
#include "util/fd.h"

/* "\040" and the like, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] && text[3]) {
			*to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* The fifth field of each line says where a mount is. */
int mountinfo_each(int proc_fd, mountinfo_fn fn, void *ctx)
{
	_cleanup_free_ char *list = NULL;
	ssize_t n = fd_read_alloc(proc_fd,
				  proc_fd == AT_FDCWD ? "/proc/self/mountinfo" : "self/mountinfo",
				  MOUNTINFO_MAX, &list);
	char *line, *rest = list;
	int r = n < 0 ? (int)n : 0;

	while (r == 0 && (line = strsep(&rest, "\n")) && *line) {
		char *path = NULL;

		for (int field = 0; field < 5; field++)
			path = strsep(&line, " ");
		if (!path)
			continue;
		unescape(path);
		r = fn(path, ctx);
	}
	return r;
}
