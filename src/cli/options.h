/* SPDX-License-Identifier: MIT */
/*
 * The command line. One table of options feeds getopt, --help, the completions and the check of
 * the man page: adding an option is adding a row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/request.h"
#include "util/error.h"

/* In the order of --help. */
enum option_id {
	OPTION_TARGET,
	OPTION_HOST_ROOT,
	OPTION_ALL,
	OPTION_MOUNT,
	OPTION_UTS,
	OPTION_IPC,
	OPTION_NET,
	OPTION_PID,
	OPTION_USER,
	OPTION_CGROUP,
	OPTION_TIME,
	OPTION_NET_SOCKET,
	OPTION_USER_PARENT,
	OPTION_SETUID,
	OPTION_SETGID,
	OPTION_PRESERVE_CREDENTIALS,
	OPTION_KEEP_CAPS,
	OPTION_ROOT,
	OPTION_WD,
	OPTION_WDNS,
	OPTION_ENV,
	OPTION_JOIN_CGROUP,
	OPTION_FOLLOW_CONTEXT,
	OPTION_NO_FORK,
	OPTION_HOST_TOOLS,
	OPTION_VIEW,
	OPTION_TOOLS_FROM,
	OPTION_REMOUNT,
	OPTION_HOST_EXE,
	OPTION_PRIVILEGED,
	OPTION_AS_TARGET,
	OPTION_SHELL,
	OPTION_PTY,
	OPTION_STDIO,
	OPTION_KEEP_FD,
	OPTION_DRY_RUN,
	OPTION_JSON,
	OPTION_ERRORS,
	OPTION_VERBOSE,
	OPTION_QUIET,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

enum option_arg {
	ARG_NONE,
	ARG_REQUIRED, /* in the same word or the next one */
	ARG_OPTIONAL, /* in the same word only */
	ARG_NSFILE,   /* like ARG_OPTIONAL, a namespace file; short: other letters make a cluster */
};

/* What completes the option's value. */
enum option_complete {
	COMPLETE_NOTHING,
	COMPLETE_TARGET,
	COMPLETE_FILE,
	COMPLETE_DIR,
	COMPLETE_USER,
	COMPLETE_GROUP,
	COMPLETE_WORDS, /* words: the fixed list in struct option_row */
};

struct option_row {
	char letter;	  /* 0: has a long form only */
	const char *name; /* without dashes */
	enum option_arg arg;
	const char *value; /* how help calls the value, or NULL */
	const char *group; /* heading in --help */
	const char *help;  /* one line, at most 50 columns */
	enum option_complete complete;
	const char *words; /* blank separated, in addition to what complete says; or NULL */
	bool nsenter;	   /* nsenter has it: its abbreviations keep their meaning */
};

extern const struct option_row option_table[OPTION_COUNT];

/* What the first word asked for. */
enum verb {
	VERB_ENTER,
	VERB_HELP,
	VERB_VERSION,
	VERB_PS,
	VERB_INSPECT,
	VERB_COMPLETE, /* plumbing of the completions: not in --help */
	VERB_TARGETS,  /* the part of it that has to look for targets */
	VERB_CGNAME,   /* plumbing: what lines of /proc/PID/cgroup say */
};

struct command {
	enum verb verb;
	struct request request; /* VERB_ENTER, VERB_PS, VERB_INSPECT */
	char **words;		/* the verb's own arguments, NULL terminated; in argv */
};

/*
 * options_parse() - the command line as a command
 * @command: filled as far as the command line was understood, also on failure: how errors are to
 *           be printed is known from its request alone
 *
 * Verbs are recognised as the very first word only. Options end at the first word that is not one.
 * Nothing is opened or looked up, and argv is not written to; only the words of ps and inspect are
 * put behind their options. NSJOIN_ERRORS and NSJOIN_HOST_ROOT are honoured.
 * Return: 0, or a negative errno with @err filled. With ERROR_NO_TARGET everything else was
 * understood, so that the caller can see whether request.program[0] would have been a target.
 */
int options_parse(int argc, char *argv[], struct command *command, struct error *err);

/*
 * option_by_letter() - Return: the option of that letter, or OPTION_COUNT.
 * option_by_name() - Return: the option whose long name is exactly the @n bytes at @name, or
 * OPTION_COUNT.
 */
enum option_id option_by_letter(char letter);
enum option_id option_by_name(const char *name, size_t n);
