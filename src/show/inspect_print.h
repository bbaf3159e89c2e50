/* SPDX-License-Identifier: MIT */
/* An inspection for people and for programs. Pure. */
#pragma once

#include <stdbool.h>

#include "show/inspection.h"
#include "util/text.h"

void inspect_print_text(const struct inspection *in, bool color, struct text *out);
void inspect_print_json(const struct inspection *in, struct text *out);
