/* SPDX-License-Identifier: MIT */
#include "core/plan_notes.h"

#include "core/plan_limits.h"
#include "core/plan_order.h"
#include "util/text.h"

/* What most plans say: without the formatting and the memory that the run would not need. */
static void add_remark(struct plan *plan, const char *text)
{
	if (plan->n_notes < PLAN_NOTES)
		plan->note[plan->n_notes++] = (struct plan_note){ .text = text };
}

/* What to leave out so that the program becomes a process of the target. Return: heap, or NULL. */
static char *what_to_leave_out(const struct request *req, const struct facts *facts)
{
	struct text list = { 0 };

	if (!facts->target || req->want_parts)
		return NULL;
	if (req->privileged)
		text_add(&list, " --privileged");
	else if (req->all)
		text_add(&list, " -a");
	for (enum ns_type t = 0; t < NS_COUNT && !req->all; t++)
		if (ns_has(req->wanted, t))
			text_add(&list, " -%c", ns_table[t].letter);
	return text_take(&list);
}

/* Code of the target with more than the target has: its own, or what it makes ours load in a view. */
static void add_privileges(const struct request *req, const struct facts *facts, struct plan *plan)
{
	const char *target = facts->target ? facts->target : "the namespace";
	const char *file = plan->step[plan->n - 1].exec.file;
	_cleanup_text_ struct text note = { 0 };
	_cleanup_free_ char *out = NULL;

	/* Who asks for it by name reads it in every plan. */
	if (!plan->target_files || facts->exe || plan_takes(req, facts, AS_CAPS) ||
	    !(facts->terminal || req->privileged))
		return;
	if (plan_program_source(plan, req) == SOURCE_TARGET)
		text_add(&note, "runs %s's %s", target, file);
	else
		text_add(&note, "runs %s, which %s can make load its code,", file, target);
	text_add(&note, " with all your privileges");
	out = what_to_leave_out(req, facts);
	if (out && *out)
		text_add(&note, " (leave out%s to confine it)", out);
	if (!note.failed)
		plan_note(plan, facts->terminal, "%s", note.buf);
}

/*
 * Root there has all capabilities over the program, and can have another one started in its place
 * (binfmt_misc, since Linux 6.7). Scripts that join it as with nsenter are not told each time.
 */
static void add_exposed(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (!ns_has(plan->join, NS_USER) || plan->target_files)
		return;
	plan_note(plan, req->view == VIEW_HOST || facts->terminal,
		  "in the user namespace of %s its processes may look at your files through the "
		  "program's",
		  facts->target ? facts->target : "FILE");
}

void plan_notes(const struct request *req, const struct facts *facts, struct plan *plan)
{
	char buf[NS_NAMES_MAX];
	const char *instead = facts->env_config ? "what it was configured with" : "a standard PATH";
	ns_set twice = req->wanted & facts->same & ~(req->all ? NS_ALL : 0);

	/* -H asks for the files by itself. */
	if (req->view == VIEW_TARGET)
		twice &= ~NS_BIT(NS_MNT);
	if (facts->pid_children_differ) {
		plan_note(plan, true,
			  "the children of %s live in another pid namespace than itself: "
			  "-p/proc/%d/ns/pid_for_children joins theirs",
			  facts->target, facts->pid);
		twice &= ~NS_BIT(NS_PID);
	}
	if (twice)
		plan_note(plan, true, "already in its %s namespace: nothing to join there",
			  ns_names(twice, buf));
	if (facts->env_unreadable)
		plan_note(plan, true, "the environment of %s cannot be read; %s is used",
			  facts->target, instead);
	if (facts->env_overwritten)
		plan_note(plan, true, "%s has overwritten its environment; %s is used",
			  facts->target, instead);
	if (facts->env_truncated)
		plan_note(
			plan, true,
			"the environment of %s is longer than any program could be given: what is "
			"past 1 MiB or 32768 variables is left out",
			facts->target);
	if (facts->env_dropped)
		plan_note(plan, true,
			  "%zu variables of %s that load code are left out: the program is yours",
			  facts->env_dropped, facts->target);
	if (req->follow_context && !facts->label)
		plan_note(plan, true, "no security module labels %s: nothing to follow",
			  facts->target);
	plan_cgroup_note(facts, plan);
	add_privileges(req, facts, plan);
	add_exposed(req, facts, plan);
	if (plan->target_files && !plan->isolates && facts->terminal)
		plan_note(plan, true,
			  "without a fork the program gets your terminal and streams themselves");
	if (ns_has(plan->join, NS_PID) && !plan->target_files && !(plan->remount & REMOUNT_PROC))
		add_remark(plan, "/proc stays yours: ps shows your processes (add -R for the "
				 "target's)");
	if (ns_has(plan->join, NS_NET) && !plan->target_files && !plan->remount)
		add_remark(plan, "/etc/resolv.conf and /sys stay yours (add -R for the target's)");
}
