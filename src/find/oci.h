/* SPDX-License-Identifier: MIT */
/*
 * runc and crun without an engine: a directory for each container below /run/runc or /run/crun. The
 * id is what the user chose; the cgroup may be called anything.
 */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_oci;
