/* SPDX-License-Identifier: MIT */
/*
 * clone3(2) since Linux 5.3 for a child with a stack of its own, which the C library has no function
 * for: the child must not return into the parent's frame.
 */
#pragma once

#include <errno.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/types.h>

/*
 * clone3_start() - make a child that starts in @child, on the stack of @args, and never comes back
 *
 * Return: its pid, or -1 with errno set: ENOSYS, too, on a machine that this is not written for.
 */
static inline pid_t clone3_start(const struct clone_args *args, int (*child)(void *), void *ctx)
{
#if defined(__x86_64__)
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[ctx], %%rdi\n\t"
			 "call *%[child]\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(ret)
			 : "a"((long)SYS_clone3), "D"(args),
			   "S"(sizeof(*args)), [child] "r"(child), [ctx] "r"(ctx)
			 : "rcx", "r11", "cc", "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_clone3;
	register long ret __asm__("x0") = (long)args;
	register long size __asm__("x1") = sizeof(*args);

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, %[ctx]\n\t"
			 "blr %[child]\n\t"
			 "brk #1\n"
			 "1:"
			 : "+r"(ret)
			 : "r"(number), "r"(size), [child] "r"(child), [ctx] "r"(ctx)
			 : "cc", "memory");
#else
	long ret = -ENOSYS;

	(void)args;
	(void)child;
	(void)ctx;
#endif
	if (ret < 0) {
		errno = (int)-ret;
		return -1;
	}
	return (pid_t)ret;
}
