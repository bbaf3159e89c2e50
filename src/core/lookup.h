/* SPDX-License-Identifier: MIT */
/*
 * What has to be known of the files that the program will see before the plan can be made: who a
 * user name is, which shell there is, where a program is found and whether it can start.
 *
 * Question and answer are plain values: for a target's files a disposable process without
 * privileges looks (run/probe.h) and sends the answer back.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/request.h"

struct lookup_question {
	struct id_request uid, gid; /* ID_NAME, or a number whose group is wanted; else ID_UNSET */
	bool want_group;	    /* the group of -S's passwd line */
	bool want_groups;	    /* and those that have him as a member */

	bool want_shell;
	const char *shell;	 /* --shell=PATH, and no other; or NULL */
	const char *usual_shell; /* tried first where the files are ours: SHELL; or NULL */
	uint32_t shell_uid;	 /* whose passwd line names the shell */

	const char *program; /* what is to be run, or NULL */
	const char *path;    /* PATH to search it in */

	bool hostile; /* the files are a target's: nothing but regular files is touched */
};

enum lookup_result {
	LOOKUP_NOTHING,	  /* was not asked for */
	LOOKUP_FOUND,	  /* program holds the path */
	LOOKUP_MISSING,	  /* no such file, or no shell at all */
	LOOKUP_NO_INTERP, /* it needs interp, which does not exist */
};

enum {
	LOOKUP_GROUPS_MAX = 1024
};

/* Plain old data: it travels through a pipe. */
struct lookup_answer {
	bool has_uid, has_gid;
	int passwd_errnum, group_errnum; /* why what is wanted of the file is not known, or 0;
					    EOVERFLOW: of more groups than fit below */
	uint32_t uid, gid;
	uint32_t groups[LOOKUP_GROUPS_MAX];
	size_t n_groups;
	enum lookup_result result;
	bool busybox;	     /* the shell is busybox itself: its argv[0] has to say "sh" */
	char home[PATH_MAX]; /* of -S's passwd line, or "" */
	char program[PATH_MAX];
	char interp[PATH_MAX];
};

/*
 * lookup_check() - whether it is an answer that lookup_files() can give
 *
 * Who looks at hostile files may be taken over by them: of what is sent nothing is believed before.
 * Return: 0 or -EBADMSG.
 */
int lookup_check(const struct lookup_question *question, const struct lookup_answer *answer);

/* lookup_needed() - whether the request cannot be planned without */
bool lookup_needed(const struct request *req);

/*
 * lookup_wants_program() - whether the plan will be shown, with the path of the program in it
 *
 * Not of one that is given by a path from the working directory (./run), where that is another one
 * than here: who executes it will find it.
 */
bool lookup_wants_program(const struct request *req);

/*
 * lookup_files() - answer, from the files below a root directory
 * @root_fd: the root directory that the program will have; paths are resolved within it
 * @procfd:  of proc_root_open(): our own /proc
 *
 * What cannot be read does not exist.
 */
void lookup_files(const struct lookup_question *question, int root_fd, int procfd,
		  struct lookup_answer *ret_answer);
