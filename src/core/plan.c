/* SPDX-License-Identifier: MIT */
#include "core/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_ids.h"
#include "core/plan_limits.h"
#include "core/plan_notes.h"
#include "core/plan_order.h"
#include "core/plan_remount.h"
#include "core/plan_view.h"

/* The kernel puts "memfd:" before it, and has room for a file's name in all. */
enum {
	EXE_NAME_MAX = 240
};

struct step *plan_add(struct plan *plan, enum step_kind kind, const char *why)
{
	struct step *step = &plan->step[plan->n++];

	*step = (struct step){ .kind = kind, .why = why };
	return step;
}

void plan_note(struct plan *plan, bool loud, const char *fmt, ...)
{
	struct plan_note *note = &plan->note[plan->n_notes];
	va_list args;

	if (plan->n_notes == PLAN_NOTES)
		return;
	va_start(args, fmt);
	if (vasprintf(&note->heap, fmt, args) < 0)
		note->heap = NULL;
	va_end(args);
	note->text = note->heap;
	note->loud = loud;
	if (note->text)
		plan->n_notes++;
}

const char *plan_exe_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strlen(name) <= EXE_NAME_MAX ? name : "program";
}

const struct step *plan_find(const struct plan *plan, enum step_kind kind)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].kind == kind)
			return &plan->step[i];
	return NULL;
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_notes; i++)
		free(plan->note[i].heap);
	*plan = (struct plan){ 0 };
}

static void add_root(const struct request *req, const struct facts *facts, struct plan *plan)
{
	bool target_mnt = ns_has(plan->join & facts->by_pidfd, NS_MNT);

	if (req->become && req->root.kind == DIR_PATH) {
		plan_add(plan, STEP_ROOT, "DIR is seen from the target's root directory");
		plan_add(plan, STEP_CHROOT, "make DIR of the target the root directory")->path =
			req->root.path;
		return;
	}
	if (req->root.kind == DIR_PATH)
		plan_add(plan, STEP_ROOT, "make DIR the root directory");
	else if (req->root.kind == DIR_TARGET)
		plan_add(plan, STEP_ROOT, "take the target's root directory");
	else if (target_mnt)
		/* A mount namespace has a root of its own; a chrooted target has another. */
		plan_add(plan, STEP_ROOT,
			 "be where the target's files are, also if it is chrooted");
}

/* A path that the program's files give its meaning. */
static const char *chdir_path(const struct request *req)
{
	return req->become && req->wd.kind == DIR_PATH ? req->wd.path : req->wdns;
}

static void add_cwd(const struct request *req, struct plan *plan)
{
	if (chdir_path(req))
		return;
	if (req->wd.kind == DIR_PATH)
		plan_add(plan, STEP_CWD, "change to the directory that was opened before joining");
	else if (req->wd.kind == DIR_TARGET)
		plan_add(plan, STEP_CWD, "take the target's working directory")->inside =
			req->become;
}

static void add_chdir(const struct request *req, struct plan *plan)
{
	const char *path = chdir_path(req);

	if (path)
		plan_add(plan, STEP_CHDIR, "change directory, as the program sees the files")
			->path = path;
}

/* Which cgroups only the program itself joins. */
static uint32_t late_cgroups(const struct facts *facts)
{
	return plan_is_exposed(facts) ? 0 : facts->cgroup_late;
}

/* Whether the child can start its life in the target's cgroup. */
static bool is_born_inside(const struct facts *facts)
{
	return facts->cgroup_v2 >= 0 && facts->n_cgroups > 0 &&
	       !(late_cgroups(facts) & (UINT32_C(1) << facts->cgroup_v2));
}

/*
 * A pty has the parent work while the child goes on; a time namespace takes nobody whose memory is
 * shared, oom_score_adj is one for all who share theirs, and who runs out of memory in the target's
 * cgroup is killed together with them.
 */
static bool needs_own_memory(const struct request *req, const struct facts *facts,
			     const struct plan *plan)
{
	return plan_has_pty(plan) || ns_has(plan->join, NS_TIME) || plan_limits_oom(req, facts) ||
	       facts->cgroup_v2_limited || late_cgroups(facts) != facts->cgroup_late;
}

static enum fork_kind isolated_fork(const struct request *req, const struct facts *facts,
				    const struct plan *plan)
{
	if (needs_own_memory(req, facts, plan))
		return is_born_inside(facts) ? FORK_CGROUP : FORK_COPY;
	return is_born_inside(facts) ? FORK_CGROUP_SHARED : FORK_SHARED;
}

bool plan_reaps(const struct plan *plan)
{
	return plan_find(plan, STEP_TAKE_TREE) || plan_find(plan, STEP_TAKE_TOOLS);
}

bool plan_reaps_inside(const struct plan *plan)
{
	return plan_reaps(plan) && ns_has(plan->join, NS_PID);
}

static void add_fork(const struct request *req, const struct facts *facts, struct plan *plan)
{
	bool new_pidns = ns_has(plan->join, NS_PID);
	struct step *step;

	if (plan->isolates) {
		step = plan_add(plan, STEP_FORK, "what is yours stays with the parent");
		step->fork = isolated_fork(req, facts, plan);
		plan->forks = true;
		return;
	}
	if (req->no_fork || (!new_pidns && facts->n_cgroups == 0))
		return;
	plan->forks = true;
	step = plan_add(plan, STEP_FORK,
			new_pidns
				? "a pid namespace holds the children of the process that joins it"
				: "only the child moves to the target's cgroups");
	step->fork = is_born_inside(facts)     ? FORK_CGROUP
		     : plan_reaps_inside(plan) ? FORK_COPY
					       : FORK_VFORK;
}

/*
 * Those that count processes or memory come last where there is more than one process to be made
 * (@late): moving into a full one is allowed, making a process in it is not.
 */
static void add_cgroups(const struct facts *facts, bool late, struct plan *plan)
{
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		bool last = plan->isolates && (late_cgroups(facts) & (UINT32_C(1) << i));

		if (last != late)
			continue;
		if (plan->forks && !last && (int)i == facts->cgroup_v2)
			continue; /* the child starts its life there */
		plan_add(plan, STEP_CGROUP,
			 facts->cgroup_devices ? "no device that the target may not open"
					       : "be counted and limited with the target")
			->cgroup = i;
	}
}

static void add_exec(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct step *step = plan_add(plan, STEP_EXEC, "run the program");

	/* The profile that a login shell reads is the target's there, and sets a PATH without tools. */
	step->exec.login = !req->program && req->view != VIEW_TARGET;
	step->exec.by_fd = facts->exe != NULL;
	if (facts->exe) {
		step->exec.file = facts->exe;
		return;
	}
	step->exec.file = facts->program ? facts->program : req->program[0];
	step->exec.search = !strchr(step->exec.file, '/');
	step->exec.more_path = plan->target_files;
}

enum program_source plan_program_source(const struct plan *plan, const struct request *req)
{
	if (plan->step[plan->n - 1].exec.by_fd || !plan->target_files)
		return SOURCE_CALLER;
	if (req->view != VIEW_TARGET)
		return SOURCE_TARGET;
	return req->program ? SOURCE_BOTH : SOURCE_CALLER;
}

bool plan_has_pty(const struct plan *plan)
{
	for (int i = 0; i < STREAMS; i++)
		if (plan->isolates && plan->stream[i].way == WAY_PTY)
			return true;
	return false;
}

bool plan_leaves_files(const struct request *req, const struct facts *facts)
{
	return ns_has(facts->present & ~facts->same, NS_MNT) || req->root.kind != DIR_UNSET;
}

/* The host's own files are nobody's to fear; a FILE's or another root's are, also with -t host. */
static bool sees_target_files(const struct request *req, const struct facts *facts)
{
	bool others = ns_has(facts->present & ~facts->same & ~facts->by_pidfd, NS_MNT) ||
		      req->root.kind == DIR_PATH;

	return plan_leaves_files(req, facts) && (others || !facts->is_host);
}

static void add_hide(struct plan *plan)
{
	plan_add(plan, STEP_HIDE, "the target's processes cannot look into this one");
}

static void add_hidden(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (plan->target_files || req->view != VIEW_NONE)
		plan_add(plan, STEP_CLOSE, "what you have open stays out of the target's reach");
	if (!plan->isolates && (plan->join || facts->n_cgroups > 0 || req->view != VIEW_NONE))
		add_hide(plan);
	if (facts->label)
		plan_add(plan, STEP_LABEL, "the program runs with the target's label")->path =
			facts->label;
}

/* -X, where processes of the target may see the program's and have the rights to look into it. */
static void add_exe(const struct facts *facts, struct plan *plan)
{
	const ns_set shown = NS_BIT(NS_PID) | NS_BIT(NS_MNT) | NS_BIT(NS_USER);

	if (!facts->exe || !(plan->target_files || (plan->join & shown)))
		return;
	if (facts->exe_dir)
		plan_add(plan, STEP_SHOW_EXE,
			 "the target's processes may open what runs: an overlay keeps your file "
			 "from being written to");
	else
		plan_add(plan, STEP_COPY_EXE,
			 "the target's processes may open what runs: your file stays out of reach");
}

/* What has to be taken hold of or given up before, and the joining itself. */
static int add_joining(const struct request *req, const struct facts *facts, struct plan *plan,
		       struct error *err)
{
	plan_limits_early(req, facts, plan);
	add_hidden(req, facts, plan);
	plan_view_take(req, facts, plan);
	plan_early_groups(req, facts, plan);
	return plan_order(facts, plan, err);
}

/* What takes the rights that were joined, and then those that end with the ids. */
static int add_changes(const struct request *req, const struct facts *facts, struct plan *plan,
		       struct error *err)
{
	int r = plan_remount(req, facts, plan, err);

	if (r >= 0)
		r = plan_limits_joined(req, facts, plan, err);
	return r < 0 ? r : plan_ids(req, facts, plan, err);
}

/* As nsenter does it: this process joins, and becomes the program or waits for it. */
static int add_plain(const struct request *req, const struct facts *facts, struct plan *plan,
		     struct error *err)
{
	int r;

	add_exe(facts, plan);
	r = add_joining(req, facts, plan, err);
	if (r < 0)
		return r;
	add_root(req, facts, plan);
	add_cwd(req, plan);
	add_chdir(req, plan);
	add_fork(req, facts, plan);
	add_cgroups(facts, false, plan);
	r = add_changes(req, facts, plan, err);
	if (r < 0)
		return r;
	plan_limits_late(req, facts, plan);
	if (plan->forks)
		plan_add(plan, STEP_DIE_WITH, "the program does not outlive nsjoin");
	if (plan_reaps_inside(plan))
		plan_add(plan, STEP_REAP,
			 "what the program leaves behind is not the target's init's to wait for");
	plan_limits_last(req, facts, plan);
	return 0;
}

static void add_streams(struct plan *plan)
{
	bool passed = true;

	for (int i = 0; i < STREAMS; i++)
		passed = passed && plan->stream[i].way == WAY_PASS;
	if (!passed)
		plan_add(plan, STEP_STREAMS,
			 "the files that you have opened stay out of its reach");
}

/* A user namespace that is joined changes them as well. */
static bool changes_ids(const struct plan *plan)
{
	return plan_find(plan, STEP_UID) || plan_find(plan, STEP_GID) ||
	       ns_has(plan->join, NS_USER);
}

/*
 * The child gives up what the target is not to have, and only then is there a process that the
 * target can see, or a path of the target's that is followed.
 */
static int add_isolated(const struct request *req, const struct facts *facts, struct plan *plan,
			struct error *err)
{
	int r;

	add_streams(plan);
	plan_add(plan, STEP_SEAL,
		 "what the target may see executed is a copy that nobody can change");
	add_exe(facts, plan);
	add_hide(plan);
	if (facts->own_cgroup)
		plan_add(plan, STEP_OWN_CGROUP,
			 "no device that the target may not open, and none of its memory and time");
	add_fork(req, facts, plan);
	plan_add(plan, STEP_DIE_WITH, "the program does not outlive nsjoin");
	if (plan->target_files)
		plan_add(plan, STEP_KEYRING, "your keys stay out of the target's reach");
	add_cgroups(facts, false, plan);
	r = add_joining(req, facts, plan, err);
	if (r < 0)
		return r;
	if (!plan_view_target(req, facts, plan)) {
		add_root(req, facts, plan);
		add_cwd(req, plan);
	}
	r = add_changes(req, facts, plan, err);
	if (r < 0)
		return r;
	if (changes_ids(plan)) {
		plan_add(plan, STEP_DIE_WITH, "the kernel forgets it with a change of ids");
		plan_add(plan, STEP_HIDE, "and this, too");
	}
	if (plan_has_pty(plan))
		plan_add(plan, STEP_PTY,
			 "a terminal of its own, of the host's where the target has none to be "
			 "trusted");
	plan_limits_late(req, facts, plan);
	add_chdir(req, plan);
	plan_view_cwd(req, facts, plan);
	plan_limits_last(req, facts, plan);
	plan_add(plan, STEP_LEADER, "leads the program's session, and knows nothing of yours");
	add_cgroups(facts, true, plan);
	return 0;
}

int plan_make(const struct request *req, const struct facts *facts, struct plan *ret_plan,
	      struct error *err)
{
	_cleanup_plan_ struct plan plan = { 0 };
	int r = plan_view_check(req, facts, err);

	if (r < 0)
		return r;
	plan.join = facts->present & ~facts->same;
	plan.target_files = sees_target_files(req, facts) || req->view == VIEW_TARGET;

	plan.isolates = (plan.target_files || req->pty == PTY_ALWAYS) && !req->no_fork;
	if (plan.isolates)
		r = plan_streams(facts->stream, req->pty, plan.target_files && !req->stdio_pass,
				 plan.stream, err);
	if (r >= 0)
		r = plan_limits_copy(req, facts, &plan, err);
	if (r < 0)
		return r;
	r = plan.isolates ? add_isolated(req, facts, &plan, err)
			  : add_plain(req, facts, &plan, err);
	if (r < 0)
		return r;
	add_exec(req, facts, &plan);
	plan_notes(req, facts, &plan);
	*ret_plan = plan;
	plan = (struct plan){ 0 };
	return 0;
}
