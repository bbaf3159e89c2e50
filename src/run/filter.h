/* SPDX-License-Identifier: MIT */
/* The seccomp filters of the target: copied while one of its threads is stopped, loaded at the end. */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/*
 * As they travel to whoever loads them: a count, and for each filter, oldest first, the number of
 * its instructions and the instructions.
 */
struct filters {
	uint32_t *text; /* heap, or NULL */
	size_t words;
	int fd; /* owned: the same as a file, where the leader's program loads them; or -EBADF */
};

#define FILTERS_NONE ((struct filters){ .fd = -EBADF })

void filters_done(struct filters *filters);

#define _cleanup_filters_ _cleanup_(filters_done)
