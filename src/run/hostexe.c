/* SPDX-License-Identifier: MIT */
/* -X: the caller's program becomes a sealed copy. */
#include "run/steps.h"

#include <errno.h>

#include "run/calls.h"
#include "run/filelimit.h"
#include "run/sealed.h"
#include "util/fd.h"

enum {
	CHUNK_MAX = 1 << 30 /* of one sendfile(2) */
};

static int copy(int to, const void *ctx)
{
	const int *from = ctx;
	struct filelimit limit;
	off_t offset = 0;
	ssize_t n;
	int r;

	r = filelimit_hold(&limit);
	if (r < 0)
		return r;
	do
		n = call_sendfile(to, *from, &offset, CHUNK_MAX);
	while (n > 0);
	r = filelimit_release(&limit, n < 0 ? -errno : 0);
	if (r < 0)
		return r;
	return call_fchmod(to, 0555) < 0 ? -errno : 0;
}

int step_copy_exe(struct run *run, const struct step *step, struct error *err)
{
	int fd = sealed_make(plan_exe_name(run->target->facts.exe), copy, &run->target->exe_fd);

	(void)step;
	if (fd < 0) {
		error_set(err, ERROR_SYSTEM, -fd, "-X: copy \"%s\"", run->target->facts.exe);
		sealed_hint(-fd, err);
		return fd;
	}
	(void)fd_close(run->target->exe_fd); /* always -EBADF */
	run->target->exe_fd = fd;
	return 0;
}
