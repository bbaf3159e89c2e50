/* SPDX-License-Identifier: MIT */
/*
 * The containers of podman's that run, whichever storage has them: runc and crun keep the state of all
 * in one place.
 */
#pragma once

#include "find/runtime.h"
#include "util/error.h"
#include "util/strv.h"

/*
 * podmanlive_has_strangers() - whether one of them is in none of these storages
 * @owner: whose they are
 * @roots: of his storages
 *
 * Return: as runtime.has_strangers().
 */
int podmanlive_has_strangers(struct runtime_context *ctx, uid_t owner, const struct strv *roots,
			     struct error *err);
