/* SPDX-License-Identifier: MIT */
/* Rootless Docker of other users, as far as root looks at it without being asked for one of them. */
#pragma once

#include "find/runtime.h"
#include "util/error.h"

/*
 * docker_list_users() - the containers of the users whose daemons run
 *
 * By the daemons that ctx->scan has. Each is its user's own, and is entered only where that is
 * spelled out. Return: as runtime.list().
 */
int docker_list_users(struct runtime_context *ctx, const struct known_filter *filter,
		      struct known_list *list, struct error *err);
