/* SPDX-License-Identifier: MIT */
/*
 * Pods of podman: which pod a container is in, as the configuration of its bundle tells. The
 * pod's own record is in a database, which is not read: its name is the hostname that podman gives
 * to the infra container, and its id is in the path of the cgroups.
 */
#pragma once

#include "find/podman.h"

enum {
	PODMANPOD_BUDGET = 64 << 20 /* bytes that a user's own bundles may make us read */
};

/* The bundles of one podman. */
struct podmanpod {
	struct runtime_context *ctx;
	const struct podman_place *place;
	const char *driver; /* "overlay" */
	size_t left;	    /* of the budget, for those of another user than root */
};

/*
 * podmanpod_fill() - fill the pod of a container, its name in there, and whether it is the infra
 * container, which holds the namespaces
 * @known: its id and its name are there
 *
 * Without a hostname of its own, or an infra container at all, the pod is called by the first 12
 * digits of its id. What is in no pod is left as it is.
 * Return: 0, or a negative errno with @err filled.
 */
int podmanpod_fill(struct podmanpod *pods, struct known *known, struct error *err);
