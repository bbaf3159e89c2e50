/* SPDX-License-Identifier: MIT */
/* What comes before what: in a plan, and in its calls as text. What is not there comes nowhere. */
#pragma once

#include <string.h>

#include "core/plan.h"

static inline void comes_before(const struct plan *plan, enum step_kind first, enum step_kind later)
{
	const struct step *a = plan_find(plan, first), *b = plan_find(plan, later);

	assert_non_null(a);
	assert_non_null(b);
	assert_true(a < b);
}

static inline void stands_before(const char *text, const char *first, const char *later)
{
	const char *a = strstr(text, first), *b = strstr(text, later);

	assert_non_null(a);
	assert_non_null(b);
	assert_true(a < b);
}
