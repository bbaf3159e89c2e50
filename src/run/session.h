/* SPDX-License-Identifier: MIT */
/* From a request to its end: open the target, look, plan, and either tell the plan or run it. */
#pragma once

#include "core/request.h"
#include "util/error.h"

/*
 * session_tell() - the plan as text or JSON, without changing anything (--dry-run)
 * @ret_text: heap, owned by the caller
 * Return: 0, or a negative errno with @err filled: why it would not work.
 */
int session_tell(const struct request *req, char **ret_text, struct error *err);

/*
 * session_run() - enter the target and run the program
 * Return: the exit status (0 to 255), or a negative errno with @err filled.
 */
int session_run(const struct request *req, struct error *err);

/*
 * session_enter() - settle a request, then session_run(), or print what session_tell() has to say
 *
 * Where a shell was wanted in a target that has none, one of the caller's is the program.
 * Return: as session_run().
 */
int session_enter(const struct request *asked, struct error *err);

/*
 * session_hint() - where there is no target: what may have been meant; and the last of all hints
 *
 * "nsjoin web", "nsjoin exec -it web sh": how to call it one; else where targets are listed.
 * The commands that hints name get the --host-root that was asked for.
 */
void session_hint(const struct request *req, struct error *err);
