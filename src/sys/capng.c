/* SPDX-License-Identifier: MIT */
#include "sys/capng.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#ifndef NSJOIN_CAPNG_SONAME
#define NSJOIN_CAPNG_SONAME "libcap-ng.so.0"
#endif

static bool load_symbol(void *lib, const char *name, void *ret_function)
{
	void *symbol = dlsym(lib, name);

	/* POSIX promises that a function's address survives the trip through void *. */
	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

int capng_load(struct capng *ret_capng, struct error *err)
{
	void *lib = dlopen(NSJOIN_CAPNG_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct capng c;

	if (!lib || !load_symbol(lib, "capng_clear", &c.clear) ||
	    !load_symbol(lib, "capng_setpid", &c.setpid) ||
	    !load_symbol(lib, "capng_get_caps_process", &c.get_caps_process) ||
	    !load_symbol(lib, "capng_have_capability", &c.have_capability) ||
	    !load_symbol(lib, "capng_update", &c.update) ||
	    !load_symbol(lib, "capng_apply", &c.apply) ||
	    !load_symbol(lib, "capng_capability_to_name", &c.capability_to_name)) {
		(void)error_set(err, ERROR_SYSTEM, 0, "load %s: %s", NSJOIN_CAPNG_SONAME,
				lib ? "it lacks a function that is needed" : "it is not installed");
		return -ELIBACC;
	}
	*ret_capng = c;
	return 0;
}
