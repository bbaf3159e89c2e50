/* SPDX-License-Identifier: MIT */
/* The plan for people (--dry-run, -v) and for programs (--dry-run --json). Pure text making. */
#pragma once

#include "core/plan.h"

/*
 * plan_text() - the plan as lines of text
 * plan_json() - the plan as one JSON object, each step with the system calls that it makes
 *
 * Return: heap text ending in a newline, owned by the caller; NULL without memory.
 */
char *plan_text(const struct plan *plan, const struct request *req, const struct facts *facts);
char *plan_json(const struct plan *plan, const struct request *req, const struct facts *facts);
