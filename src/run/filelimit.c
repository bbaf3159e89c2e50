/* SPDX-License-Identifier: MIT */
#include "run/filelimit.h"

#include <errno.h>
#include <sys/resource.h>

#include "util/fd.h"

/* Hardly anybody has one: nothing else is asked then. */
static bool has_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != RLIM_INFINITY;
}

int filelimit_hold(struct filelimit *ret_limit)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	ret_limit->held = has_limit();
	return ret_limit->held && sigaction(SIGXFSZ, &ignore, &ret_limit->before) < 0 ? -EINVAL : 0;
}

int filelimit_release(const struct filelimit *limit, int r)
{
	if (!limit->held)
		return r;
	/* Whatever the reason: it is not to pass for one that the file has, and be gone around. */
	return sigaction(SIGXFSZ, &limit->before, NULL) < 0 && r == 0 ? -EINVAL : r;
}

int filelimit_write(int fd, const void *buf, size_t size)
{
	struct filelimit limit;
	int r = filelimit_hold(&limit);

	return r < 0 ? r : filelimit_release(&limit, fd_write_all(fd, buf, size));
}

void filelimit_hint(int errnum, struct error *err)
{
	if (errnum == EFBIG)
		error_hint(err, "ulimit -f unlimited: the limit on the size of files is too low");
}
