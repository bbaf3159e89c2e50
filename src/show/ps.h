/* SPDX-License-Identifier: MIT */
/* nsjoin ps: what can be joined. */
#pragma once

#include "core/request.h"
#include "util/error.h"

/*
 * ps_run() - look, and print to standard output what was asked for
 *
 * Return: 0, 1 where patterns were given and nothing matched, or a negative errno with @err filled.
 */
int ps_run(const struct request *req, struct error *err);
