/* SPDX-License-Identifier: MIT */
/* A process of ours that does not outlive who has made it. */
#pragma once

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * tie_to() - end with @parent, who has made us
 *
 * Where that one had ended before, the signal does not come: so it is looked at afterwards. Whose
 * children are born into another pid namespace, as after setns(2), has no number there but 0: of him
 * it cannot be told.
 * Return: 0, -ECANCELED where the parent has ended, or another -errno.
 */
static inline int tie_to(pid_t parent)
{
	pid_t now;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	now = getppid();
	return now == parent || now == 0 ? 0 : -ECANCELED;
}
