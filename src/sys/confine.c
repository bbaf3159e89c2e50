/* SPDX-License-Identifier: MIT */
#include "sys/confine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "util/fd.h"
#include "util/macro.h"

/* The number behind "\nKEY:\t". Return: whether there is one. */
static bool take(const char *text, const char *key, const char *format, int *ret_value)
{
	const char *line = strstr(text, key);

	return line && sscanf(line + strlen(key), format, ret_value) == 1;
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
		unsigned int word;

		while (start > line && start[-1] != ',')
			start--;
		if (sscanf(start, "%8x", &word) != 1)
			return;
		found[half / 2] |= (uint64_t)word << (half % 2 * 32);
		end = start > line ? start - 1 : line;
	}
	if (end == line)
		memcpy(cpus, found, sizeof(found));
}

int modes_parse(const char *status, struct proc_modes *ret_modes)
{
	struct proc_modes m = { .n_filters = -1, .umask = -1 };
	int nnp = 0;

	/* Present in all kernels that a filter could be copied from, and not made up by anybody: a
	 * name cannot hold a newline here. */
	if (!take(status, "\nTracerPid:\t", "%d", &m.tracer))
		return -EBADMSG;
	if (!take(status, "\nSeccomp:\t", "%d", &m.seccomp))
		m.seccomp = 0; /* a kernel without it */
	(void)take(status, "\nNoNewPrivs:\t", "%d", &nnp);
	(void)take(status, "\nSeccomp_filters:\t", "%d", &m.n_filters);
	(void)take(status, "\nUmask:\t", "%o", &m.umask);
	m.no_new_privs = nnp != 0;
	take_cpus(status, m.cpus);
	*ret_modes = m;
	return 0;
}

/* clang-format off */
static const char *const limit_names[LIMITS_MAX] = {
	[RLIMIT_CPU] = "Max cpu time", [RLIMIT_FSIZE] = "Max file size",
	[RLIMIT_DATA] = "Max data size", [RLIMIT_STACK] = "Max stack size",
	[RLIMIT_CORE] = "Max core file size", [RLIMIT_RSS] = "Max resident set",
	[RLIMIT_NPROC] = "Max processes", [RLIMIT_NOFILE] = "Max open files",
	[RLIMIT_MEMLOCK] = "Max locked memory", [RLIMIT_AS] = "Max address space",
	[RLIMIT_LOCKS] = "Max file locks", [RLIMIT_SIGPENDING] = "Max pending signals",
	[RLIMIT_MSGQUEUE] = "Max msgqueue size", [RLIMIT_NICE] = "Max nice priority",
	[RLIMIT_RTPRIO] = "Max realtime priority", [RLIMIT_RTTIME] = "Max realtime timeout",
};
/* clang-format on */

/* "unlimited" or a number, then blanks. Return: what follows, or NULL. */
static const char *take_value(const char *text, uint64_t *ret_value)
{
	static const char unlimited[] = "unlimited";
	char *end;

	text += strspn(text, " ");
	if (strncmp(text, unlimited, strlen(unlimited)) == 0) {
		*ret_value = UINT64_MAX;
		return text + strlen(unlimited);
	}
	if (*text < '0' || *text > '9')
		return NULL;
	*ret_value = strtoull(text, &end, 10);
	return end;
}

static int take_limit(const char *line, struct proc_limit *limit)
{
	const char *rest = take_value(line, &limit->soft);

	rest = rest ? take_value(rest, &limit->hard) : NULL;
	return rest ? 0 : -EBADMSG;
}

int limits_parse(const char *text, struct proc_limit ret_limit[LIMITS_MAX])
{
	struct proc_limit limit[LIMITS_MAX];

	for (size_t kind = 0; kind < LIMITS_MAX; kind++) {
		const char *name = limit_names[kind];
		const char *line = strstr(text, name);

		limit[kind] = (struct proc_limit){ UINT64_MAX, UINT64_MAX };
		if (line && take_limit(line + strlen(name), &limit[kind]) < 0)
			return -EBADMSG;
	}
	memcpy(ret_limit, limit, sizeof(limit));
	return strstr(text, limit_names[RLIMIT_NOFILE]) ? 0 : -EBADMSG;
}

int limits_read_of(int proc_fd, struct proc_limit ret_limit[LIMITS_MAX])
{
	char text[4096]; /* 17 lines of 79 bytes */
	ssize_t n = fd_read_file(proc_fd, "limits", text, sizeof(text));

	return n < 0 ? (int)n : limits_parse(text, ret_limit);
}

int oom_read(int proc_fd, int *ret_score)
{
	char text[16];
	ssize_t n = fd_read_file(proc_fd, "oom_score_adj", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return sscanf(text, "%d", ret_score) == 1 ? 0 : -EBADMSG;
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

	if (!policy || *policy < '0' || *policy > '9')
		return -EBADMSG;
	*ret_sched =
		(struct proc_sched){ (int)strtol(nice, NULL, 10), (int)strtol(policy, NULL, 10) };
	return 0;
}

int sched_read(int proc_fd, struct proc_sched *ret_sched)
{
	char text[1024]; /* 52 numbers of at most 20 digits and comm: never more */
	ssize_t n = fd_read_file(proc_fd, "stat", text, sizeof(text));

	return n < 0 ? (int)n : sched_parse(text, ret_sched);
}
