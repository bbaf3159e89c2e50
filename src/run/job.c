/* SPDX-License-Identifier: MIT */
/* What the leader of the program's session is told to do, out of the plan. */
#include "run/steps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Which of the program's standard streams is its terminal, or -1. */
static int pty_stream(const struct plan *plan)
{
	for (int i = 0; i < STREAMS; i++)
		if (plan->stream[i].way == WAY_PTY)
			return i;
	return -1;
}

/* Whoever ignores SIGHUP means it: nohup. All else that is the caller's stays with him. */
static uint64_t signals_to_reset(const struct run *run)
{
	const uint64_t hup = (uint64_t)1 << (SIGHUP - 1);

	return run->plan->target_files ? run->target->facts.ignored & ~hup : 0;
}

static uint64_t mask_of_program(const struct run *run)
{
	uint64_t mask = 0;

	/* The kernel's set is the beginning of the library's. */
	if (!run->plan->target_files)
		memcpy(&mask, &run->caller_mask, sizeof(mask));
	return mask;
}

_Static_assert((int)CGROUP_MAX <= (int)LEADER_CGROUPS_MAX, "a job holds all cgroups of a plan");

/* What the plan has behind the leader is the program's own to do, before it is executed. */
static void add_late(const struct run *run, struct leader_job *job)
{
	const struct plan *plan = run->plan;
	bool late = false;

	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->step[i];

		late |= step->kind == STEP_LEADER;
		if (late && step->kind == STEP_CGROUP)
			job->cgroup[job->n_cgroups++] = run->target->cgroup_fd[step->cgroup];
	}
}

/* Return: 0, or -E2BIG. */
static int add_label(const struct run *run, struct leader_job *job)
{
	const struct facts *facts = &run->target->facts;
	int n;

	if (!facts->label)
		return 0;
	job->proc = run->target->proc_root_fd;
	n = snprintf(job->label_file, sizeof(job->label_file), "thread-self/%s", facts->label_file);
	if (n >= (int)sizeof(job->label_file) || strlen(facts->label) >= sizeof(job->label))
		return -E2BIG;
	memcpy(job->label, facts->label, strlen(facts->label));
	return 0;
}

int job_send(const struct run *run, struct error *err)
{
	int tty = pty_stream(run->plan), r;
	struct leader_job job = {
		.flags = (plan_reaps(run->plan) ? LEADER_REAP : 0U) |
			 (plan_reaps_inside(run->plan) ? LEADER_INSIDE : 0U),
		.tty = tty,
		.umask = -1,
		.reset = signals_to_reset(run),
		.mask = mask_of_program(run),
		.filter = run->filters.fd >= 0 ? run->filters.fd : -1,
		.exe = run->target->exe_fd >= 0 ? run->target->exe_fd : -1,
	};

	if (tty >= 0)
		job.flags |= LEADER_TTY;
	if (relay_foreground(&run->relay))
		job.flags |= LEADER_FOREGROUND;
	add_late(run, &job);
	r = add_label(run, &job);
	if (r < 0)
		return error_set(err, ERROR_PERMISSION_LSM, -r, "take the label \"%s\"",
				 run->target->facts.label);
	r = leader_send(run->link.control_fd, &job, sizeof(job), -EBADF);
	/* Who has ended meanwhile is heard of next. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return error_set(err, ERROR_SYSTEM, -r, "tell the leader what to do");
	return 0;
}
