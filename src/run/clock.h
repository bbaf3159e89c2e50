/* SPDX-License-Identifier: MIT */
/* The time for deadlines, on a clock that is never set and always there. */
#pragma once

#include <stdint.h>
#include <time.h>

static inline int64_t clock_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t clock_now_ms(void)
{
	return clock_now_us() / 1000;
}
