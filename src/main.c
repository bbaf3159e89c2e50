/* SPDX-License-Identifier: MIT */
/* Table of contents: parse the command line, then enter, show, or print help. */
#include "cli/complete.h"
#include "cli/options.h"
#include "cli/usage.h"
#include "run/openfiles.h"
#include "run/probe.h"
#include "run/session.h"
#include "show/cgnames.h"
#include "show/inspect.h"
#include "show/ps.h"
#include "show/targets.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"

static int run_command(struct command *command, struct error *err)
{
	if (command->verb != VERB_ENTER)
		openfiles_raise();
	switch (command->verb) {
	case VERB_ENTER:
		return session_enter(&command->request, err);
	case VERB_PS:
		return ps_run(&command->request, err);
	case VERB_INSPECT:
		return inspect_run(&command->request, probe_shell, err);
	case VERB_TARGETS:
		return targets_run(&command->request, command->words);
	case VERB_CGNAME:
		return cgnames_run(err);
	case VERB_HELP:
	case VERB_VERSION:
		return usage_verb(command, err);
	case VERB_COMPLETE:
		return complete_run(command->words, err);
	}
	return 0;
}

int main(int argc, char *argv[])
{
	_cleanup_error_ struct error err = { 0 };
	struct command command;
	int r = fd_guard_stdio();

	if (r < 0)
		return STATUS_FAILED; /* there is nowhere to say why */
	r = options_parse(argc, argv, &command, &err);
	log_setup((enum log_level)command.request.verbosity,
		  command.request.errors_json ? LOG_JSON : LOG_TEXT, command.request.target);
	if (r >= 0)
		r = run_command(&command, &err);
	if (r >= 0)
		return r;
	session_hint(&command.request, &err);
	return log_failure(&err);
}
