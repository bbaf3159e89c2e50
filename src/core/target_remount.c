/* SPDX-License-Identifier: MIT */
/* -R: what there is to be covered on our side, and the way to the target's own texts. */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "core/etcfile.h"
#include "sys/caps.h"
#include "sys/filestat.h"
#include "sys/proc.h"
#include "util/fd.h"

/* A cgroup hierarchy, or a tmpfs that holds several, is a mount of its own. */
static bool cgroups_are_mounted(void)
{
	struct stat sys, cgroup;

	return fstatat(AT_FDCWD, "/sys", &sys, 0) == 0 &&
	       fstatat(AT_FDCWD, "/sys/fs/cgroup", &cgroup, 0) == 0 && sys.st_dev != cgroup.st_dev;
}

static void look_at_ours(struct facts *facts)
{
	for (enum etc_file i = 0; i < ETC_COUNT; i++) {
		struct stat st;

		if (fstatat(AT_FDCWD, etc_table[i].path, &st, 0) < 0)
			continue;
		facts->etc_ours[i] = i < ETC_TEXTS ? S_ISREG(st.st_mode) : S_ISSOCK(st.st_mode);
	}
}

/* Another mount namespace may have the same root directory and something else on it. */
static bool has_our_files(const struct target *t, int root_fd)
{
	uint64_t our_mnt, their_mnt;

	return proc_ns_inode(t->self_ns_fd, "mnt", &our_mnt) == 0 &&
	       proc_ns_inode(t->found.proc_fd, "ns/mnt", &their_mnt) == 0 && our_mnt == their_mnt &&
	       filestat_same(AT_FDCWD, "/", root_fd, "");
}

int target_open_remount(const struct request *req, struct target *t, struct error *err)
{
	if (!req->remount)
		return 0;
	t->facts.caller_admin = caps_have(CAP_SYS_ADMIN);
	t->facts.sys_cgroup = cgroups_are_mounted();
	if (!(req->remount & REMOUNT_ETC) || t->found.proc_fd < 0)
		return 0;
	t->etc_fd = openat(t->found.proc_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->etc_fd < 0)
		return target_explain_access(t, "root", errno, err);
	if (has_our_files(t, t->etc_fd))
		t->etc_fd = fd_close(t->etc_fd); /* its files are ours: they tell the truth */
	else
		look_at_ours(&t->facts);
	return 0;
}
