/* SPDX-License-Identifier: MIT */
/*
 * Docker's containers as its state on disk tells them. The state may be stale or, below another
 * root, somebody else's: what it says is checked against the process's cgroup.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/find.h"
#include "util/error.h"

struct docker_container {
	char id[FIND_ID_MAX + 1];
	char *name; /* heap */
	pid_t pid;  /* as the state says, 0: not running; to be validated */
};

struct docker_list {
	struct docker_container *item; /* heap */
	size_t n, size;
};

/* What to look for; a NULL field lets everything pass. */
struct docker_filter {
	const char *name;   /* exact */
	const char *prefix; /* the id begins with it */
};

/*
 * docker_list_add() - the containers below one data root
 * @root: "/var/lib/docker"
 * @list: added to
 *
 * Documents that cannot hold the name are not parsed. Directories and files of others than root or
 * us, and documents that are damaged, are left out.
 * Return: 0, -ENOENT where there is no such root, -EACCES where it may not be read (@err is not
 * filled for these two), or another negative errno with @err filled.
 */
int docker_list_add(const char *root, const struct docker_filter *filter, struct docker_list *list,
		    struct error *err);

/*
 * docker_list_one() - one container below a data root, by its full id
 * @name: the name that it must have, or NULL
 *
 * Return: 1 where the root knows the id, whether its name is the wanted one or not; 0 where it does
 * not, or may not be read; or a negative errno with @err filled.
 */
int docker_list_one(const char *root, const char *id, const char *name, struct docker_list *list,
		    struct error *err);

/* docker_has() - whether the state below a root knows a container, by its full id; nothing is read */
bool docker_has(const char *root, const char *id);

/* docker_is_name() - whether Docker lets a container be called so */
bool docker_is_name(const char *text);

void docker_list_done(struct docker_list *list);

#define _cleanup_docker_list_ _cleanup_(docker_list_done)
