/* SPDX-License-Identifier: MIT */
/* The grammar of cgroup paths, to be tried on any line: "nsjoin __cgname". */
#pragma once

#include "util/error.h"
#include "util/text.h"

/*
 * cgnames_run() - for each line of /proc/PID/cgroup on standard input, print what it says
 * Return: 0, or a negative errno with @err filled.
 */
int cgnames_run(struct error *err);

/*
 * cgnames_print() - one line: runtime, id and uid of the pod, tabs between
 * @line: "id:controllers:path", cut up in place
 *
 * "none - -" where the line names no container; "-" stands for what is not told.
 */
void cgnames_print(char *line, struct text *out);
