/* SPDX-License-Identifier: MIT */
/* -H --view=host: the caller's files, read-only, and the target's tree at a directory of them. */
#include "run/steps.h"

#include <errno.h>
#include <sys/mount.h>

#include "run/calls.h"
#include "run/mountcall.h"
#include "run/restrict.h"
#include "util/fd.h"

int step_read_only(struct run *run, const struct step *step, struct error *err)
{
	int r = step->locks ? restrict_but_proc(ATTR_RDONLY) : restrict_mounts("/", ATTR_RDONLY);

	(void)run;
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "--view=host: make your files read-only");
	return 0;
}

static int mount_tmpfs(const char *where, struct error *err)
{
	if (call_mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		return error_set(err, ERROR_SYSTEM, errno, "--view=host: mount a private %s",
				 where);
	return 0;
}

int step_mount_tmp(struct run *run, const struct step *step, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	int r = facts->has_tmp ? mount_tmpfs("/tmp", err) : 0;

	(void)step;
	return r == 0 && facts->has_shm ? mount_tmpfs("/dev/shm", err) : r;
}

int step_show_tree(struct run *run, const struct step *step, struct error *err)
{
	const char *place = run->target->facts.tree_place;
	int r;

	(void)step;
	if (tree_attach(run->tree_fd, AT_FDCWD, place) < 0)
		return error_set(err, ERROR_SYSTEM, errno,
				 "--view=host: show the target's tree at %s", place);
	run->tree_fd = fd_close(run->tree_fd);
	/* Private as well: what is mounted below is not to appear in the target. */
	r = restrict_mounts(place, ATTR_NOSUID | ATTR_NODEV);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r,
				 "--view=host: make the target's tree harmless");
	return 0;
}
