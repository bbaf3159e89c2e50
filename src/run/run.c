/* SPDX-License-Identifier: MIT */
#include "run/run.h"

#include <errno.h>
#include <inttypes.h>

#include "core/plan_calls.h"
#include "run/steps.h"
#include "util/fd.h"
#include "util/log.h"

/* clang-format off */
static step_handler *const handlers[] = {
	[STEP_HIDE]         = step_hide,
	[STEP_LABEL]        = step_label,
	[STEP_JOIN_TARGET]  = step_join_target,
	[STEP_JOIN_NS]      = step_join_ns,
	[STEP_VERIFY]       = step_verify,
	[STEP_ROOT]         = step_root,
	[STEP_CHROOT]       = step_chroot,
	[STEP_CWD]          = step_cwd,
	[STEP_CHDIR]        = step_chdir,
	[STEP_FORK]         = NULL, /* run_child() */
	[STEP_DIE_WITH]     = step_die_with,
	[STEP_REAP]         = NULL, /* run_reaper() */
	[STEP_OWN_CGROUP]   = step_own_cgroup,
	[STEP_CGROUP]       = step_cgroup,
	[STEP_GROUPS]       = step_groups,
	[STEP_GID]          = step_gid,
	[STEP_HOLD_CAPS]    = step_hold_caps,
	[STEP_UID]          = step_uid,
	[STEP_KEEP_CAPS]    = step_keep_caps,
	[STEP_OWN_MOUNTS]   = step_own_mounts,
	[STEP_MOUNT_PROC]   = step_mount_proc,
	[STEP_MOUNT_SYS]    = step_mount_sys,
	[STEP_MOUNT_ETC]    = step_mount_etc,
	[STEP_TAKE_TREE]    = step_take_tree,
	[STEP_TAKE_TOOLS]   = step_take_tools,
	[STEP_BUILD_VIEW]   = step_build_view,
	[STEP_READ_ONLY]    = step_read_only,
	[STEP_MOUNT_TMP]    = step_mount_tmp,
	[STEP_SHOW_TREE]    = step_show_tree,
	[STEP_SHOW_EXE]     = step_show_exe,
	[STEP_COPY_EXE]     = step_copy_exe,
	[STEP_FILTER_READ]  = step_filter_read,
	[STEP_OOM]          = step_oom,
	[STEP_SCHED]        = step_sched,
	[STEP_PERSONALITY]  = step_personality,
	[STEP_RAISE]        = step_raise,
	[STEP_BOUNDING]     = step_bounding,
	[STEP_AFFINITY]     = step_affinity,
	[STEP_RLIMITS]      = step_rlimits,
	[STEP_UMASK]        = step_umask,
	[STEP_ONLY_SEEN]    = step_only_seen,
	[STEP_NNP]          = step_nnp,
	[STEP_FILTER]       = step_filter,
	[STEP_CAPS]         = step_caps,
	[STEP_CLOSE]        = step_close,
	[STEP_STREAMS]      = step_streams,
	[STEP_PTY]          = step_pty,
	[STEP_SEAL]         = step_seal,
	[STEP_KEYRING]      = step_keyring,
	[STEP_LEADER]       = step_leader,
	[STEP_EXEC]         = step_exec,
};
/* clang-format on */

static void trace(const struct run *run, size_t i)
{
	struct call calls[STEP_CALLS_MAX];
	size_t n;

	if (!log_enabled(LOG_TRACE))
		return;
	n = step_calls(run->plan, i, &run->target->facts, calls);
	for (size_t c = 0; c < n; c++)
		log_line(LOG_TRACE, "%zu %s", i + 1, calls[c].text);
	calls_done(calls, n);
}

int run_steps(struct run *run, size_t first, struct error *err)
{
	for (size_t i = first; i < run->plan->n; i++) {
		const struct step *step = &run->plan->step[i];
		int r;

		trace(run, i);
		if (step->kind == STEP_FORK && run->plan->isolates)
			return run_isolated(run, i, err);
		if (step->kind == STEP_FORK)
			return run_child(run, i, err);
		if (step->kind == STEP_REAP)
			return run_reaper(run, i, err);
		r = handlers[step->kind](run, step, err);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Afterwards the files to load them from may be the target's. */
static int load_libraries(const struct plan *plan, struct run *run, struct error *err)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].kind == STEP_KEEP_CAPS || plan->step[i].kind == STEP_CAPS)
			return capng_load(&run->capng, err);
	return 0;
}

/*
 * Whether somebody may get hold of the leader's end before the program has closed it. What the target
 * holds does not tell: another container that shares its pid namespace may have CAP_SYS_PTRACE, and to
 * look for one takes longer. In our own pid namespace such a one needs no detour to us.
 */
static bool may_be_seized(const struct plan *plan)
{
	return plan->isolates && ns_has(plan->join, NS_PID);
}

int run_plan(const struct plan *plan, struct target *target, const struct request *req,
	     struct error *err)
{
	struct run run = {
		.plan = plan,
		.req = req,
		.target = target,
		.leader_fd = -EBADF,
		.tree_fd = -EBADF,
		.control_fd = -EBADF,
		.link = LEADER_LINK_INIT(may_be_seized(plan)),
		.relay = RELAY_INIT,
		.slave_fd = -EBADF,
		.filters = FILTERS_NONE,
	};
	int r;

	/* Whoever copies the filters makes it on the way. */
	if (run.link.apart && !plan_find(plan, STEP_FILTER_READ))
		leader_link_begin(&run.link);
	r = load_libraries(plan, &run, err);
	if (r >= 0)
		r = run_steps(&run, 0, err);
	own_cgroup_remove(target);
	/* After the program nothing comes but our end, which closes what is open. */
	if (r >= 0 && r <= UINT8_MAX)
		return r;
	filters_done(&run.filters);
	relay_done(&run.relay);
	leader_link_done(&run.link);
	view_free(run.view);
	(void)fd_close(run.tree_fd);
	(void)fd_close(run.leader_fd);
	return r;
}
