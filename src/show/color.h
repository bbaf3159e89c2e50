/* SPDX-License-Identifier: MIT */
/* Colours of what is listed: never the only bearer of a piece of information. */
#pragma once

#include <stdbool.h>

#include "core/request.h"

enum color {
	COLOR_NONE,
	COLOR_BOLD,
	COLOR_DIM,
	COLOR_RED,
	COLOR_YELLOW,
	COLOR_GREEN,
};

/* color_on(), color_off() - the sequences around a piece of text. Return: static text, "" for none. */
const char *color_on(enum color color);
const char *color_off(enum color color);

/*
 * color_wanted() - whether to use them
 * @when:     of --color, which beats the environment
 * @terminal: standard output is one
 *
 * With "auto", NO_COLOR is asked first, then CLICOLOR_FORCE, then whether a terminal that can show
 * colours (TERM is neither missing nor "dumb") is written to.
 */
bool color_wanted(enum color_when when, bool terminal);
