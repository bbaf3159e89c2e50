/* SPDX-License-Identifier: MIT */
/* The plumbing of the completions and of the check of the documents: "nsjoin __complete SUBJECT". */
#pragma once

#include "util/error.h"

/*
 * complete_run() - print what SUBJECT asks for to standard output
 * @words: of the command line, NULL terminated: "options", "options" "ps"
 *
 * options: the table (or that of a verb), a line each: letter or "-", name, kind of argument (none,
 * required, optional, nsfile), what help calls the value or "-", and yes or no: whether nsenter has
 * it; tabs between.
 * Return: 0, or a negative errno with @err filled.
 */
int complete_run(char *const words[], struct error *err);
