/* SPDX-License-Identifier: MIT */
#include "core/plan_view.h"

#include <errno.h>

#include "core/plan_order.h"

static int refuse(const char *what, const char *hint, struct error *err)
{
	error_set(err, ERROR_USAGE, 0, "--view=host: %s", what);
	error_hint(err, "%s", hint);
	return -EINVAL;
}

static int check_target_view(const struct request *req, struct error *err)
{
	const char *what = req->no_fork	  ? "it takes a process of its own"
			   : req->remount ? "the target's own /proc, /sys and /etc are seen"
			   : req->root.kind == DIR_PATH ? "the root directory is the target's"
							: NULL;

	if (!what)
		return 0;
	error_set(err, ERROR_USAGE, 0, "-H: %s", what);
	error_hint(err, "leave out %s", req->no_fork ? "-F" : req->remount ? "-R" : "-r");
	return -EINVAL;
}

int plan_view_check(const struct request *req, const struct facts *facts, struct error *err)
{
	if (req->view == VIEW_TARGET)
		return check_target_view(req, err);
	if (req->view != VIEW_HOST)
		return 0;
	if (plan_leaves_files(req, facts))
		return refuse("the files are yours: there is no other root directory",
			      "leave out -m and -r", err);
	/* A process with no more than the target's privileges can be looked into by the target's. */
	if (req->as_target)
		return refuse("with the target's privileges its processes could reach your files",
			      "leave out --as-target", err);
	if (req->n_tools_from > 0)
		return refuse("the programs are those of your files", "leave out --tools-from",
			      err);
	if (req->no_fork)
		return refuse("it takes a process of its own", "leave out -F", err);
	return 0;
}

/*
 * The mounts will be the target's user namespace's, whose root could make them writable: and where the
 * host's root is one of its users, write to them. What it finds read-only stays so.
 */
static void lock_files(const struct facts *facts, struct plan *plan)
{
	if (!ns_has(plan->join, NS_USER) || !facts->caller_admin)
		return;
	plan_add(plan, STEP_OWN_MOUNTS, "what is read-only here is so for the target's root, too");
	plan_add(plan, STEP_READ_ONLY, "who joins the user namespace cannot undo it")->locks = true;
}

void plan_view_take(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (req->view == VIEW_HOST) {
		plan_add(plan, STEP_TAKE_TREE, "the target's files, to be shown in a directory");
		lock_files(facts, plan);
	}
	if (req->view == VIEW_TARGET)
		plan_add(plan, STEP_TAKE_TOOLS, "your programs, to be read in the target's root");
}

bool plan_view_target(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (req->view != VIEW_TARGET)
		return false;
	if (!req->all && !ns_has(req->wanted, NS_PID))
		plan_note(plan, true,
			  "what %s makes your programs load is among your processes, and may "
			  "signal them%s",
			  facts->target,
			  ns_has(facts->present & ~facts->same, NS_PID) ? " (add -p)" : "");
	plan_add(plan, STEP_BUILD_VIEW, "the target is /, your programs are below /.nsjoin");
	return true;
}

void plan_view_cwd(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct step *step;

	if (req->view != VIEW_TARGET || !facts->view_cwd || req->wd.kind == DIR_PATH || req->wdns)
		return;
	step = plan_add(plan, STEP_CHDIR, "where the target is, or / if it cannot be entered");
	step->path = facts->view_cwd;
	/* Found by its path, and with the program's ids: others may have come there otherwise. */
	step->implied = req->wd.kind == DIR_UNSET;
}

void plan_view_host(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (req->view != VIEW_HOST)
		return;
	/* Of a user namespace plan_notes() says it. */
	if (facts->target_traces && ns_has(plan->join, NS_PID) && !ns_has(plan->join, NS_USER))
		plan_note(plan, true,
			  "%s holds CAP_SYS_PTRACE: its processes can take over the program, which "
			  "has your privileges",
			  facts->target);
	if (facts->cwd_covered && req->wd.kind == DIR_UNSET)
		plan_note(plan, true,
			  "/tmp and /dev/shm are private there: what you have in your working "
			  "directory is reached without its path only");
	plan_add(plan, STEP_READ_ONLY, "nothing of yours is changed by what is done here");
	if (facts->has_tmp || facts->has_shm)
		plan_add(plan, STEP_MOUNT_TMP, "somewhere to write to");
	plan_add(plan, STEP_SHOW_TREE, "the target's files, without set-uid programs and devices");
}
