/* SPDX-License-Identifier: MIT */
/* What ps is asked for: the patterns behind its options. */
#pragma once

#include <stdbool.h>

#include "find/list.h"

/*
 * pattern_fits() - whether a target is meant by a pattern
 *
 * Patterns are globs for what -t takes to mean it, alone or with others: TARGET, name or id, its pod
 * with the namespace and the container or without, or by its uid, and each of them behind the kind. A
 * word of 4 hex digits or more also stands for the ids that begin so.
 */
bool pattern_fits(const struct listed *listed, const char *pattern);
