/* SPDX-License-Identifier: MIT */
#include "show/color.h"

#include <stdlib.h>
#include <string.h>

const char *color_on(enum color color)
{
	static const char *const sequences[] = {
		[COLOR_NONE] = "",	  [COLOR_BOLD] = "\033[1m",    [COLOR_DIM] = "\033[2m",
		[COLOR_RED] = "\033[31m", [COLOR_YELLOW] = "\033[33m", [COLOR_GREEN] = "\033[32m",
	};

	return sequences[color];
}

const char *color_off(enum color color)
{
	return color == COLOR_NONE ? "" : "\033[0m";
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool color_wanted(enum color_when when, bool terminal)
{
	const char *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return terminal && term && *term && strcmp(term, "dumb") != 0;
}
