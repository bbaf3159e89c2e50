/* SPDX-License-Identifier: MIT */
/* What options may not be combined, and which need a target. */
#pragma once

#include "core/request.h"
#include "util/error.h"

/*
 * option_check() - what must hold between options, once all are known
 *
 * The missing target is looked for last: with ERROR_NO_TARGET all else is in order.
 * Return: 0, or a negative errno with @err filled.
 */
int option_check(const struct request *req, struct error *err);
