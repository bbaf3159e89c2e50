/* SPDX-License-Identifier: MIT */
#include "sys/library.h"

#include <dlfcn.h>
#include <string.h>

bool library_symbol(void *lib, const char *name, void *ret_function)
{
	void *symbol = dlsym(lib, name);

	/* POSIX promises that a function's address survives the trip through void *. */
	memcpy(ret_function, &symbol, sizeof(symbol));
	return symbol != NULL;
}
