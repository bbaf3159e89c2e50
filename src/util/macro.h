/* SPDX-License-Identifier: MIT */
/*
 * The few macros that every file may use: array sizes, ownership by attribute,
 * and the format check for functions that take printf arguments.
 */
#pragma once

#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _cleanup_(fn)	    __attribute__((cleanup(fn)))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

/* Frees a heap pointer when it goes out of scope. */
#define _cleanup_free_ _cleanup_(cleanup_free)

/* Hands a heap pointer over and leaves NULL behind. */
#define steal_pointer(p)                                                                           \
	({                                                                                         \
		__typeof__(*(p)) p_ = *(p);                                                        \
		*(p) = NULL;                                                                       \
		p_;                                                                                \
	})
