/* SPDX-License-Identifier: MIT */
/*
 * What the kernel holds against a process beside its namespaces and ids: seccomp, no_new_privs,
 * scheduling, the out-of-memory score. From /proc/PID, as anybody may read it.
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
	char state;		       /* as proc_stat has it; 0 where it is not told */
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

/* oom_read() - /proc/PID/oom_score_adj. Return: 0 or -errno. */
int oom_read(int proc_fd, int *ret_score);

/*
 * personality_read() - /proc/PID/personality: what personality(2) was told
 * Return: 0, -EACCES where the caller may not trace the process, or another -errno.
 */
int personality_read(int proc_fd, unsigned int *ret_personality);

/* personality_own() - ours */
unsigned int personality_own(void);

/*
 * io_priority_of() - class and level at which a process reads and writes, as ioprio_get(2) has them
 * @pid: of its first thread; 0: ours
 * Return: at least 0; or -errno: -ENOSYS in a kernel without block devices.
 */
int io_priority_of(pid_t pid);

/* timer_slack_own() - how late our timers may be, in nanoseconds; 0 with real-time scheduling */
int timer_slack_own(void);

struct proc_sched {
	int nice, policy; /* SCHED_* */
};

/* sched_parse() - from the text of /proc/PID/stat. Return: 0 or -EBADMSG. */
int sched_parse(const char *stat, struct proc_sched *ret_sched);

/* sched_read() - the same of a process. Return: 0 or -errno. */
int sched_read(int proc_fd, struct proc_sched *ret_sched);
