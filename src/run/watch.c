/* SPDX-License-Identifier: MIT */
#include "run/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/reap.h"
#include "run/steps.h"
#include "sys/proc.h"
#include "util/fd.h"

/* The kernel tells nobody but the stopped parent, so that somebody has to look now and then. */
enum {
	PAUSE_MS = 100
};

/* A pid namespace that was joined holds our children; the way back is open to its owner only. */
static int return_to_own_pidns(const struct watch *watch)
{
	_cleanup_fd_ int own = -EBADF;

	if (!watch->pidns_joined)
		return 0;
	own = openat(watch->self_ns_fd, "pid", O_RDONLY | O_CLOEXEC);
	if (own < 0 || setns(own, CLONE_NEWPID) < 0)
		return -errno;
	return 0;
}

/* The /proc that we came from: two up from /proc/PID/ns. */
static int open_program(const struct watch *watch)
{
	char path[sizeof("../../2147483647")];
	int fd;

	(void)snprintf(path, sizeof(path), "../../%d", watch->program); /* a positive int fits */
	fd = openat(watch->self_ns_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

_Noreturn static void look(const struct watch *watch, pid_t parent)
{
	_cleanup_fd_ int program = open_program(watch);
	struct proc_stat stat = { .state = 'T' };

	if (program < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		child_end(STATUS_FAILED);
	/* Not one of the job that the shell stops and continues. */
	(void)call_setsid(); /* a new child leads no group: cannot fail */
	while (stat.state == 'T') {
		(void)poll(NULL, 0, PAUSE_MS); /* sooner is as good */
		if (proc_stat_read(program, &stat) < 0)
			break; /* it has ended: there is something to wait for */
	}
	(void)kill(parent, SIGCONT); /* our parent as long as we live */
	child_end(0);
}

pid_t watch_start(const struct watch *watch)
{
	pid_t parent = getpid(), pid;
	int r = return_to_own_pidns(watch);

	if (r < 0)
		return r;
	pid = fork();
	if (pid == 0)
		look(watch, parent);
	return pid < 0 ? -errno : pid;
}

/* Again and again: it may come before the stop. */
_Noreturn static void await_reports(int fd, pid_t parent)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		child_end(STATUS_FAILED);
	(void)call_setsid(); /* a new child leads no group: cannot fail */
	while (poll(&in, 1, -1) > 0) {
		(void)kill(parent, SIGCONT); /* our parent as long as we live */
		(void)poll(NULL, 0, PAUSE_MS);
	}
	child_end(STATUS_FAILED);
}

pid_t watch_reports(int fd)
{
	pid_t parent = getpid(), pid;
	sigset_t all, old;

	/* What stops our group does not stop it. */
	memset(&all, UINT8_MAX, sizeof(all));
	(void)sigprocmask(SIG_SETMASK, &all, &old); /* cannot fail */
	pid = fork();
	if (pid == 0)
		await_reports(fd, parent);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return pid < 0 ? -errno : pid;
}

void watch_end(pid_t pid)
{
	if (pid < 0)
		return;
	(void)kill(pid, SIGKILL); /* our child, not reaped: the number is its own */
	(void)reap(pid, NULL);
}
