/* SPDX-License-Identifier: MIT */
/*
 * The kubelet's log files: /var/log/containers has a link for each container, also for those that
 * were restarted since, and all that is told is in its name. The directory can be read by everybody.
 */
#pragma once

#include "find/runtime.h"
#include "util/error.h"

/*
 * kubelog_list() - the containers that have a log file and a cgroup, and are not in the list yet
 * @runtime: the row that asks
 *
 * Return: as runtime.list().
 */
int kubelog_list(struct runtime_context *ctx, const struct runtime *runtime,
		 const struct known_filter *filter, struct known_list *list, struct error *err);
