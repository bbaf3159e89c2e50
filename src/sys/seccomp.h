/* SPDX-License-Identifier: MIT */
/* Seccomp filters: whose can be copied without being noticed, and what a filter says to a call. */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A thread that has the filters of a process. */
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
 * @n_filters:     how many it has, or -1 where the kernel does not tell
 *
 * Its own threads come first, then its children with as many filters. Nobody who is traced already,
 * or waits for what cannot be interrupted, is taken.
 * Return: 0 and *ret_thread, -EBUSY where somebody who traces it holds it at the moment, -EAGAIN
 * where it cannot be stopped, or another -errno.
 */
int seccomp_choose(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *ret_thread);

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
