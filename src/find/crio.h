/* SPDX-License-Identifier: MIT */
/*
 * CRI-O: a bundle for each container below the same roots that podman uses, told apart by what the
 * bundle's config.json says of its manager.
 */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_crio;
