/* SPDX-License-Identifier: MIT */
#include "sys/oomkills.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/take.h"

static bool read_kills(int fd, uint64_t *ret_kills)
{
	static const char key[] = "\noom_kill ";
	char text[512]; /* both have a handful of short lines */
	const char *line;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return false;
	text[n] = '\0';
	line = strstr(text, key);
	return line && take_uint(line + strlen(key), 10, ret_kills);
}

void oom_kills_open(int cgroup_dir_fd, bool v2, struct oom_kills *kills)
{
	if (kills->fd >= 0)
		return;
	kills->fd = openat(cgroup_dir_fd, v2 ? "memory.events" : "memory.oom_control",
			   O_RDONLY | O_CLOEXEC);
	if (kills->fd >= 0 && !read_kills(kills->fd, &kills->before))
		oom_kills_done(kills);
}

bool oom_kills_more(const struct oom_kills *kills)
{
	uint64_t now;

	return kills->fd >= 0 && read_kills(kills->fd, &now) && now > kills->before;
}

void oom_kills_done(struct oom_kills *kills)
{
	kills->fd = fd_close(kills->fd);
}
