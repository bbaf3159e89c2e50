/* SPDX-License-Identifier: MIT */
/* One bundle of containerd: who the container is, by its annotations, and where it runs. */
#pragma once

#include "find/containerd.h"
#include "util/error.h"

/*
 * bundle_add() - add the container of a bundle, if it is of the kind that is asked for
 * @state: containerd's state directory
 * @ns, @id: as the directories are called
 *
 * Return: 0, or a negative errno with @err filled.
 */
int bundle_add(const struct containerd_query *query, const char *state, const char *ns,
	       const char *id, struct error *err);
