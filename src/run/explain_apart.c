/* SPDX-License-Identifier: MIT */
/* Why the program of a target could not be executed, found out by a process that may be lost. */
#include "run/explain.h"

#include "run/disposable.h"
#include "util/log.h"

/* What the disposable process is given. */
struct inquest {
	const struct run *run;
	int errnum; /* what execve said */
	unsigned int ways_out;
};

/* Whether a step is needed to see the files as the program would have. */
static bool shows_files(const struct step *step)
{
	switch (step->kind) {
	case STEP_JOIN_TARGET:
		return ns_has(step->set, NS_MNT) || ns_has(step->set, NS_USER);
	case STEP_JOIN_NS:
		return step->type == NS_MNT || step->type == NS_USER;
	case STEP_ROOT:
	case STEP_CHROOT:
	case STEP_CWD:
	case STEP_CHDIR:
	case STEP_GROUPS:
	case STEP_GID:
	case STEP_UID:
	case STEP_TAKE_TOOLS:
	case STEP_BUILD_VIEW:
		return true;
	case STEP_HIDE:
	case STEP_LABEL:
	case STEP_VERIFY:
	case STEP_FORK:
	case STEP_DIE_WITH:
	case STEP_REAP:
	case STEP_CGROUP:
	case STEP_HOLD_CAPS:
	case STEP_KEEP_CAPS:
	case STEP_OWN_MOUNTS:
	case STEP_MOUNT_PROC:
	case STEP_MOUNT_SYS:
	case STEP_MOUNT_ETC:
	case STEP_TAKE_TREE:
	case STEP_READ_ONLY:
	case STEP_MOUNT_TMP:
	case STEP_SHOW_TREE:
	case STEP_SHOW_EXE:
	case STEP_COPY_EXE:
	case STEP_FILTER_READ:
	case STEP_OOM:
	case STEP_SCHED:
	case STEP_PERSONALITY:
	case STEP_RAISE:
	case STEP_BOUNDING:
	case STEP_AFFINITY:
	case STEP_RLIMITS:
	case STEP_UMASK:
	case STEP_ONLY_SEEN:
	case STEP_NNP:
	case STEP_FILTER:
	case STEP_CAPS:
	case STEP_CLOSE:
	case STEP_STREAMS:
	case STEP_PTY:
	case STEP_OWN_CGROUP:
	case STEP_SEAL:
	case STEP_KEYRING:
	case STEP_LEADER:
	case STEP_EXEC:
		break;
	}
	return false;
}

static int look(void *ctx, int out)
{
	const struct inquest *inquest = ctx;
	struct plan plan = *inquest->run->plan;
	struct run run = *inquest->run;
	const struct step exec = plan.step[plan.n - 1];
	_cleanup_error_ struct error err = { 0 };
	size_t n = 0;

	(void)out; /* the answer is the message */
	log_hush();
	for (size_t i = 0; i < plan.n; i++) {
		struct step *step = &plan.step[i];

		if (!shows_files(step))
			continue;
		if (step->kind == STEP_JOIN_TARGET)
			step->set &= NS_BIT(NS_MNT) | NS_BIT(NS_USER);
		plan.step[n++] = *step;
	}
	plan.n = n;
	run.plan = &plan;
	run.ways_out = inquest->ways_out;
	if (run_steps(&run, 0, &err) == 0)
		(void)explain_exec(&run, &exec, inquest->errnum, &err);
	if (!err.status)
		err.status = STATUS_CANNOT_EXEC;
	log_error(&err);
	return err.status;
}

int explain_apart(const struct run *run, int errnum, struct error *err)
{
	struct inquest inquest = { run, errnum, explain_ways_out(run->req) };
	const struct disposable asked = {
		.work = look,
		.ctx = &inquest,
		.facts = &run->target->facts,
		.what = "the program's file",
	};
	char nothing; /* is sent; its end is waited for, up to the deadline */

	return disposable_ask(&asked, &nothing, sizeof(nothing), sizeof(nothing), err);
}
