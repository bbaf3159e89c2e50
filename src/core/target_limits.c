/* SPDX-License-Identifier: MIT */
/* What the kernel holds against the target, and what it holds against us. */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/plan_limits.h"
#include "sys/caps.h"
#include "sys/confine.h"
#include "sys/proc.h"
#include "sys/proclimits.h"
#include "util/fd.h"

/* The first user namespace has this number on every Linux (PROC_USER_INIT_INO, since 3.8). */
#define INIT_USER_INODE 0xeffffffdu

enum {
	TRACER_PATIENCE_MS = 2000
};

static int parse_status(const char *text, struct confinement *to)
{
	struct caps_sets caps;
	struct proc_modes modes;
	int r = caps_parse(text, &caps);

	if (r >= 0)
		r = modes_parse(text, &modes);
	if (r < 0)
		return r;
	to->caps = (struct cap_fact){ caps.permitted, caps.effective, caps.bounding, caps.ambient };
	to->no_new_privs = modes.no_new_privs;
	to->seccomp = modes.seccomp == 0   ? SECCOMP_NONE
		      : modes.seccomp == 1 ? SECCOMP_STRICT_MODE
					   : SECCOMP_FILTERS;
	to->n_filters = modes.n_filters;
	to->tracer = modes.tracer;
	to->umask = modes.umask;
	_Static_assert(sizeof(to->cpus) == sizeof(modes.cpus), "one count of processors");
	memcpy(to->cpus, modes.cpus, sizeof(to->cpus));
	return 0;
}

static int take_status(int proc_fd, struct confinement *to)
{
	_cleanup_free_ char *text = NULL;
	int r = proc_status_text(proc_fd, &text);

	return r < 0 ? r : parse_status(text, to);
}

/*
 * Somebody else may be copying the filters at this moment: that is over in less than a millisecond,
 * on a machine that is busy in a second. Who still traces after that is a debugger.
 */
static int wait_untraced(int proc_fd, struct confinement *to)
{
	struct confinement now = *to;
	int r = 0;

	for (int i = 0; r == 0 && now.tracer > 0 && i < TRACER_PATIENCE_MS; i++) {
		(void)poll(NULL, 0, 1); /* woken early it looks early */
		r = take_status(proc_fd, &now);
		if (now.tracer != to->tracer)
			now.tracer = 0; /* one after the other: our turn will come */
	}
	to->tracer = now.tracer;
	return r;
}

static int take_limits(int proc_fd, struct confinement *to)
{
	struct proclimits limits;
	struct proc_sched sched;
	int r = proclimits_read(proc_fd, &limits);

	if (r >= 0)
		r = sched_read(proc_fd, &sched);
	if (r >= 0)
		r = oom_read(proc_fd, &to->oom_score_adj);
	if (r < 0)
		return r;
	for (int kind = 0; kind < RLIMIT_KINDS; kind++) {
		const struct proclimit *limit = &limits.item[kind];

		to->rlimit[kind] = limit->known ? (struct rlimit_fact){ limit->soft, limit->hard }
						: (struct rlimit_fact){ UINT64_MAX, UINT64_MAX };
	}
	to->nice = sched.nice;
	to->policy = sched.policy;
	return 0;
}

/* Who may not look sees what nearly all have. */
static void take_ways(struct target *t)
{
	struct confinement *theirs = &t->facts.limits, *ours = &t->facts.ours;

	(void)personality_read(t->found.proc_fd, &theirs->personality);
	ours->personality = personality_own();
	/* Ours is not kept where theirs is not to be had: it may be that of real time. */
	ours->io_priority = io_priority_of(0);
	theirs->io_priority = t->facts.numbered ? io_priority_of(t->found.pid) : 0;
	if (ours->io_priority < 0)
		ours->io_priority = theirs->io_priority = -1; /* this kernel knows none */
	else if (theirs->io_priority < 0)
		theirs->io_priority = 0;
	ours->timer_slack = timer_slack_own();
}

static int look_at_ourselves(struct target *t)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *status = NULL;
	uint64_t user = 0, theirs = 0;
	int r;

	if (self < 0)
		return -errno;
	r = proc_status_text(self, &status);
	if (r >= 0)
		r = parse_status(status, &t->facts.ours);
	if (r >= 0)
		r = proc_ignored_parse(status, &t->facts.ignored);
	if (r >= 0)
		r = take_limits(self, &t->facts.ours);
	if (r < 0)
		return r;
	t->facts.own_root = geteuid() == 0;
	t->facts.all_caps = caps_all();
	if (!t->facts.all_caps)
		return -EPERM; /* a filter keeps prctl(2) from us */
	r = proc_ns_inode(self, "ns/user", &user);
	if (r >= 0)
		r = proc_ns_inode(t->found.proc_fd, "ns/user", &theirs);
	/* A kernel without user namespaces has none to tell apart. */
	if (r < 0 && (r != -ENOENT || user != 0))
		return r;
	t->facts.init_user = user == 0 || user == INIT_USER_INODE;
	t->facts.other_user = theirs != user;
	return 0;
}

int target_read_limits(const struct request *req, struct target *t, struct error *err)
{
	const uint32_t parts = AS_BIT(AS_CAPS) | AS_BIT(AS_NNP) | AS_BIT(AS_SECCOMP) |
			       AS_BIT(AS_RLIMITS) | AS_BIT(AS_OOM) | AS_BIT(AS_CGROUP);
	const char *text;
	int r;

	if (!(req->as_target & parts))
		return 0;
	r = target_status(t, &text);
	if (r >= 0)
		r = parse_status(text, &t->facts.limits);
	if (r >= 0 && (req->as_target & AS_BIT(AS_SECCOMP)) &&
	    t->facts.limits.seccomp == SECCOMP_FILTERS)
		r = wait_untraced(t->found.proc_fd, &t->facts.limits);
	if (r >= 0)
		r = take_limits(t->found.proc_fd, &t->facts.limits);
	if (r < 0)
		return target_explain_access(t, "status", -r, err);
	r = look_at_ourselves(t);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r,
				 "see what is held against \"%s\" and against nsjoin", t->name);
	t->facts.limits_known = true;
	/* Nearly all sleep, which nobody does who is frozen. */
	t->facts.limits.unstoppable = t->facts.limits.seccomp == SECCOMP_FILTERS &&
				      plan_takes(req, &t->facts, AS_SECCOMP) &&
				      !strstr(text, "\nState:\tS") && target_is_frozen_v1(t);
	/* There is none where the number is of another /proc (--host-root), or before Linux 5.3. */
	t->facts.numbered = t->found.pidfd >= 0;
	if (plan_takes(req, &t->facts, AS_RLIMITS))
		take_ways(t);
	return 0;
}
