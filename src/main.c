/* SPDX-License-Identifier: MIT */
/* Table of contents: parse the command line, then enter, tell the plan, or print help. */
#include "cli/complete.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "run/session.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"

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

static int run_command(struct command *command, struct error *err)
{
	switch (command->verb) {
	case VERB_ENTER:
		request_settle(&command->request);
		return enter(&command->request, err);
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
		  command.request.errors_json ? LOG_JSON : LOG_TEXT);
	if (r >= 0)
		r = run_command(&command, &err);
	if (r >= 0)
		return r;
	session_hint(&command.request, &err);
	if (err.id != ERROR_NONE)
		log_error(&err);
	return err.status ? err.status : STATUS_FAILED;
}
