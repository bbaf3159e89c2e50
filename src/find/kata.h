/* SPDX-License-Identifier: MIT */
/*
 * Containers of kata whose state cannot be seen: on the host they have a cgroup for the virtual
 * machine's own processes and nothing else.
 */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_kata;
