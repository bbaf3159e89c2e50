/* SPDX-License-Identifier: MIT */
/*
 * Docker's containers as its state on disk tells them. The state may be stale or, below another
 * root, somebody else's: what it says is checked against the process's cgroup.
 */
#pragma once

#include <stdbool.h>

#include "find/runtime.h"
#include "util/error.h"

extern const struct runtime runtime_docker;

/*
 * docker_list_root() - the containers below one data root
 * @root: "/var/lib/docker"
 * @list: added to
 *
 * Documents that cannot hold the name are not parsed. Directories and files of others than root,
 * us, or the filter's owner, and documents that are damaged, are left out.
 * Return: 0, -ENOENT where there is no such root, -EACCES where it may not be read (@err is not
 * filled for these two), or another negative errno with @err filled.
 */
int docker_list_root(const struct hostfs *host, const char *root, const struct known_filter *filter,
		     struct known_list *list, struct error *err);

/* docker_is_name() - whether Docker lets a container be called so */
bool docker_is_name(const char *text);
