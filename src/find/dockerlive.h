/* SPDX-License-Identifier: MIT */
/*
 * Which of Docker's containers run, as the places of their cgroups tell without a walk. Those with a
 * cgroup parent of their own are not among them, and anybody's directory may be: it says where to
 * look first, and nothing of who is meant.
 */
#pragma once

#include "find/cgtree.h"
#include "find/runtime.h"
#include "util/error.h"

/* dockerlive_list() - the containers there, or none where nothing can be seen. Return: the context's. */
const struct cgmatches *dockerlive_list(struct runtime_context *ctx);

/*
 * dockerlive_has_strangers() - whether one of them runs that is not at the usual roots
 *
 * Docker gives each name once, but there may be a second daemon. What a daemon that is gone has left
 * behind is none: somebody has to live there.
 * Return: as runtime.has_strangers().
 */
int dockerlive_has_strangers(struct runtime_context *ctx, struct error *err);
