/* SPDX-License-Identifier: MIT */
/* What may wait for ever is done by a process that shares our memory, and can be killed. */
#include "util/patient.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "run/deadline.h"
#include "run/errand.h"
#include "run/tie.h"
#include "util/fd.h"

enum {
	PATIENCE_US = 2000000,	  /* with the first one that gets nowhere */
	PATIENCE_MORE_US = 300000 /* with others after it */
};

struct task {
	int (*work)(void *ctx);
	void *ctx;
	pid_t parent;
	int result;
};

static bool is_stuck; /* who was given up has not even ended */
static bool is_running;
static int64_t patience_us = PATIENCE_US;

static int do_work(void *ctx)
{
	struct task *task = ctx;
	/* Else it stays for as long as it is held up. */
	int r = tie_to(task->parent);

	/* At once: who is given up before has not done it. */
	task->result = r == 0 ? task->work(task->ctx) : r;
	return 0;
}

/* Return: whether it has ended. */
static bool ends(pid_t pid, int pidfd, const volatile size_t *progress)
{
	struct deadline deadline = { patience_us };
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	size_t before = progress ? *progress : 0;
	int r;

	if (pidfd < 0)
		return true; /* before Linux 5.2 there is none: its end is waited for */
	/* Where poll(2) fails, that says nothing about it. */
	while ((r = deadline_nap(&deadline, &end, pid)) != 1 && r != -ETIMEDOUT)
		if (progress && *progress != before) {
			before = *progress;
			deadline.left_us = patience_us;
		}
	return r == 1;
}

static void give_up(pid_t pid, int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	(void)kill(pid, SIGKILL); /* not reaped: the number is its own */
	patience_us = PATIENCE_MORE_US;
	is_stuck = deadline_farewell(&end, pid) != 1;
	if (!is_stuck)
		(void)errand_end(pid); /* 0 */
}

int patient_do(int (*work)(void *ctx), void *ctx, const volatile size_t *progress)
{
	struct task task = { work, ctx, getpid(), -ETIMEDOUT };
	_cleanup_fd_ int pidfd = -EBADF;
	pid_t pid;

	if (is_stuck)
		return -ETIMEDOUT;
	if (is_running)
		return work(ctx); /* by who is one: it is given up as a whole */
	is_running = true;
	pid = errand_start_watched(do_work, &task, &pidfd);
	/* Where there are no more processes, or in a sandbox: we wait ourselves. */
	if (pid < 0)
		task.result = work(ctx);
	else if (ends(pid, pidfd, progress))
		(void)errand_end(pid); /* 0 */
	else
		give_up(pid, pidfd);
	is_running = false;
	return task.result;
}
