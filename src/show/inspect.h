/* SPDX-License-Identifier: MIT */
/* nsjoin inspect: what a target is, what confines it, what it shares with us. */
#pragma once

#include "core/request.h"
#include "util/error.h"

/* Who finds the shell that entering would start: it takes entering to look, and show/ never does. */
typedef int inspect_shell(const char *target, const char *host_root, char **ret_path,
			  struct error *err);

/*
 * inspect_run() - look, and print to standard output what was asked for
 * @find_shell: of run/probe.h
 *
 * Return: 0, 1 where the one field that was asked for has no value, or a negative errno with @err
 * filled.
 */
int inspect_run(const struct request *req, inspect_shell *find_shell, struct error *err);
