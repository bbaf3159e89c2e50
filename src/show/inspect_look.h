/* SPDX-License-Identifier: MIT */
/* Looking at a target for inspect: read-only, without entering it. */
#pragma once

#include "show/inspection.h"

/*
 * inspect_look() - fill in all that can be read
 * @in: listed is filled; its process is held
 *
 * What may not be read stays unknown.
 */
void inspect_look(const struct viewer *viewer, struct inspection *in);
