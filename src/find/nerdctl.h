/* SPDX-License-Identifier: MIT */
/* nerdctl: containers of containerd that have names, kept as files that hold an id. */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_nerdctl;
