/* SPDX-License-Identifier: MIT */
#include "sys/confine.h"

#include <errno.h>
#include <limits.h>
#include <linux/ioprio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

/* The number behind "\nKEY:\t". Return: whether there is one. */
static bool take(const char *text, const char *key, unsigned int base, int *ret_value)
{
	const char *line = strstr(text, key);
	uint64_t value;

	if (!line || !take_uint(line + strlen(key), base, &value) || value > INT_MAX)
		return false;
	*ret_value = (int)value;
	return true;
}

/* "ffffffff,00000003\n": 32 each, the highest first. */
static void take_cpus(const char *text, uint64_t cpus[PROC_CPU_WORDS])
{
	const char *line = strstr(text, "\nCpus_allowed:\t");
	uint64_t found[PROC_CPU_WORDS] = { 0 };
	const char *end;
	size_t half = 0;

	if (!line)
		return;
	line += strlen("\nCpus_allowed:\t");
	end = line + strspn(line, "0123456789abcdef,");
	for (; end > line && half < 2 * (size_t)PROC_CPU_WORDS; half++) {
		const char *start = end;
		uint64_t word;

		while (start > line && start[-1] != ',')
			start--;
		if (!take_uint(start, 16, &word) || word > UINT32_MAX)
			return;
		found[half / 2] |= word << (half % 2 * 32);
		end = start > line ? start - 1 : line;
	}
	if (end == line)
		memcpy(cpus, found, sizeof(found));
}

/* "\nState:\tS (sleeping)\n" */
static char take_state(const char *text)
{
	const char *line = strstr(text, "\nState:\t");

	return line ? line[strlen("\nState:\t")] : '\0';
}

int modes_parse(const char *status, struct proc_modes *ret_modes)
{
	struct proc_modes m = { .n_filters = -1, .umask = -1 };
	int nnp = 0;

	/* Present in all kernels that a filter could be copied from, and not made up by anybody: a
	 * name cannot hold a newline here. */
	if (!take(status, "\nTracerPid:\t", 10, &m.tracer))
		return -EBADMSG;
	if (!take(status, "\nSeccomp:\t", 10, &m.seccomp))
		m.seccomp = 0; /* a kernel without it */
	(void)take(status, "\nNoNewPrivs:\t", 10, &nnp);
	(void)take(status, "\nSeccomp_filters:\t", 10, &m.n_filters);
	(void)take(status, "\nUmask:\t", 8, &m.umask);
	m.no_new_privs = nnp != 0;
	m.state = take_state(status);
	take_cpus(status, m.cpus);
	*ret_modes = m;
	return 0;
}

int oom_read(int proc_fd, int *ret_score)
{
	char text[16];
	ssize_t n = fd_read_once(proc_fd, "oom_score_adj", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return take_int(text, ret_score) ? 0 : -EBADMSG;
}

int personality_read(int proc_fd, unsigned int *ret_personality)
{
	char text[16];
	uint64_t value;
	ssize_t n = fd_read_once(proc_fd, "personality", text, sizeof(text));

	if (n < 0)
		return (int)n;
	if (!take_uint(text, 16, &value) || value > UINT32_MAX)
		return -EBADMSG;
	*ret_personality = (unsigned int)value;
	return 0;
}

unsigned int personality_own(void)
{
	return (unsigned int)syscall(SYS_personality, 0xffffffffUL); /* none: it only tells */
}

int io_priority_of(pid_t pid)
{
	long r = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid);

	return r < 0 ? -errno : (int)r;
}

int timer_slack_own(void)
{
	return (int)syscall(SYS_prctl, PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);
}

/* Past @n blanks: the fields of stat are separated by one each. Return: NULL past the end. */
static const char *skip_fields(const char *text, int n)
{
	for (; text && n > 0; n--) {
		text = strchr(text, ' ');
		text = text ? text + 1 : NULL;
	}
	return text;
}

int sched_parse(const char *stat, struct proc_sched *ret_sched)
{
	/* comm can hold ")" itself; nothing after it can. */
	const char *rest = strrchr(stat, ')');
	const char *nice = skip_fields(rest, 17); /* 3 state … 19 nice … 41 policy */
	const char *policy = skip_fields(nice, 22);

	if (!policy || !take_int(nice, &ret_sched->nice) || !take_int(policy, &ret_sched->policy))
		return -EBADMSG;
	return 0;
}

int sched_read(int proc_fd, struct proc_sched *ret_sched)
{
	char text[1024]; /* 52 numbers of at most 20 digits and comm: never more */
	ssize_t n = fd_read_once(proc_fd, "stat", text, sizeof(text));

	return n < 0 ? (int)n : sched_parse(text, ret_sched);
}
