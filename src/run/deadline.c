/* SPDX-License-Identifier: MIT */
#include "run/deadline.h"

#include <errno.h>
#include <stdio.h>

#include "run/clock.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

enum {
	/* From the child to the program, with the leaders between them; each has made one. */
	GENERATIONS = 4
};

bool is_runnable(pid_t pid)
{
	_cleanup_fd_ int proc_fd = proc_open(pid);
	struct proc_stat stat;

	return proc_fd >= 0 && proc_stat_read(proc_fd, &stat) == 0 && stat.state == 'R';
}

/* Return: the first one that a process with one thread has made, or 0. */
static pid_t child_of(pid_t pid)
{
	_cleanup_fd_ int proc_fd = proc_open(pid);
	char path[sizeof("task/2147483647/children")], text[256];
	pid_t child;

	(void)snprintf(path, sizeof(path), "task/%d/children", pid); /* fits: pids are positive */
	if (proc_fd < 0 || fd_read_file(proc_fd, path, text, sizeof(text)) <= 0)
		return 0;
	return take_int(text, &child) ? child : 0;
}

static bool any_runnable(pid_t pid)
{
	for (int i = 0; i < GENERATIONS && pid > 0; i++) {
		if (is_runnable(pid))
			return true;
		pid = child_of(pid);
	}
	return false;
}

bool deadline_spend(struct deadline *deadline, int64_t spent_us, bool runnable)
{
	spent_us = MIN(spent_us, (int64_t)DEADLINE_NAP_MS * 1000);
	deadline->left_us -= runnable ? spent_us / DEADLINE_RUNNABLE : spent_us;
	return deadline->left_us > 0;
}

int deadline_nap(struct deadline *deadline, struct pollfd *fd, pid_t pid)
{
	const int64_t start = clock_now_us();
	int64_t spent_us;
	int r, errnum;
	bool left;

	if (deadline->left_us <= 0)
		return -ETIMEDOUT;
	r = poll(fd, 1, DEADLINE_NAP_MS);
	errnum = errno;
	spent_us = clock_now_us() - start;
	left = deadline_spend(deadline, spent_us, r == 0 && any_runnable(pid));
	if (r > 0)
		return 1;
	if (!left)
		return -ETIMEDOUT;
	return r == 0 || errnum == EINTR ? 0 : -errnum;
}

int deadline_farewell(struct pollfd *fd, pid_t pid)
{
	struct deadline deadline = { FAREWELL_US };
	int r;

	do
		r = deadline_nap(&deadline, fd, pid);
	while (r == 0);
	return r;
}
