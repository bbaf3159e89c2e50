/* SPDX-License-Identifier: MIT */
/* The steps before the fork: the process itself moves into the target's namespaces and files. */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/diagnose.h"
#include "run/calls.h"
#include "run/descriptors.h"
#include "sys/proc.h"
#include "sys/procroot.h"
#include "util/fd.h"
#include "util/log.h"

int step_hide(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	(void)step;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "hide from the target's processes");
	return 0;
}

int step_label(struct run *run, const struct step *step, struct error *err)
{
	const char *file = run->target->facts.label_file;
	_cleanup_fd_ int fd = -EBADF;
	int r;

	/* The next exec would be the leader's, which has no use for it: it writes the label itself. */
	if (run->plan->isolates) {
		r = fcntl(run->target->proc_root_fd, F_SETFD, 0) < 0 ? -errno : 0;
	} else {
		fd = proc_root_open_self(run->target->proc_root_fd, file, O_WRONLY);
		r = fd < 0 ? fd : fd_write_all(fd, step->path, strlen(step->path));
	}
	if (r < 0)
		return error_set(err, ERROR_PERMISSION_LSM, -r, "take the label \"%s\"",
				 step->path);
	return 0;
}

int step_join_target(struct run *run, const struct step *step, struct error *err)
{
	if (setns(run->target->found.pidfd, (int)ns_clone_flags(step->set)) == 0)
		return 0;
	/* What kernels before 5.8 say to a pidfd, and what a filter says that does not know it. A
	 * newer kernel says EINVAL as well, where one of the set cannot be joined: asking for them
	 * one by one tells which. */
	if (errno == EINVAL || errno == ENOSYS || errno == EBADF)
		return RUN_NO_SETNS_PIDFD;
	return diagnose_join(run->target, step->set, errno, err);
}

int step_join_ns(struct run *run, const struct step *step, struct error *err)
{
	int fd = run->target->ns_fd[step->type];

	if (setns(fd, (int)ns_table[step->type].clone_flag) == 0)
		return 0;
	return diagnose_join(run->target, NS_BIT(step->type), errno, err);
}

static int verify_type(struct run *run, enum ns_type type, struct error *err)
{
	uint64_t now, planned = run->target->facts.ino[type];
	int r = proc_ns_inode(run->target->self_ns_fd, ns_table[type].current, &now);

	if (r == -ENOENT && type == NS_PID)
		return explain_dead_pidns(run, err);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look whether %s was joined",
				 ns_table[type].name);
	if (now != planned)
		return error_set(err, ERROR_SYSTEM, 0,
				 "in %s namespace %" PRIu64 " instead of %" PRIu64,
				 ns_table[type].name, now, planned);
	return 0;
}

int step_verify(struct run *run, const struct step *step, struct error *err)
{
	int r = 0;

	for (enum ns_type type = 0; type < NS_COUNT && r == 0; type++)
		if (ns_has(step->set, type))
			r = verify_type(run, type, err);
	return r;
}

int step_root(struct run *run, const struct step *step, struct error *err)
{
	(void)step;
	/* The working directory moves along, so that it is never left outside the new root. */
	if (call_fchdir(run->target->root_fd) < 0 || call_chroot(".") < 0)
		return error_set(err, errno == EPERM ? ERROR_PERMISSION : ERROR_SYSTEM, errno,
				 "change the root directory");
	return 0;
}

int step_chroot(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	if (chdir(step->path) < 0 || call_chroot(".") < 0)
		return error_set(err, ERROR_SYSTEM, errno,
				 "-r: change the root directory to \"%s\"", step->path);
	return 0;
}

/* The raw call: the C library's getcwd has hidden what the kernel says of such directories. */
static int check_inside(struct error *err)
{
	char path[PATH_MAX];

	if (syscall(SYS_getcwd, path, sizeof(path)) < 0) {
		int errnum = errno;

		error_set(err, ERROR_SYSTEM, errnum, "the working directory");
		if (errnum == ENOENT || errnum == ENAMETOOLONG)
			error_hint(err, "%s; name another one: -w/",
				   errnum == ENOENT ? "it was deleted" : "its path is too long");
		return -errnum;
	}
	if (path[0] != '/') {
		error_set(err, ERROR_SYSTEM, 0,
			  "the working directory is outside of the root directory");
		error_hint(err, "name another one: -w/");
		return -EXDEV;
	}
	return 0;
}

int step_cwd(struct run *run, const struct step *step, struct error *err)
{
	if (call_fchdir(run->target->cwd_fd) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "-w: change the working directory");
	return step->inside ? check_inside(err) : 0;
}

static int change_directory(const char *path, const char *option, struct error *err)
{
	if (chdir(path) < 0)
		return error_set(err, ERROR_USAGE, errno,
				 "%s: change the working directory to \"%s\"", option, path);
	return check_inside(err);
}

static int begin_at_root(const struct step *step, int errnum, struct error *err)
{
	if (chdir("/") < 0)
		return error_set(err, ERROR_SYSTEM, errno, "change to the root directory");
	log_note("the target's working directory \"%s\" cannot be entered: %s; the program begins "
		 "at \"/\"",
		 step->path, error_describe(errnum));
	return 0;
}

int step_chdir(struct run *run, const struct step *step, struct error *err)
{
	int r = change_directory(step->path, run->req->wdns ? "-W" : "-w",
				 step->implied ? NULL : err);

	return r < 0 && step->implied ? begin_at_root(step, -r, err) : r;
}

/* Before Linux 5.11 close_range has no CLOEXEC flag, before 5.9 it does not exist. */
static int close_between(unsigned int first, unsigned int last)
{
	if (syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return -errno;
	return descriptors_mark(first, last);
}

int step_close(struct run *run, const struct step *step, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	unsigned int first = STDERR_FILENO + 1;
	int r = 0;

	(void)step;
	for (size_t i = 0; i < facts->n_keep_fd && r == 0; i++) {
		unsigned int kept = (unsigned int)facts->keep_fd[i];

		if (kept > first)
			r = close_between(first, kept - 1);
		/* It may have been opened with O_CLOEXEC by whoever started us. */
		if (r == 0 && fcntl((int)kept, F_SETFD, 0) < 0)
			r = -errno;
		if (r == 0 && facts->keep_named >> i & 1)
			r = run_give(run, (int)kept);
		first = kept + 1;
	}
	if (r == 0)
		r = close_between(first, UINT32_MAX);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "keep open descriptors from the target");
	return 0;
}
