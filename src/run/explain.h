/* SPDX-License-Identifier: MIT */
/* Why a program could not be executed: one true cause, found by looking at the file. */
#pragma once

#include "run/steps.h"

/*
 * explain_exec() - say it
 * @errnum: what execve said
 *
 * Gives up all privileges before it looks at a target's files. The process is good for nothing but
 * ending afterwards.
 * Return: -@errnum, with @err filled and its status 126 or 127; 125 where the program's name is that of
 * a file that an option should have had.
 */
int explain_exec(const struct run *run, const struct step *step, int errnum, struct error *err);

/*
 * explain_apart() - the same by a process of its own, which sees the files as the program would have
 *
 * For the process that keeps what is the caller's: it follows no path of the target's.
 * Return: the status, where the message was written already; or a negative errno with @err filled.
 */
int explain_apart(const struct run *run, int errnum, struct error *err);

/* What would run a program of the caller's that the target lacks. */
enum way_out {
	WAY_TARGET_VIEW = 1, /* -H */
	WAY_HOST_VIEW = 2,   /* -H --view=host */
	WAY_OWN_FILES = 4,   /* to leave out what joins the target's files */
	WAY_TAKEN = 8,	     /* -H was typed: the caller's programs were searched as well */
};

/*
 * explain_ways_out() - which of them there are for what was typed
 *
 * Looks at the caller's files: before the target's are joined, or by who never joins them.
 * Return: a set of enum way_out.
 */
unsigned int explain_ways_out(const struct request *req);

/*
 * explain_missing() - the error of a program that is not there
 * @target: how the target is called whose files it was looked for in, or NULL: in the caller's
 * @path:   where a name without a slash was searched for
 * @ways:   a set of enum way_out
 * Return: -ENOENT.
 */
int explain_missing(const struct request *req, const char *target, const char *program,
		    const char *path, unsigned int ways, struct error *err);

/* explain_no_interp() - the error of a program whose loader or interpreter is not there */
int explain_no_interp(bool target_files, const char *target, const char *program,
		      const char *interp, struct error *err);

/* give_up_privileges() - no capabilities, and none to be gained. Return: 0 or -errno. */
int give_up_privileges(void);

/* give_up_all_but() - the same, save for this capability where we have it in effect */
int give_up_all_but(int cap);
