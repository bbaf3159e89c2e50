/* SPDX-License-Identifier: MIT */
/*
 * Files of ours under the caller's limit on their size (RLIMIT_FSIZE, "ulimit -f"), which holds for
 * memory files as well: what does not fit is an error (EFBIG) and no SIGXFSZ.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* filelimit_write() - as fd_write_all() */
int filelimit_write(int fd, const void *buf, size_t size);

struct filelimit {
	bool held; /* there is such a limit */
	struct sigaction before;
};

/*
 * filelimit_hold()    - no SIGXFSZ from now on. Return: 0 or -EINVAL.
 * filelimit_release() - as it was. Return: @r, what came of the writing; or -EINVAL where that is 0.
 */
int filelimit_hold(struct filelimit *ret_limit);
int filelimit_release(const struct filelimit *limit, int r);

/* filelimit_hint() - where @errnum says so, that it is this limit */
void filelimit_hint(int errnum, struct error *err);
