/* SPDX-License-Identifier: MIT */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/cgroupfs.h"
#include "sys/devprog.h"
#include "sys/proc.h"
#include "util/fd.h"

/*
 * By our pid namespace and our number there: who has that number in another one can be in the same
 * cgroup. In one of that name somebody may run still, whom an nsjoin has left behind.
 */
static int choose_name(struct target *t)
{
	const size_t room = sizeof(t->own_cgroup);
	int pid = getpid(), r; /* the texts fit by their types */
	uint64_t in;

	r = proc_ns_inode(t->self_ns_fd, "pid", &in);
	if (r < 0)
		return r;
	(void)snprintf(t->own_cgroup, room, OWN_CGROUP "%" PRIu64 "-%d", in, pid);
	for (unsigned int i = 2; faccessat(t->own_above_fd, t->own_cgroup, F_OK, 0) == 0; i++)
		(void)snprintf(t->own_cgroup, room, OWN_CGROUP "%" PRIu64 "-%d-%u", in, pid, i);
	return 0;
}

/* Below ours, as what we start would be anyhow. */
static int name_own(struct target *t, const char *ours)
{
	size_t i = t->facts.n_cgroups;
	int r = choose_name(t);

	if (r < 0)
		return r;
	if (asprintf(&t->cgroup_path[i], "%s/%s/cgroup.procs", ours, t->own_cgroup) < 0) {
		t->cgroup_path[i] = NULL;
		return -ENOMEM;
	}
	t->facts.cgroup_path[i] = t->cgroup_path[i];
	t->facts.cgroup_v2 = (int)i;
	t->facts.n_cgroups++;
	return 0;
}

int target_open_devices(struct target *t, const char *theirs, const char *ours)
{
	_cleanup_free_ char *where = NULL;
	_cleanup_fd_ int theirs_fd = cgroupfs_open_cgroup("", theirs, NULL), ours_fd = -EBADF;
	int r;

	if (theirs_fd < 0)
		return theirs_fd;
	ours_fd = cgroupfs_open_cgroup("", ours, &where);
	if (ours_fd < 0)
		return ours_fd;
	r = devprogs_open(theirs_fd, ours_fd, &t->devprogs);
	if (r == -EINVAL) /* a kernel where v2 limits nobody's */
		return 0;
	if (r < 0 || t->devprogs.n == 0)
		return r;
	if (faccessat(ours_fd, ".", W_OK, AT_EACCESS) < 0)
		return -errno;
	t->facts.own_cgroup = t->devprogs.n;
	t->own_above_fd = fd_steal(&ours_fd);
	return name_own(t, where);
}
