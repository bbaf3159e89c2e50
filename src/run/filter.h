/* SPDX-License-Identifier: MIT */
/* The seccomp filters of the target: copied while one of its threads is stopped, loaded at the end. */
#pragma once

#include <errno.h>
#include <linux/filter.h>
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
	int fd; /* owned: the same as a file, where they have to wait for the exec; or -EBADF */
};

#define FILTERS_INSN_WORDS (sizeof(struct sock_filter) / sizeof(uint32_t))

#define FILTERS_NONE ((struct filters){ .fd = -EBADF })

void filters_done(struct filters *filters);

/*
 * filters_quicken() - puts a filter that allows everything in front of the target's, where loading
 * them is quicker behind it
 *
 * @filters has room for it.
 */
void filters_quicken(struct filters *filters);

enum needed_by {
	BY_EXEC,   /* also where the filters are loaded as the very last thing */
	BY_STEPS,  /* of the plan, behind the loading */
	BY_LEADER, /* of the program's session */
	BY_REST,   /* of what the leader does, and is not asked for where it must go on */
};

#define FILTERS_BY(kind) (1U << (kind))

/* filters_forbid() - the name of what @by (FILTERS_BY) takes and one of the filters forbids, or NULL */
const char *filters_forbid(const struct filters *filters, unsigned int by);

#define _cleanup_filters_ _cleanup_(filters_done)
