/* SPDX-License-Identifier: MIT */
#include "run/filelimit.h"

#include <errno.h>

#include "util/fd.h"

int filelimit_hold(struct sigaction *ret_before)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(SIGXFSZ, &ignore, ret_before) < 0 ? -EINVAL : 0;
}

int filelimit_release(const struct sigaction *before, int r)
{
	/* Whatever the reason: it is not to pass for one that the file has, and be gone around. */
	return sigaction(SIGXFSZ, before, NULL) < 0 && r == 0 ? -EINVAL : r;
}

int filelimit_write(int fd, const void *buf, size_t size)
{
	struct sigaction before;
	int r = filelimit_hold(&before);

	return r < 0 ? r : filelimit_release(&before, fd_write_all(fd, buf, size));
}

void filelimit_hint(int errnum, struct error *err)
{
	if (errnum == EFBIG)
		error_hint(err, "ulimit -f unlimited: the limit on the size of files is too low");
}
