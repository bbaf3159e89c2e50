/* SPDX-License-Identifier: MIT */
/*
 * How programs without a C library call the kernel, and processes that share its memory with another
 * (run/raw.h): the result, or a negative errno.
 */
#pragma once

#include <sys/syscall.h>

#include "leader/aarch64.h"
#include "leader/libc.h"
#include "leader/x86_64.h"

#define call0(nr)	      call6(nr, 0, 0, 0, 0, 0, 0)
#define call1(nr, a)	      call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define call2(nr, a, b)	      call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(nr, a, b, c)    call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define call4(nr, a, b, c, d) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

enum {
	SIGNALS = 64, /* as the kernel counts them; the C library hides two */
	SIGSET_SIZE = SIGNALS / 8,
};

_Noreturn static inline void end(int status)
{
	for (;;)
		(void)call1(SYS_exit_group, status);
}

static inline void close_fd(int fd)
{
	(void)call1(SYS_close, fd); /* what is not open need not be closed */
}
