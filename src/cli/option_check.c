/* SPDX-License-Identifier: MIT */
#include "cli/option_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/verb_options.h"
#include "sys/nstype.h"
#include "util/macro.h"
#include "util/nearest.h"

enum {
	LETTER_MAX = sizeof("-n")
};

/* The option that cannot do without a target, in @buf where it is that of a namespace; or NULL. */
static const char *needs_target(const struct request *req, char buf[LETTER_MAX])
{
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		if (!ns_has(req->wanted, t) || req->ns_file[t])
			continue;
		(void)snprintf(buf, LETTER_MAX, "-%c", ns_table[t].letter); /* fits */
		return buf;
	}
	if (req->all)
		return "-a";
	if (req->net_socket >= 0)
		return "-N";
	if (req->user_parent && !req->ns_file[NS_USER])
		return "--user-parent";
	if (req->uid.kind == ID_FOLLOW)
		return "-S follow";
	if (req->gid.kind == ID_FOLLOW)
		return "-G follow";
	if (req->root.kind == DIR_TARGET)
		return "-r";
	if (req->wd.kind == DIR_TARGET)
		return "-w";
	if (req->env)
		return "-e";
	if (req->join_cgroup)
		return "-c";
	if (req->follow_context)
		return "-Z";
	if (req->view != VIEW_NONE)
		return "--view";
	if (req->host_tools || req->n_tools_from > 0)
		return "-H";
	return req->want_parts ? "--as-target" : NULL;
}

static int refuse_unattached(const struct request *req, struct error *err)
{
	const char *file = req->program[0];

	error_set(err, ERROR_FILE_NOT_ATTACHED, 0, "\"%s\" is not attached to -%c", file,
		  req->unattached);
	error_hint(err, "attach it: -%c%s", req->unattached, file);
	return -EINVAL;
}

/* The first word may have been meant as a verb; of ps the next hint tells anyway. */
static void hint_verb(const char *word, struct error *err)
{
	static const char *const verb[] = { "inspect", "help", "version" };
	const char *best = NULL;

	if (strcmp(word, "ps") == 0 || strcmp(word, "inspect") == 0) {
		error_hint(err, "to ask about targets, %s comes first: nsjoin %s …", word, word);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verb); i++)
		best = nearest_offer(word, verb[i], best);
	if (best)
		error_hint(err, "did you mean: nsjoin %s?", best);
}

static int check_target(const struct request *req, struct error *err)
{
	char letter[LETTER_MAX];
	const char *option;
	int r;

	if (req->target)
		return 0;
	option = needs_target(req, letter);
	if (req->unattached)
		return refuse_unattached(req, err);
	if (option)
		r = error_set(err, ERROR_NO_TARGET, 0, "no target: %s needs one", option);
	else if (!request_has_namespace(req))
		r = error_set(err, ERROR_NO_TARGET, 0, "no target");
	else
		return 0;
	if (req->program)
		hint_verb(req->program[0], err);
	error_hint(err, "nsjoin -t TARGET [option ...] [program [argument ...]]");
	return r;
}

int option_check(const struct request *req, struct error *err)
{
	int r;

	if (req->wd.kind != DIR_UNSET && req->wdns)
		return error_set(err, ERROR_USAGE, 0,
				 "--wd and --wdns both name the working directory");
	if (req->net_socket >= 0 && ns_has(req->wanted, NS_NET))
		return error_set(err, ERROR_USAGE, 0,
				 "--net and --net-socket both name the network namespace");
	if (req->json && !req->dry_run)
		return error_set(err, ERROR_USAGE, 0, "--json goes with --dry-run");
	if (req->privileged && req->want_parts)
		return error_set(err, ERROR_USAGE, 0,
				 "--privileged and --as-target exclude each other");
	if (req->no_fork && req->pty == PTY_ALWAYS)
		return error_set(err, ERROR_USAGE, 0,
				 "--no-fork leaves nobody to serve a terminal for --pty");
	if (req->want_shell && req->program) {
		r = error_set(err, ERROR_USAGE, 0, "--shell and a program exclude each other");
		error_hint(err, "to choose the shell, attach its path: --shell=PATH");
		return r;
	}
	if (req->host_exe && !req->program) {
		r = error_set(err, ERROR_USAGE, 0, "-X: no program");
		error_hint(err, "name a static program of yours: -X busybox sh");
		return r;
	}
	return check_target(req, err);
}
