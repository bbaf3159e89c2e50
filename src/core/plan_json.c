/* SPDX-License-Identifier: MIT */
#include "core/plan_print.h"

#include "core/plan_calls.h"
#include "core/shell.h"
#include "util/json.h"
#include "util/text.h"

/* clang-format off */
static const char step_names[][sizeof("no-new-privs")] = {
	[STEP_HIDE]         = "hide",
	[STEP_LABEL]        = "label",
	[STEP_JOIN_TARGET]  = "join",
	[STEP_JOIN_NS]      = "join",
	[STEP_VERIFY]       = "verify",
	[STEP_ROOT]         = "root",
	[STEP_CHROOT]       = "root",
	[STEP_CWD]          = "cwd",
	[STEP_CHDIR]        = "cwd",
	[STEP_FORK]         = "fork",
	[STEP_DIE_WITH]     = "die-with",
	[STEP_REAP]         = "reap",
	[STEP_OWN_CGROUP]   = "own-cgroup",
	[STEP_CGROUP]       = "cgroup",
	[STEP_GROUPS]       = "groups",
	[STEP_GID]          = "gid",
	[STEP_HOLD_CAPS]    = "keep-caps",
	[STEP_UID]          = "uid",
	[STEP_KEEP_CAPS]    = "keep-caps",
	[STEP_OWN_MOUNTS]   = "mount",
	[STEP_MOUNT_PROC]   = "mount",
	[STEP_MOUNT_SYS]    = "mount",
	[STEP_MOUNT_ETC]    = "mount",
	[STEP_TAKE_TREE]    = "view",
	[STEP_TAKE_TOOLS]   = "view",
	[STEP_BUILD_VIEW]   = "view",
	[STEP_READ_ONLY]    = "view",
	[STEP_MOUNT_TMP]    = "mount",
	[STEP_SHOW_TREE]    = "view",
	[STEP_SHOW_EXE]     = "overlay",
	[STEP_COPY_EXE]     = "copy",
	[STEP_FILTER_READ]  = "filter-read",
	[STEP_OOM]          = "oom",
	[STEP_SCHED]        = "sched",
	[STEP_PERSONALITY]  = "personality",
	[STEP_RAISE]        = "rlimits",
	[STEP_BOUNDING]     = "bounding",
	[STEP_AFFINITY]     = "sched",
	[STEP_RLIMITS]      = "rlimits",
	[STEP_UMASK]        = "umask",
	[STEP_ONLY_SEEN]    = "seccomp",
	[STEP_NNP]          = "no-new-privs",
	[STEP_FILTER]       = "seccomp",
	[STEP_CAPS]         = "caps",
	[STEP_CLOSE]        = "close",
	[STEP_STREAMS]      = "streams",
	[STEP_PTY]          = "pty",
	[STEP_SEAL]         = "seal",
	[STEP_KEYRING]      = "keyring",
	[STEP_LEADER]       = "leader",
	[STEP_EXEC]         = "exec",
};
/* clang-format on */

static const char *const way_names[] = {
	[WAY_PASS] = "caller",
	[WAY_PTY] = "pty",
	[WAY_PIPE] = "pipe",
};

static void put_target(struct json *j, const struct facts *facts)
{
	if (facts->pid <= 0 && !facts->id) {
		json_null(j, "target");
		return;
	}
	json_object(j, "target");
	json_string(j, "name", facts->target);
	json_string(j, "runtime", facts->runtime);
	json_string(j, "id", facts->id);
	if (facts->pid > 0)
		json_uint(j, "pid", (uint64_t)facts->pid);
	else
		json_null(j, "pid"); /* a pod whose namespaces are kept by files */
	json_object_end(j);
}

static void put_namespaces(struct json *j, const struct plan *plan, const struct facts *facts)
{
	json_object(j, "join");
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (ns_has(plan->join, t))
			json_uint(j, ns_table[t].name, facts->ino[t]);
	json_object_end(j);
}

static void put_steps(struct json *j, const struct plan *plan, const struct facts *facts)
{
	json_array(j, "steps");
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n = step_calls(plan, i, facts, calls);

		json_object(j, NULL);
		json_string(j, "step", step_names[plan->step[i].kind]);
		json_array(j, "calls");
		for (size_t c = 0; c < n; c++)
			json_string(j, NULL, calls[c].text);
		json_array_end(j);
		json_string(j, "why", plan->step[i].why);
		json_object_end(j);
		calls_done(calls, n);
	}
	json_array_end(j);
}

/* As in run/exec.c: a login shell is told by a dash. */
static void put_shell_name(struct json *j, const struct step *exec)
{
	_cleanup_text_ struct text name = { 0 };

	text_add(&name, "%s%s", exec->exec.login ? "-" : "", shell_name(exec->exec.file));
	j->failed |= name.failed;
	json_string(j, NULL, name.buf);
}

static void put_program(struct json *j, const struct plan *plan, const struct request *req)
{
	static const char *const sources[] = {
		[SOURCE_CALLER] = "caller",
		[SOURCE_TARGET] = "target",
		[SOURCE_BOTH] = "both",
	};
	const struct step *exec = &plan->step[plan->n - 1];

	json_object(j, "program");
	json_string(j, "file", exec->exec.file);
	json_bool(j, "login", exec->exec.login);
	json_array(j, "argv");
	if (!req->program)
		put_shell_name(j, exec);
	for (char **word = req->program; word && *word; word++)
		json_string(j, NULL, *word);
	json_array_end(j);
	json_string(j, "files", sources[plan_program_source(plan, req)]);
	json_string(j, "environment",
		    req->env		       ? "target"
		    : req->view == VIEW_TARGET ? "view"
					       : "caller");
	json_bool(j, "isolated", plan->isolates);
	json_array(j, "streams");
	for (int i = 0; i < STREAMS; i++)
		json_string(j, NULL, way_names[plan->stream[i].way]);
	json_array_end(j);
	json_object_end(j);
}

char *plan_json(const struct plan *plan, const struct request *req, const struct facts *facts)
{
	_cleanup_json_ struct json j = { 0 };

	json_object(&j, NULL);
	json_uint(&j, "schema", 1);
	put_target(&j, facts);
	put_namespaces(&j, plan, facts);
	put_program(&j, plan, req);
	put_steps(&j, plan, facts);
	json_array(&j, "notes");
	for (size_t i = 0; i < plan->n_notes; i++)
		json_string(&j, NULL, plan->note[i].text);
	json_array_end(&j);
	json_object_end(&j);
	json_end_line(&j);
	return j.failed ? NULL : steal_pointer(&j.text);
}
