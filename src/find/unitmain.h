/* SPDX-License-Identifier: MIT */
/* Which process of a unit is its main one, where systemd is not asked. */
#pragma once

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

/*
 * unitmain_find() - the main process of a unit, or of the container that it watches over
 * @cgroup_fd: the unit's directory
 * @name:      the unit's, for the error
 *
 * systemd tells each process that it starts its number (SYSTEMD_EXEC_PID, since 248); what that
 * process starts has other numbers. Without that, the oldest one whose parent is not in the unit.
 * Return: 0, -ESRCH where there is no process; or another negative errno. @err is filled.
 */
int unitmain_find(const struct hostfs *host, int cgroup_fd, const char *name,
		  struct found *ret_found, struct error *err);
