/* SPDX-License-Identifier: MIT */
/* What the files that write down the calls of steps share. */
#pragma once

#include "core/plan_calls.h"

/* Collects the calls of one step. */
struct calls {
	struct call *call;
	size_t n;
};

/* calls_add() - one more call of the step */
void calls_add(struct calls *calls, const char *fmt, ...) _printf_(2, 3);

/* calls_mount() - those of a step that mounts */
void calls_mount(struct calls *calls, const struct plan *plan, const struct step *step,
		 const struct facts *facts);
