/* SPDX-License-Identifier: MIT */
/* What standard output can show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "show/color.h"

struct terminal {
	bool is_terminal;
	bool color;
	bool utf8;    /* as the environment says; no locale is loaded for it */
	size_t width; /* columns, or 0 where nothing has to fit */
};

void terminal_look(enum color_when when, struct terminal *ret_terminal);
