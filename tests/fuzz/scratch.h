/* SPDX-License-Identifier: MIT */
/* Files for what reads files: they hold the input, below the directory that the target runs in. */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

/* scratch_make_dirs() - the directories above the last "/" of @path */
static inline void scratch_make_dirs(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	MUST(copy);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		MUST(mkdir(copy, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

/* scratch_write() - fill a file; its directories are made when they are missing */
static inline void scratch_write(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0) {
		scratch_make_dirs(path);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	}
	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}
