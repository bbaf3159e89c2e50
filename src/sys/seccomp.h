/* SPDX-License-Identifier: MIT */
/* Seccomp filters: whose can be copied without being noticed, and what a filter says to a call. */
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What filters call the kind of calls that a program of this processor makes; 0: not known. */
#if defined(__x86_64__)
#define SECCOMP_OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SECCOMP_OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define SECCOMP_OUR_ARCH AUDIT_ARCH_RISCV64
#else
#define SECCOMP_OUR_ARCH 0
#endif

/* A thread that has the filters of the first one of its process. */
struct seccomp_thread {
	pid_t tid;
	int proc_fd; /* owned: its directory in /proc, which ends with the thread */
	/*
	 * It runs, or waits in a call that the kernel restarts: being stopped for a moment is nothing
	 * that it could notice. Else its call may come back with EINTR (signal(7)).
	 */
	bool unnoticed;
};

/*
 * seccomp_choose() - which thread to copy the filters of a process from
 * @proc_fd, @pid: the process
 * @n_filters:     how many its first thread has, or -1 where the kernel does not tell
 *
 * The first thread itself, or another one of the process that will not notice and surely has the
 * same filters. That it has as many does not say so: each may have added one of its own (without
 * SECCOMP_FILTER_FLAG_TSYNC). What the process was executed with, which is what an engine lays on
 * it, all threads have: execve(2) leaves one of them, each later one begins with the filters of its
 * maker, and nobody gets rid of any. To add one takes no_new_privs or CAP_SYS_ADMIN, which makers
 * hand on. So a thread that has neither no_new_privs nor, in its bounding set, the capability, has
 * added none, nor have its makers: all threads have what it has, and a first one with as many has
 * nothing else. The exception is who took the capability even out of its bounding set after having
 * used it: then what differs was laid on the process by itself.
 *
 * Never another process: who has entered the container with filters from outside, and was left
 * behind there, is a child of the container's init, too.
 *
 * Nobody who is traced already, or waits for what cannot be interrupted, is taken.
 * Return: 0 and *ret_thread, -EBUSY where somebody traces it at the moment, -EAGAIN where it cannot
 * be stopped, -ESRCH where it has ended, or another -errno.
 */
int seccomp_choose(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *ret_thread);

/* seccomp_tracer() - who traces the first thread of a process; 0: nobody, or nobody with a number */
pid_t seccomp_tracer(int proc_fd);

void seccomp_thread_done(struct seccomp_thread *thread);

#define SECCOMP_THREAD_NONE ((struct seccomp_thread){ .proc_fd = -EBADF })

#define _cleanup_seccomp_thread_ _cleanup_(seccomp_thread_done)

/* seccomp_restarts() - whether a thread with this text in its /proc/PID/syscall notices no stop */
bool seccomp_restarts(const char *text);

/*
 * seccomp_allows() - whether a filter lets a call pass
 * @insns, @n: as the kernel gave them
 * @nr:        SYS_*
 * @arg:       its first argument; the others are 0
 *
 * Also true where the filter only watches the call, and where this processor's calls are not known.
 */
bool seccomp_allows(const struct sock_filter *insns, size_t n, int nr, uint64_t arg);
