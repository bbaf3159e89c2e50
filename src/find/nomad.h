/* SPDX-License-Identifier: MIT */
/* Nomad's own tasks (exec, raw_exec, java): a directory for each, below that of its allocation. */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_nomad;
