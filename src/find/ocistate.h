/* SPDX-License-Identifier: MIT */
/*
 * What runc and crun keep of a running container: its first process, when that was started, and its
 * cgroup. The directory goes away with the container: the best proof that it lives.
 */
#pragma once

#include "find/runtime.h"
#include "util/error.h"

/* What they are called. */
extern const char *const ocistate_runtimes[2];

/* ocistate_root() - where one of them keeps the state of a user's containers. Return: heap, or NULL. */
char *ocistate_root(uid_t owner, const char *runtime);

/*
 * ocistate_read() - fill pid, start_time and cgroup
 * @dir:   <root>/<id>, with runc's state.json or crun's status in it
 * @known: its id, and its pid where that is not 0, must be what the file says
 *
 * Return: 1, 0 where there is no such state, or a negative errno with @err filled.
 */
int ocistate_read(struct runtime_context *ctx, const char *dir, struct known *known,
		  struct error *err);

/*
 * ocistate_cgroup() - the path below the hierarchies that a runtime makes of cgroupsPath
 * @path: of config.json: "/a/b", or "SLICE:PREFIX:NAME" for systemd, which is read as runc does
 *
 * Return: 1 and *ret_path, owned by the caller; 0 where it is relative to the runtime's own cgroup;
 * or -ENOMEM.
 */
int ocistate_cgroup(const char *path, char **ret_path);
