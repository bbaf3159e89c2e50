/* SPDX-License-Identifier: MIT */
/*
 * What the shells' completions offer for TARGET: "nsjoin __complete targets PREFIX", and for what ps
 * is asked for, which is the same without the host: "nsjoin __complete patterns PREFIX".
 */
#pragma once

#include "core/request.h"
#include "find/list.h"
#include "util/text.h"

/*
 * targets_run() - print "value<TAB>description" lines, sorted
 * @req:   where to look, and what is completed
 * @words: the rest of the command line: what was typed so far, or nothing
 *
 * Says nothing about what goes wrong: it would be written into somebody's command line.
 * Return: 0.
 */
int targets_run(const struct request *req, char *const words[]);

/*
 * targets_print() - the lines
 * @host: whether the host itself is offered, too
 *
 * Offered are each TARGET and the names that stand for one container alone. What has other
 * characters than A-Z a-z 0-9 . _ : / @ - is left out, not quoted: the container chose it.
 */
void targets_print(const struct listing *listing, bool host, const char *prefix, struct text *out);
