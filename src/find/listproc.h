/* SPDX-License-Identifier: MIT */
/* What is listed beside containers: units of systemd, and processes of other namespaces. */
#pragma once

#include "find/hostfs.h"
#include "find/list.h"

/* listing_append() - one more, empty. Return: it, inside @list, or NULL without memory. */
struct listed *listing_append(struct listing *list);

/* listproc_add_units() - units with namespaces of their own. Return: 0 or -ENOMEM. */
int listproc_add_units(const struct hostfs *host, struct listing *list);

/*
 * listproc_add_others() - one process for each set of namespaces that differs from ours and is
 * nobody's that is listed already. Return: 0 or -ENOMEM.
 */
int listproc_add_others(const struct hostfs *host, struct listing *list);
