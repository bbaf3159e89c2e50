/* SPDX-License-Identifier: MIT */
/* What the files of the leader share: see leader.c. */
#pragma once

#include "leader/protocol.h"

enum {
	LEADER_STATUS_FAILED = 1,
};

struct leader {
	int control;
	int error_pipe[2]; /* from the program, until it is executed */
	int program;	   /* its pid as we see it */
	int pidfd, signals;
	char *file, **argv, **envp;
	struct leader_job job;
};

/* leader_report() - tells nsjoin; @fd goes along, or none. Where nsjoin has ended there is nobody to
 * tell, and nothing left to do: this does not return then. */
void leader_report(const struct leader *leader, enum leader_report_kind kind, int value, int stage,
		   int fd);

/* leader_fail() - ends with what nsjoin has to say a word about: the negative errno @r. */
_Noreturn void leader_fail(const struct leader *leader, long r);

/* leader_fail_stage() - the same where @stage of making the program has failed. */
_Noreturn void leader_fail_stage(const struct leader *leader, enum leader_stage stage, long r);

/* leader_take_job() - becomes the leader of a session, hidden from others, and learns what to do. */
void leader_take_job(struct leader *leader);

/* leader_take_label() - the security label that the next exec gives, where the job has one. */
void leader_take_label(const struct leader *leader);

/* leader_go_inside() - what goes on from here is one more process, in the program's pid namespace. */
void leader_go_inside(struct leader *leader);

/* leader_drop_streams() - closes what only the program needs; the terminal is kept. */
void leader_drop_streams(const struct leader_job *job);

/* leader_bind() - has us killed when the process that made us ends, which holds the other end of
 * error_pipe. Return: 0, or negative errno; -ESRCH: it has ended. */
int leader_bind(const struct leader *leader);

/* leader_start_program() - makes the program and reports that it runs; does not return else. */
void leader_start_program(struct leader *leader);
