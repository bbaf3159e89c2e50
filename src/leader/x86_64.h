/* SPDX-License-Identifier: MIT */
/* How the leader starts and calls the kernel on x86-64. */
#pragma once

#if defined(__x86_64__) && !defined(LEADER_WITH_LIBRARY)
#define LEADER_WITHOUT_LIBRARY

/* At the start the stack pointer is at argc; the calling convention wants it aligned to 16. */
#define LEADER_START                                                                               \
	__asm__(".globl _start\n"                                                                  \
		"_start:\n"                                                                        \
		"	xorl %ebp, %ebp\n"                                                               \
		"	movq %rsp, %rdi\n"                                                               \
		"	andq $-16, %rsp\n"                                                               \
		"	call leader_start\n"                                                             \
		"	hlt\n")

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#endif
