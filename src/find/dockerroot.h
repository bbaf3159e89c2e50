/* SPDX-License-Identifier: MIT */
/*
 * Where Docker keeps its state: the running daemon's command line, its configuration, the default;
 * for a rootless one its user's home. Sources are asked one after the other, as the cheap ones
 * mostly do.
 */
#pragma once

#include <stddef.h>

#include "find/runtime.h"
#include "util/error.h"
#include "util/strv.h"

/*
 * dockerroot_usual() - the data roots of the daemon that /run/docker.pid names, of
 * /etc/docker/daemon.json, the default, and where we are not root also our own rootless one
 * @ret_roots: without repetition; the context's, which does not ask for them twice
 *
 * A source that says nothing adds nothing. Only daemons that root runs from root's files, and that
 * are not inside a container where we are not, are believed.
 * Return: 0, or a negative errno with @err filled.
 */
int dockerroot_usual(struct runtime_context *ctx, const struct strv **ret_roots, struct error *err);

/*
 * dockerroot_user() - the root of one user's rootless daemon
 * @roots: added to, without repetition
 *
 * Return: as dockerroot_usual().
 */
int dockerroot_user(struct runtime_context *ctx, uid_t uid, struct strv *roots, struct error *err);

/*
 * dockerroot_scanned() - those of all daemons that run, and of all of these and the ones in @roots
 * what userns-remap keeps there
 *
 * Return: as dockerroot_user().
 */
int dockerroot_scanned(struct runtime_context *ctx, struct strv *roots, struct error *err);
