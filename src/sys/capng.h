/* SPDX-License-Identifier: MIT */
/*
 * The functions of libcap-ng that are used, loaded when they are: the library costs 17 system calls
 * and a sixth of all instructions of a start, and most runs change no capabilities.
 */
#pragma once

#include <cap-ng.h>

#include "util/error.h"

struct capng {
	__typeof__(&capng_clear) clear;
	__typeof__(&capng_setpid) setpid;
	__typeof__(&capng_get_caps_process) get_caps_process;
	__typeof__(&capng_have_capability) have_capability;
	__typeof__(&capng_update) update;
	__typeof__(&capng_apply) apply;
	__typeof__(&capng_capability_to_name) capability_to_name;
};

/*
 * capng_load() - load the library
 *
 * Before any namespace is joined: afterwards the file would be the target's. What it changes is
 * run/'s to call.
 * Return: 0, or -ELIBACC with @err filled.
 */
int capng_load(struct capng *ret_capng, struct error *err);
