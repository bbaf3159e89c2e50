/* SPDX-License-Identifier: MIT */
/*
 * A v2 cgroup for the program alone, below ours: what it uses is still counted as ours, and the
 * programs that say which devices the target may open say so of it, too.
 */
#include "run/steps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <signal.h>
#include <string.h>

#include "run/calls.h"
#include "util/fd.h"
#include "util/take.h"

/*
 * Of an nsjoin of our pid namespace that is no more, if it had our own number. Where something still
 * runs they stay. /proc would hide others' processes, and may be that of another namespace.
 */
static bool is_left_behind(const char *name, const char *ours)
{
	/* "nsjoin-4026531836-" */
	const size_t n = strlen(OWN_CGROUP) + strcspn(ours + strlen(OWN_CGROUP), "-") + 1;
	uint64_t pid;

	if (strncmp(name, ours, n) != 0 || !take_uint(name + n, 10, &pid) || pid == 0 ||
	    pid > INT_MAX)
		return false;
	return (pid_t)pid == getpid() || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

/* Who was killed could not remove his, nor who has left programs running. */
static void sweep(const struct target *t)
{
	char link[FD_LINK_MAX];
	DIR *dir = opendir(fd_link(t->own_above_fd, link));
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (is_left_behind(entry->d_name, t->own_cgroup))
			(void)call_unlinkat(t->own_above_fd, entry->d_name, AT_REMOVEDIR);
	(void)closedir(dir); /* nothing was written */
}

static int attach(const struct devprogs *progs, int dir_fd)
{
	for (size_t i = 0; i < progs->n; i++) {
		union bpf_attr attr = {
			.target_fd = (uint32_t)dir_fd,
			.attach_bpf_fd = (uint32_t)progs->fd[i],
			.attach_type = BPF_CGROUP_DEVICE,
			.attach_flags = BPF_F_ALLOW_MULTI,
		};

		if (syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof(attr)) < 0)
			return -errno;
	}
	return 0;
}

static int fill(struct target *t)
{
	const size_t i = (size_t)t->facts.cgroup_v2;

	t->cgroup_dir_fd = openat(t->own_above_fd, t->own_cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->cgroup_dir_fd < 0)
		return -errno;
	t->cgroup_fd[i] = openat(t->cgroup_dir_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (t->cgroup_fd[i] < 0)
		return -errno;
	return attach(&t->devprogs, t->cgroup_dir_fd);
}

static int make(struct target *t)
{
	int r;

	if (call_mkdirat(t->own_above_fd, t->own_cgroup, 0755) < 0)
		return -errno;
	r = fill(t);
	if (r < 0)
		(void)call_unlinkat(t->own_above_fd, t->own_cgroup, AT_REMOVEDIR);
	return r;
}

int step_own_cgroup(struct run *run, const struct step *step, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	int r;

	(void)step;
	sweep(run->target);
	r = make(run->target);
	if (r < 0) {
		error_set(err, ERROR_CGROUP_JOIN, -r, "make a cgroup like the target's, \"%s\"",
			  facts->cgroup_path[facts->cgroup_v2]);
		error_hint(err, "-c joins the target's own");
	}
	return r;
}

void own_cgroup_remove(const struct target *target)
{
	if (target->cgroup_dir_fd >= 0 && target->own_above_fd >= 0)
		(void)call_unlinkat(target->own_above_fd, target->own_cgroup, AT_REMOVEDIR);
}
