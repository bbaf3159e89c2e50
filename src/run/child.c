/* SPDX-License-Identifier: MIT */
/*
 * The child, and the steps that make the program what it should be: its cgroups, ids, capabilities
 * and end.
 */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/descriptors.h"
#include "run/tie.h"
#include "sys/caps.h"
#include "util/fd.h"
#include "util/log.h"

static int join_cgroup(struct run *run, size_t i, struct error *err)
{
	const char *path = run->target->facts.cgroup_path[i];
	/* "0" is the writer itself, whatever its pid is called in which namespace. */
	int r = fd_write_all(run->target->cgroup_fd[i], "0", 1);
	char buf[REQUEST_PARTS_MAX];

	if (r == 0)
		return 0;
	error_set(err, ERROR_CGROUP_JOIN, -r, "join cgroup \"%s\"", path);
	if (r == -EBUSY)
		error_hint(err, "v2 takes processes in cgroups without children only");
	if (r == -EACCES || r == -EPERM)
		error_hint(err, "the cgroup is not yours to join; %s, or run as root",
			   run->req->join_cgroup ? "leave out -c"
						 : request_without(run->req, AS_CGROUP, buf));
	return r;
}

int step_cgroup(struct run *run, const struct step *step, struct error *err)
{
	return join_cgroup(run, step->cgroup, err);
}

/*
 * Raw calls: the C library would make all threads of the process change their ids, with locks and
 * signals that have no place in a child that shares our memory.
 */
int step_groups(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	if (syscall(SYS_setgroups, step->groups.n, step->groups.list) < 0)
		return error_set(err, ERROR_PERMISSION, errno, "set the supplementary groups");
	return 0;
}

static int explain_id(const char *what, uint32_t id, int errnum, struct error *err)
{
	if (errnum == EINVAL)
		return error_set(err, ERROR_UID_UNMAPPED, errnum,
				 "%s %u does not exist in the user namespace", what, id);
	error_set(err, ERROR_PERMISSION, errnum, "become %s %u", what, id);
	error_hint(err, "only root may change ids; leave out -S and -G, or keep yours: "
			"--as-target=-ids");
	return -errnum;
}

int step_gid(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	if (syscall(SYS_setresgid, step->id, step->id, step->id) < 0)
		return explain_id("gid", step->id, errno, err);
	return 0;
}

int step_hold_caps(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	(void)step;
	if (prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "keep capabilities");
	return 0;
}

int step_uid(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	if (syscall(SYS_setresuid, step->id, step->id, step->id) < 0)
		return explain_id("uid", step->id, errno, err);
	return 0;
}

/* The library leaves the ambient set out, and says nothing, where it believes that there is none. */
static bool reached_ambient(const struct capng *capng)
{
	unsigned int cap = 0;

	while (cap < CAPS_MAX && !capng->have_capability(CAPNG_PERMITTED, cap))
		cap++;
	return cap == CAPS_MAX ||
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, (unsigned long)cap, 0UL, 0UL) == 1;
}

int step_keep_caps(struct run *run, const struct step *step, struct error *err)
{
	const struct capng *capng = &run->capng;

	(void)step;
	/* The library remembers a pid from before the fork, which is somebody else's by now. */
	capng->setpid((int)syscall(SYS_gettid));
	errno = 0;
	if (capng->get_caps_process() < 0)
		return error_set(err, ERROR_SYSTEM, errno ? errno : EPERM, "read capabilities");
	for (unsigned int cap = 0; cap < CAPS_MAX; cap++) {
		if (!capng->have_capability(CAPNG_PERMITTED, cap))
			continue;
		if (capng->update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_INHERITABLE | CAPNG_AMBIENT,
				  cap) < 0)
			return error_set(err, ERROR_SYSTEM, EINVAL, "keep capabilities");
	}
	errno = 0;
	if (capng->apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT) < 0)
		return error_set(err, ERROR_SYSTEM, errno ? errno : EPERM, "keep capabilities");
	if (!reached_ambient(capng))
		return error_set(err, ERROR_KERNEL_TOO_OLD, 0,
				 "--keep-caps: this kernel has no ambient capabilities");
	return 0;
}

int step_die_with(struct run *run, const struct step *step, struct error *err)
{
	(void)step;
	/* After the ids were changed: the kernel forgets it then. */
	return child_tie(run->parent, err);
}

int child_tie(pid_t parent, struct error *err)
{
	int r = tie_to(parent);

	if (r == -ECANCELED)
		return error_set(err, ERROR_SYSTEM, 0, "nsjoin was killed");
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "end with nsjoin") : 0;
}

_Noreturn void child_end(int status)
{
	_exit(status);
}

int child_own_namespaces(struct target *target, struct error *err)
{
	target->self_ns_fd = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target->self_ns_fd < 0)
		return error_set(err, ERROR_SYSTEM, errno, "open /proc/self/ns");
	return 0;
}

int child_tell(const struct run *run, enum leader_report_kind kind, int value, int fd)
{
	const struct leader_report report = { .kind = (uint32_t)kind, .value = value };

	return leader_send(run->control_fd, &report, sizeof(report), fd);
}

/*
 * A target's file that never answers is not to keep a pipe of the caller's open, on whose end somebody
 * waits. What there is to say is passed on by the parent.
 */
static int let_go(const struct run *run, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	int r = 0;

	for (int i = 0; i < STREAMS; i++)
		if (run->plan->stream[i].way == WAY_PIPE &&
		    call_dup_to(relay_program_fd(&run->relay, i), i) < 0)
			return error_set(err, ERROR_SYSTEM, errno, "let go of your streams");
	if (!facts->streams_only)
		r = descriptors_let_go(facts->keep_fd, facts->n_keep_fd);
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "let go of what you have open") : 0;
}

static bool is_born_inside(const struct step *fork)
{
	return fork->fork == FORK_CGROUP || fork->fork == FORK_CGROUP_SHARED;
}

_Noreturn void child_run(struct run *run, size_t first)
{
	_cleanup_error_ struct error err = { 0 };
	const struct step *fork = &run->plan->step[first - 1];
	int r = 0;

	if (run->plan->isolates)
		r = let_go(run, &err);
	if (r == 0 && run->plan->isolates)
		r = child_own_namespaces(run->target, &err);
	/* Where the kernel could not let it be born there. */
	if (r == 0 && is_born_inside(fork) && !run->wrote_cgroup_v2)
		r = join_cgroup(run, (size_t)run->target->facts.cgroup_v2, &err);
	if (r == 0)
		r = run_steps(run, first, &err);
	if (r == RUN_NO_SETNS_PIDFD)
		(void)child_tell(run, LEADER_NO_SETNS_PIDFD, 0, -EBADF); /* else killed */
	else
		log_error(&err);
	child_end(err.status ? err.status : STATUS_FAILED);
}
