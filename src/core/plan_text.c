/* SPDX-License-Identifier: MIT */
#include "core/plan_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_calls.h"
#include "core/plan_limits.h"

enum {
	ID_SHOWN = 12
};

static void put_namespaces(struct text *t, const struct plan *plan, const struct facts *facts)
{
	ns_set keep = NS_ALL & ~plan->join;
	char buf[NS_NAMES_MAX];

	text_add(t, "join    ");
	for (enum ns_type type = 0; type < NS_COUNT; type++)
		if (ns_has(plan->join, type))
			text_add(t, " %s %" PRIu64, ns_table[type].name, facts->ino[type]);
	text_add(t, "%s\n", plan->join ? "" : " nothing");
	if (keep)
		text_add(t, "keep     %s (yours)\n", ns_names(keep, buf));
}

/* As much of it as tells it from others. Where a cgroup's name is the id, anybody has chosen it. */
static void put_id(struct text *t, const struct facts *facts)
{
	char id[ID_SHOWN + 1];

	(void)snprintf(id, sizeof(id), "%.*s", ID_SHOWN, facts->id); /* fits: it is cut */
	text_add(t, "%s:", facts->runtime);
	text_add_escaped(t, id);
	text_add(t, " ");
}

static void put_target(struct text *t, const struct facts *facts)
{
	if (facts->pid <= 0 && !facts->id)
		return;
	text_add(t, "target   ");
	if (facts->runtime && facts->id)
		put_id(t, facts);
	text_add(t, "\"");
	text_add_escaped(t, facts->target);
	if (facts->pid > 0)
		text_add(t, "\", pid %d\n", facts->pid);
	else
		text_add(t, "\", by the files that keep its namespaces\n");
}

static void put_program(struct text *t, const struct plan *plan, const struct request *req)
{
	static const char *const sources[] = {
		[SOURCE_CALLER] = "your files",
		[SOURCE_TARGET] = "the target's files",
		[SOURCE_BOTH] = "your files and the target's",
	};
	const struct step *exec = &plan->step[plan->n - 1];

	text_add(t, "program ");
	if (req->program && strcmp(exec->exec.file, req->program[0]) == 0) {
		for (char **word = req->program; *word; word++) {
			text_add(t, " ");
			text_add_escaped(t, *word);
		}
	} else {
		text_add(t, " ");
		text_add_escaped(t, exec->exec.file);
		if (!req->program)
			text_add(t, exec->exec.login ? " (login shell)" : " (shell)");
	}
	text_add(t, "   from %s\n", sources[plan_program_source(plan, req)]);
}

/* What is left of them once the program is executed: another user than root keeps what is ambient. */
static const char *capabilities_name(const struct plan *plan, const struct facts *facts)
{
	const struct step *uid = plan_find(plan, STEP_UID), *caps = plan_find(plan, STEP_CAPS);
	bool kept = plan_find(plan, STEP_KEEP_CAPS), joins_user = ns_has(plan->join, NS_USER);

	if (caps && (uid ? uid->id != 0 : !facts->own_root) && !caps->caps.ambient)
		return "no capabilities";
	if (caps)
		return "the target's capabilities";
	if (uid && uid->id != 0 && !kept)
		return "no capabilities";
	if (joins_user && !uid && !kept)
		return "what capabilities your uid has in its user namespace";
	return joins_user ? "all capabilities of its user namespace" : "your capabilities";
}

static const char *cgroup_name(const struct request *req, const struct facts *facts)
{
	if (facts->cgroup_devices)
		return facts->n_cgroups > 0 ? "your cgroup, the target's devices" : "your cgroup";
	if (facts->n_cgroups > 0)
		return "the target's cgroup";
	/* Nothing to be joined: it is ours already, or not to be had. */
	return plan_takes(req, facts, AS_CGROUP) && facts->cgroups_left == 0 ? "the target's cgroup"
									     : "your cgroup";
}

static void put_ids(struct text *t, const struct plan *plan, const struct request *req,
		    const struct facts *facts)
{
	const struct step *uid = plan_find(plan, STEP_UID), *gid = plan_find(plan, STEP_GID);

	text_add(t, "run as   ");
	if (uid)
		text_add(t, "uid %" PRIu32 " ", uid->id);
	if (gid)
		text_add(t, "gid %" PRIu32 " ", gid->id);
	text_add(t, "%s%s, %s%s\n", uid || gid ? "" : "your ids, ", capabilities_name(plan, facts),
		 cgroup_name(req, facts), req->env ? ", the target's environment" : "");
}

static void put_part(struct text *t, bool *any, const char *part)
{
	text_add(t, "%s%s", *any ? ", " : "confine  ", part);
	*any = true;
}

/* What else of the target's holds the program back, whatever steps that takes. */
static void put_confinement(struct text *t, const struct plan *plan, const struct request *req,
			    const struct facts *facts)
{
	bool any = false;

	if (plan_takes(req, facts, AS_NNP) && facts->limits.no_new_privs)
		put_part(t, &any, "no_new_privs");
	if (plan_find(plan, STEP_FILTER))
		put_part(t, &any, "seccomp filters");
	if (facts->label)
		put_part(t, &any, "security label");
	if (plan_takes(req, facts, AS_RLIMITS))
		put_part(t, &any, "resource limits");
	if (plan_takes(req, facts, AS_OOM))
		put_part(t, &any, "oom_score_adj");
	if (any)
		text_add(t, " of the target\n");
}

static void put_streams(struct text *t, const struct plan *plan)
{
	static const char *const names[] = {
		[WAY_PASS] = "yours",
		[WAY_PTY] = "a terminal of its own",
		[WAY_PIPE] = "a pipe",
	};

	if (!plan->isolates)
		return;
	text_add(t, "streams  input %s, output %s, error %s\n", names[plan->stream[0].way],
		 names[plan->stream[1].way], names[plan->stream[2].way]);
}

static void put_steps(struct text *t, const struct plan *plan, const struct facts *facts)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n = step_calls(plan, i, facts, calls);

		text_add(t, "%s %2zu ", i == 0 ? "steps  " : "       ", i + 1);
		for (size_t c = 0; c < n; c++) {
			text_add(t, "%s", c ? "; " : "");
			text_add_escaped(t, calls[c].text ? calls[c].text : "?");
		}
		if (n == 0)
			text_add(t, "%s",
				 plan->step[i].kind == STEP_VERIFY ? "compare namespaces"
								   : "pipes");
		text_add(t, "  # %s\n", plan->step[i].why);
		calls_done(calls, n);
	}
}

char *plan_text(const struct plan *plan, const struct request *req, const struct facts *facts)
{
	struct text t = { 0 };

	put_target(&t, facts);
	put_namespaces(&t, plan, facts);
	put_program(&t, plan, req);
	put_ids(&t, plan, req, facts);
	put_confinement(&t, plan, req, facts);
	put_streams(&t, plan);
	put_steps(&t, plan, facts);
	for (size_t i = 0; i < plan->n_notes; i++) {
		text_add(&t, "note     ");
		text_add_escaped(&t, plan->note[i].text);
		text_add(&t, "\n");
	}
	return text_take(&t);
}
