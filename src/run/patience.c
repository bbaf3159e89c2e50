/* SPDX-License-Identifier: MIT */
/* What may wait for ever is done by a process that shares our memory, and can be killed. */
#include "util/patient.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>

#include "run/errand.h"
#include "util/fd.h"

enum {
	NAP_MS = 100,
	NAPS = 20,    /* of the first one that gets nowhere; the machine may be busy */
	NAPS_MORE = 3 /* of others after it: it was not the machine */
};

struct task {
	int (*work)(void *ctx);
	void *ctx;
	int result;
};

static bool is_stuck; /* who was given up has not even ended */
static bool is_running;
static int naps = NAPS;

static int do_work(void *ctx)
{
	struct task *task = ctx;

	/* Else it stays for as long as it is held up. */
	task->result = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : task->work(task->ctx);
	return 0;
}

/*
 * By the number of naps, not by a clock: whoever stops us stops both, and then time has passed for
 * nobody. Return: whether it has ended.
 */
static bool ends(int pidfd, const volatile size_t *progress)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	size_t before = progress ? *progress : 0;

	if (pidfd < 0)
		return true; /* before Linux 5.2 there is none: its end is waited for */
	for (int idle = 0; idle < naps; idle++) {
		if (poll(&end, 1, NAP_MS) > 0)
			return true;
		if (progress && *progress != before) {
			before = *progress;
			idle = 0;
		}
	}
	return false;
}

static void give_up(pid_t pid, int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	(void)kill(pid, SIGKILL); /* not reaped: the number is its own */
	naps = NAPS_MORE;
	is_stuck = poll(&end, 1, NAP_MS) <= 0;
	if (!is_stuck)
		(void)errand_end(pid); /* 0 */
}

int patient_do(int (*work)(void *ctx), void *ctx, const volatile size_t *progress)
{
	struct task task = { work, ctx, -ETIMEDOUT };
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
	else if (ends(pidfd, progress))
		(void)errand_end(pid); /* 0 */
	else
		give_up(pid, pidfd);
	is_running = false;
	return task.result;
}
