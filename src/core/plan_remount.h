/* SPDX-License-Identifier: MIT */
/*
 * -R: the caller's files with a /proc, a /sys and name resolution that tell of what was joined, in a
 * mount namespace of the program's own.
 */
#pragma once

#include "core/plan.h"

/*
 * plan_remount() - add the steps that mount, after the fork and before ids are given up
 *
 * A fresh /proc takes a process that is in the pid namespace, a fresh /sys one that is in the
 * network namespace, and both one that owns its mount namespace.
 * Return: 0, or -errno with @err.
 */
int plan_remount(const struct request *req, const struct facts *facts, struct plan *plan,
		 struct error *err);
