/* SPDX-License-Identifier: MIT */
/*
 * Running a plan: the only code that changes a process. A loop over the steps with one handler per
 * kind; handlers decide nothing.
 */
#pragma once

#include "core/plan.h"
#include "core/request.h"
#include "core/target.h"
#include "util/error.h"

/*
 * What run_plan() returns where the caller has to do something: the kernel's setns takes no pidfd.
 * Nothing was joined yet: open the namespaces one by one, plan again, run again.
 */
enum {
	RUN_NO_SETNS_PIDFD = 1 << 16
};

/*
 * run_plan() - carry out the plan
 *
 * Returns only where the program runs in a child, or where it was not run at all.
 * Return: the exit status (0 to 255) of the program; RUN_NO_SETNS_PIDFD; or a negative errno with
 * @err filled, after which the process is in an undefined mix of namespaces and must end.
 */
int run_plan(const struct plan *plan, struct target *target, const struct request *req,
	     struct error *err);
