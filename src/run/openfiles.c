/* SPDX-License-Identifier: MIT */
#include "run/openfiles.h"

#include <sys/resource.h>

#include "run/calls.h"

void openfiles_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)call_setrlimit(RLIMIT_NOFILE, &limit); /* who is short of them tells so */
}
