/* SPDX-License-Identifier: MIT */
#include "sys/capng.h"

#include <dlfcn.h>
#include <errno.h>

#include "sys/library.h"

#ifndef NSJOIN_CAPNG_SONAME
#define NSJOIN_CAPNG_SONAME "libcap-ng.so.0"
#endif

int capng_load(struct capng *ret_capng, struct error *err)
{
	void *lib = dlopen(NSJOIN_CAPNG_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct capng c;

	if (!lib || !library_symbol(lib, "capng_clear", &c.clear) ||
	    !library_symbol(lib, "capng_setpid", &c.setpid) ||
	    !library_symbol(lib, "capng_get_caps_process", &c.get_caps_process) ||
	    !library_symbol(lib, "capng_have_capability", &c.have_capability) ||
	    !library_symbol(lib, "capng_update", &c.update) ||
	    !library_symbol(lib, "capng_apply", &c.apply) ||
	    !library_symbol(lib, "capng_capability_to_name", &c.capability_to_name)) {
		(void)error_set(err, ERROR_SYSTEM, 0, "load %s: %s", NSJOIN_CAPNG_SONAME,
				lib ? "it lacks a function that is needed" : "it is not installed");
		return -ELIBACC;
	}
	*ret_capng = c;
	return 0;
}
