/* SPDX-License-Identifier: MIT */
/*
 * The system calls that a step makes, as text: what --dry-run shows and what the tests compare
 * with a trace of the run.
 */
#pragma once

#include "core/plan.h"
#include "util/text.h"

/* STEP_CLOSE: each kept descriptor, the gap before it, and what is above the last. */
enum {
	STEP_CALLS_MAX = 3 * KEEP_FD_MAX + 1
};

/* One call: "setns(pidfd, CLONE_NEWNET)". Handles are named by role. */
struct call {
	char *text; /* heap */
};

/*
 * step_calls() - the calls of step @i, in order
 * Return: how many; 0 for steps that only look. To be released by calls_done().
 */
size_t step_calls(const struct plan *plan, size_t i, const struct facts *facts,
		  struct call calls[STEP_CALLS_MAX]);

/* calls_done() - free the texts of @n calls */
void calls_done(struct call *calls, size_t n);
