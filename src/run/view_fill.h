/* SPDX-License-Identifier: MIT */
/* The second half of the target view, when paths are those of the new root directory. */
#pragma once

#include "run/steps.h"

/*
 * view_fill() - make the host's programs run, and close the root directory
 * @ret_what: what was being done, for messages
 *
 * Where the target has none of a directory it gets the host's; where it has one the host's lies
 * below it, read-only. The loader's stand-in goes over the loader that the host's programs name.
 * Return: 0 or -errno.
 */
int view_fill(struct run *run, const char **ret_what);
