/* SPDX-License-Identifier: MIT */
/*
 * podman: its containers by name are in the storage library's lists, the number of the first
 * process in a file of the run directory, what proves it in runc's or crun's state.
 */
#pragma once

#include "find/runtime.h"
#include "util/error.h"

extern const struct runtime runtime_podman;

/* Where one podman keeps things. */
struct podman_place {
	const char *root;    /* "/var/lib/containers/storage" */
	const char *runroot; /* "/run/containers/storage" */
	uid_t owner;	     /* whose podman it is */
};

/* podman_list_place() - the containers there. Return: as runtime.list(). */
int podman_list_place(struct runtime_context *ctx, const struct podman_place *place,
		      const struct known_filter *filter, struct known_list *list,
		      struct error *err);
