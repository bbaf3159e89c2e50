/* SPDX-License-Identifier: MIT */
/*
 * What the kernel holds against a process beside its namespaces and ids: seccomp, no_new_privs,
 * resource limits, scheduling, the out-of-memory score. From /proc/PID, as anybody may read it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	PROC_CPU_WORDS = 16 /* 1024 processors, as the C library's cpu_set_t */
};

/* Of /proc/PID/status. */
struct proc_modes {
	bool no_new_privs;	       /* since Linux 4.10 */
	int seccomp;		       /* 0 off, 1 strict, 2 filters */
	int n_filters;		       /* -1 before Linux 5.9 */
	pid_t tracer;		       /* 0: none */
	int umask;		       /* -1 before Linux 4.7 */
	uint64_t cpus[PROC_CPU_WORDS]; /* Cpus_allowed; all 0 where there are more */
};

/*
 * modes_parse() - from the text of /proc/PID/status
 * Return: 0, or -EBADMSG where it is no such text.
 */
int modes_parse(const char *status, struct proc_modes *ret_modes);

enum {
	LIMITS_MAX = 16 /* RLIM_NLIMITS */
};

/* UINT64_MAX: unlimited */
struct proc_limit {
	uint64_t soft, hard;
};

/*
 * limits_parse() - the text of /proc/PID/limits
 * @ret_limit: by RLIMIT_*; what the kernel does not list is unlimited
 * Return: 0, or -EBADMSG.
 */
int limits_parse(const char *text, struct proc_limit ret_limit[LIMITS_MAX]);

/* limits_read_of() - the same of a process. @proc_fd: of proc_open(), or /proc/self */
int limits_read_of(int proc_fd, struct proc_limit ret_limit[LIMITS_MAX]);

/* oom_read() - /proc/PID/oom_score_adj. Return: 0 or -errno. */
int oom_read(int proc_fd, int *ret_score);

struct proc_sched {
	int nice, policy; /* SCHED_* */
};

/* sched_parse() - from the text of /proc/PID/stat. Return: 0 or -EBADMSG. */
int sched_parse(const char *stat, struct proc_sched *ret_sched);

/* sched_read() - the same of a process. Return: 0 or -errno. */
int sched_read(int proc_fd, struct proc_sched *ret_sched);
