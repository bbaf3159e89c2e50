/* SPDX-License-Identifier: MIT */
#include "run/filter.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/steps.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

enum {
	/* MAX_INSNS_PER_PATH of the kernel: all filters of one thread together. */
	INSNS_MAX = 32768,
	/* One filter (BPF_MAXINSNS): the kernel fills what it has without asking for the size. */
	FILTER_MAX = 4096,
	STOP_DEADLINE_MS = 200,
};

#define WORDS_PER_INSN (sizeof(struct sock_filter) / sizeof(uint32_t))

void filters_done(struct filters *filters)
{
	free(filters->text);
	*filters = (struct filters){ 0 };
}

static void nap(long microseconds)
{
	const struct timespec time = { .tv_nsec = microseconds * 1000 };

	(void)nanosleep(&time, NULL); /* woken early, it is asked again early */
}

/* Return: 0 where it has stopped, -ETIMEDOUT where it does not, -ESRCH where it has ended. */
static int wait_stop(pid_t tid)
{
	for (long waited = 0; waited < STOP_DEADLINE_MS * 1000L; waited += 50) {
		int status;
		pid_t r = waitpid(tid, &status, WNOHANG | __WALL);

		if (r == tid)
			return WIFSTOPPED(status) ? 0 : -ESRCH;
		if (r < 0 && errno != EINTR)
			return -errno;
		nap(50);
	}
	return -ETIMEDOUT;
}

/* From a thread that is stopped. Return: how many, or -errno. */
static int copy_each(pid_t tid, struct filters *filters)
{
	size_t used = 1;

	for (uint32_t n = 0;; n++) {
		struct sock_filter *to = (void *)&filters->text[used + 1];
		long length = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)(uintptr_t)n, to);

		if (length < 0 && errno == ENOENT) {
			filters->text[0] = n;
			filters->words = used;
			return (int)n;
		}
		if (length < 0)
			return -errno;
		filters->text[used] = (uint32_t)length;
		used += 1 + (size_t)length * WORDS_PER_INSN;
		if (used > INSNS_MAX * WORDS_PER_INSN)
			return -E2BIG;
	}
}

static int copy_from(pid_t tid, struct filters *filters)
{
	int r, n;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return -errno;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) < 0)
		return -errno; /* our end lets go of it */
	r = wait_stop(tid);
	if (r < 0)
		return r;
	n = copy_each(tid, filters);
	if (ptrace(PTRACE_DETACH, tid, NULL, NULL) < 0 && errno != ESRCH)
		return -errno;
	return n;
}

int step_filter_read(struct run *run, const struct step *step, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	struct filters *filters = &run->filters;
	int r;

	(void)step;
	/* All of the memory before anything is stopped; what is not written to costs nothing. */
	filters->text = malloc((INSNS_MAX + 2 * FILTER_MAX) * sizeof(struct sock_filter));
	if (!filters->text)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "copy the seccomp filters");
	r = copy_from(facts->pid, filters);
	if (r >= 0 && facts->limits.n_filters >= 0 && r != facts->limits.n_filters)
		r = -ESTALE;
	if (r < 0) {
		error_set(err, ERROR_PERMISSION, -r, "copy the seccomp filters of \"%s\"",
			  facts->target);
		error_hint(err, "--as-target=-seccomp leaves them out");
	}
	return r < 0 ? r : 0;
}

/* The raw call: a library's state would still have the old effective set. */
static int raise_effective(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		data[i].effective = data[i].permitted;
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int step_filter(struct run *run, const struct step *step, struct error *err)
{
	uint32_t *word = run->filters.text;
	int r = step->filter.raise ? raise_effective() : 0;

	for (uint32_t n = *word++; r == 0 && n > 0; n--) {
		struct sock_fprog program = { .len = (unsigned short)*word,
					      .filter = (void *)(word + 1) };

		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
			r = -errno;
		word += 1 + *word * WORDS_PER_INSN;
	}
	if (r < 0)
		return error_set(err, ERROR_PERMISSION, -r, "load the seccomp filters of \"%s\"",
				 run->target->facts.target);
	return 0;
}
