/* SPDX-License-Identifier: MIT */
/* What is said about a plan as a whole; what a single decision has to say is with that decision. */
#pragma once

#include "core/plan.h"

/* plan_notes() - add the notes, once all steps are there */
void plan_notes(const struct request *req, const struct facts *facts, struct plan *plan);
