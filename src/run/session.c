/* SPDX-License-Identifier: MIT */
#include "run/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan.h"
#include "core/plan_print.h"
#include "core/target.h"
#include "run/probe.h"
#include "run/run.h"
#include "sys/mountapi.h"
#include "util/escape.h"
#include "util/log.h"
#include "util/macro.h"
#include "util/output.h"

static int prepare(const struct request *req, struct target *target, struct plan *plan,
		   struct error *err)
{
	int r = target_open(req, target, err);

	if (r >= 0)
		r = probe_maps(req, target, err);
	if (r >= 0)
		r = probe_files(req, target, err);
	if (r >= 0)
		r = probe_etc(target, err);
	if (r >= 0)
		r = plan_make(req, &target->facts, plan, err);
	return r;
}

int session_tell(const struct request *req, char **ret_text, struct error *err)
{
	_cleanup_target_ struct target target = TARGET_INIT;
	_cleanup_plan_ struct plan plan = { 0 };
	int r = prepare(req, &target, &plan, err);

	if (r < 0)
		return r;
	*ret_text = req->json ? plan_json(&plan, req, &target.facts)
			      : plan_text(&plan, req, &target.facts);
	if (!*ret_text)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "print the plan");
	return 0;
}

static void say(const struct plan *plan, const struct request *req, const struct target *target)
{
	for (size_t i = 0; i < plan->n_notes; i++)
		if (plan->note[i].loud)
			log_note("%s", plan->note[i].text);
	if (log_enabled(LOG_VERBOSE)) {
		_cleanup_free_ char *text = plan_text(plan, req, &target->facts);

		if (text)
			log_clean_text(LOG_VERBOSE, text);
	}
}

int session_run(const struct request *req, struct error *err)
{
	_cleanup_target_ struct target target = TARGET_INIT;
	_cleanup_plan_ struct plan plan = { 0 };
	int r = prepare(req, &target, &plan, err);

	if (r < 0)
		return r;
	say(&plan, req, &target);
	r = run_plan(&plan, &target, req, err);
	if (r != RUN_NO_SETNS_PIDFD)
		return r;
	/* An old kernel, or one namespace of the set that cannot be joined: one by one, then. */
	plan_done(&plan);
	r = target_open_each(req, &target, err);
	if (r >= 0)
		r = plan_make(req, &target.facts, &plan, err);
	if (r >= 0)
		r = run_plan(&plan, &target, req, err);
	if (r == RUN_NO_SETNS_PIDFD)
		return error_set(err, ERROR_SYSTEM, EINVAL, "join the namespaces");
	return r;
}

static int enter(const struct request *req, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	int r;

	if (!req->dry_run)
		return session_run(req, err);
	r = session_tell(req, &text, err);
	err->status = 0; /* the program was not tried: 126 and 127 are not for this */
	return r < 0 ? r : output_write(text, err);
}

/* Whether somebody who wanted a shell is served by one of the host's, in the target's files. */
static bool lacks_shell(const struct request *req, const struct error *err)
{
	bool targets_files =
		req->all || ns_has(req->wanted, NS_MNT) || req->root.kind == DIR_TARGET;

	/* Who has asked for his own files is never put into the target's. */
	return err->id == ERROR_NO_SHELL && targets_files && req->target && !req->program &&
	       !req->want_shell && req->view == VIEW_NONE && !req->no_fork &&
	       req->root.kind != DIR_PATH && !req->ns_file[NS_MNT];
}

int session_enter(const struct request *asked, struct error *err)
{
	struct request req = *asked;
	int r;

	request_settle(&req);
	r = enter(&req, err);
	if (r >= 0 || !lacks_shell(&req, err))
		return r;
	error_done(err);
	if (mountapi_look(true) == 0) {
		req = *asked;
		request_use_tools(&req);
		log_note("%s has no shell: yours runs in its files, your programs are below "
			 "/.nsjoin (--view=host: in yours)",
			 req.target);
	} else {
		request_use_static_shell(&req);
		log_note("%s has no shell, and this kernel cannot show your programs in its files: "
			 "a static busybox of yours is the shell",
			 req.target);
	}
	r = enter(&req, err);
	if (r < 0 && req.host_exe)
		error_hint(err, "your own shell, in your files: nsjoin -t %s -n -u -i -p",
			   req.target);
	return r;
}

/* The word that may have been meant as TARGET: the first one, or as "docker exec -it web" has it. */
static const char *target_word(char *const *program)
{
	if (!program || strcmp(program[0], "exec") != 0)
		return program ? program[0] : NULL;
	do
		program++;
	while (*program && **program == '-');
	return *program;
}

static void hint_target(const struct request *req, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	struct find_query query = { .host_root = req->host_root,
				    .text = target_word(req->program) };

	if (query.text && find_query(&query, &found, NULL) == 0)
		error_hint(err, "did you mean: nsjoin -t %s?", query.text);
	else
		error_hint(err, "nsjoin ps lists what can be joined");
}

/* The command that a hint names looks where the one looked that failed. */
static void add_host_root(const char *dir, char **hint)
{
	static const struct {
		const char *command;
		size_t before; /* the option goes behind so much of it */
	} row[] = { { "nsjoin -t ", sizeof("nsjoin") }, { "nsjoin ps ", sizeof("nsjoin ps") } };

	for (size_t i = 0; *hint && i < ARRAY_SIZE(row); i++) {
		const char *at = strstr(*hint, row[i].command);
		char *text;

		if (!at)
			continue;
		at += row[i].before;
		if (asprintf(&text, "%.*s--host-root=%s %s", (int)(at - *hint), *hint, dir, at) < 0)
			return; /* it stays as it is */
		free(*hint);
		*hint = text;
		return;
	}
}

void session_hint(const struct request *req, struct error *err)
{
	if (err->id == ERROR_NO_TARGET)
		hint_target(req, err);
	for (size_t i = 0; req->host_root && escape_is_word(req->host_root) && i < ERROR_HINTS; i++)
		add_host_root(req->host_root, &err->hint[i]);
}
