/* SPDX-License-Identifier: MIT */
/*
 * An error that a user can act upon: a stable id, one line of text, at most two
 * hints that name what to type, and the errno it came from. The caller holds it;
 * functions of the libraries fill it and never print.
 */
#pragma once

#include "util/macro.h"

/* Stable names of what can go wrong; --errors=json prints them. A released id keeps its meaning. */
enum error_id {
	ERROR_NONE,
	ERROR_USAGE,
	ERROR_UNKNOWN_OPTION,
	ERROR_NO_TARGET,
	ERROR_TARGET_NOT_FOUND,
	ERROR_TARGET_AMBIGUOUS,
	ERROR_TARGET_IS_GONE,
	ERROR_TARGET_LOOKS_LIKE_ID,
	ERROR_FILE_NOT_ATTACHED,
	ERROR_WRONG_NAMESPACE_FILE,
	ERROR_PERMISSION,
	ERROR_PERMISSION_HIDEPID,
	ERROR_PERMISSION_YAMA,
	ERROR_PERMISSION_LSM,
	ERROR_USERNS_NEEDED,
	ERROR_PIDNS_UP,
	ERROR_PIDNS_DEAD,
	ERROR_NO_SHELL,
	ERROR_PROGRAM_NOT_FOUND,
	ERROR_INTERP_MISSING,
	ERROR_CANNOT_EXECUTE,
	ERROR_KERNEL_TOO_OLD,
	ERROR_CGROUP_JOIN,
	ERROR_CGROUP_FROZEN,
	ERROR_UID_UNMAPPED,
	ERROR_SYSTEM, /* a call failed for a reason that none of the above names */
	ERROR_COUNT,
};

enum {
	ERRNUM_MAX = 4095, /* the kernel's MAX_ERRNO */
	ERROR_HINTS = 2,
	STATUS_FAILED = 125,	  /* nsjoin itself failed */
	STATUS_CANNOT_EXEC = 126, /* the program was found and cannot be executed */
	STATUS_NOT_FOUND = 127,	  /* the program, or what it needs to start, was not found */
};

struct error {
	enum error_id id;
	int errnum;		 /* positive errno, or 0 where no system call failed */
	int status;		 /* exit status to use; 0 means STATUS_FAILED */
	char *text;		 /* one line, heap; what a user typed in it is quoted */
	char *hint[ERROR_HINTS]; /* heap, or NULL */
	char *detail;		 /* lines shown between text and hints (candidates), heap or NULL */
	char *target; /* TARGET that it is about, as typed, heap; NULL: as log_setup() has it */
};

/*
 * error_set() - say what failed, as the error's only text
 * @err:     filled; an earlier content is freed first. NULL is allowed and ignored.
 * @id:      what kind of failure
 * @errnum:  positive errno, whose description is appended after ": ", or 0
 *
 * Return: -@errnum, or -EINVAL where @errnum is 0, so that callers can `return error_set(...)`.
 */
int error_set(struct error *err, enum error_id id, int errnum, const char *fmt, ...) _printf_(4, 5);

/* error_hint() - add one hint; the third and later ones are dropped. Hints name what to type. */
void error_hint(struct error *err, const char *fmt, ...) _printf_(2, 3);

/* error_done() - free what the error holds and leave the empty error behind. Keeps errno. */
void error_done(struct error *err);

/* error_id_name() - the id as --errors=json prints it, for example "target-not-found". */
const char *error_id_name(enum error_id id);

/*
 * error_describe() - the C locale's text of an errno
 *
 * Never reads a message catalogue: after a mount namespace was joined that file would be the
 * target's.
 * Return: static text, never NULL.
 */
const char *error_describe(int errnum);

#define _cleanup_error_ _cleanup_(error_done)
