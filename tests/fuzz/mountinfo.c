/* SPDX-License-Identifier: MIT */
/* /proc/PID/mountinfo, which libmount reads: what is made of it. */
#include "scratch.h"
#include "sys/mounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_mount_root_ struct mount_root root = { 0 };
	int dir, r;

	scratch_write("proc/mountinfo", data, size);
	dir = open("proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	MUST(dir >= 0);
	r = mounts_find_root(dir, &root);
	(void)close(dir); /* O_PATH: there is nothing to lose */
	MUST(r != -ELIBACC);
	if (r == 0)
		MUST(root.type);
	else
		MUST(r < 0 && !root.type && !root.source && !root.upper);
	return 0;
}
