/* SPDX-License-Identifier: MIT */
#include "run/seal.h"

#include <errno.h>
#include <stddef.h>

#include "run/calls.h"
#include "run/filelimit.h"
#include "run/sealed.h"

enum {
	/* Not readable: the kernel then hides the process that executes it from the first moment. */
	MODE = 0111,
};

/* The last number, which hardly any map reaches. */
static const uid_t nobody = (uid_t)-2;

static int fill(int fd, const void *ctx)
{
	int r = filelimit_write(fd, leader_image, (size_t)(leader_image_end - leader_image));

	(void)ctx;
	if (r == 0 && call_fchmod(fd, MODE) < 0)
		r = -errno;
	/*
	 * Nobody's: a user namespace in which the owner has a name decides itself who may look into
	 * what executes the file (since Linux 4.10). Who is not root cannot give it away, and in a
	 * user namespace of ours the number may not be there.
	 */
	if (r == 0 && call_fchown(fd, nobody, nobody) < 0 && errno != EPERM && errno != EINVAL)
		r = -errno;
	return r;
}

int seal_leader(struct error *err)
{
	int fd = sealed_make("nsjoin", fill, NULL);

	if (fd >= 0)
		return fd;
	error_set(err, ERROR_SYSTEM, -fd,
		  "make a sealed copy of the program that leads the session");
	sealed_hint(-fd, err);
	return fd;
}
