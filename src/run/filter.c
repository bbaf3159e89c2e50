/* SPDX-License-Identifier: MIT */
#include "run/filter.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/clock.h"
#include "run/deadline.h"
#include "run/filelimit.h"
#include "run/steps.h"
#include "sys/proc.h"
#include "sys/seccomp.h"
#include "util/fd.h"
#include "util/log.h"
#include "util/patient.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

enum {
	/* MAX_INSNS_PER_PATH of the kernel: all filters of one thread together. */
	INSNS_MAX = 32768,
	/* One filter (BPF_MAXINSNS): the kernel fills what it has without asking for the size. */
	FILTER_MAX = 4096,
	STOP_DEADLINE_US = 1000000,
	HELD_PATIENCE_US = 4000000,
	STUCK_PATIENCE_US = 400000,
	COPY_DEADLINE_US = 30000000,
	NAP_US = 1000,
	NAP_MAX_US = 16000,
	CHOICE_NAP_US = 250,
	CHOICE_DEADLINE_US = 3000,
};

void filters_done(struct filters *filters)
{
	free(filters->text);
	fd_close(filters->fd);
	*filters = FILTERS_NONE;
}

static void nap(long microseconds)
{
	const struct timespec time = { .tv_nsec = microseconds * 1000 };

	(void)call_nanosleep(&time); /* woken early, it is asked again early */
}

/* What one who can be given up does for us. */
struct copying {
	struct run *run;
	pid_t us;
	volatile size_t progress;
};

/* A thread that is ours to stop. */
struct held {
	pid_t tid, pid; /* of it and of the first one, whose number it takes when it executes */
	int signal;	/* that is to be given back, or 0 */
	/* Grows as long as it would stop, and nothing but a processor is missing. */
	volatile size_t *progress;
};

/*
 * Sleeps, so that the thread gets the processor at once where it is the same one. SIGCHLD is held
 * back here: it tells of the stop.
 * Return: 0 where it has stopped, -ETIMEDOUT where it does not, -EAGAIN where it has ended, and
 * nothing of it is left with us: another thread may do.
 */
static int wait_stop(struct held *held, const sigset_t *child)
{
	static const struct timespec time = { .tv_nsec = DEADLINE_NAP_MS * 1000000 };
	struct deadline deadline = { STOP_DEADLINE_US };

	for (;;) {
		int status;
		pid_t r = waitpid(held->tid, &status, WNOHANG | __WALL);
		bool runnable;

		if (r == held->tid && !WIFSTOPPED(status))
			return -EAGAIN;
		if (r == held->tid) {
			/* What is no event is a signal on its way, which it still has to get. */
			held->signal = status >> 16 ? 0 : WSTOPSIG(status);
			return 0;
		}
		if (r < 0 && errno == ECHILD && held->tid != held->pid) {
			held->tid = held->pid;
			continue;
		}
		if (r < 0 && errno != EINTR)
			return errno == ECHILD ? -EAGAIN : -errno; /* another one has executed */
		if (call_sigtimedwait(child, NULL, &time) >= 0 || errno != EAGAIN)
			continue;
		runnable = is_runnable(held->tid);
		*held->progress += runnable;
		if (!deadline_spend(&deadline, DEADLINE_NAP_MS * 1000, runnable))
			return -ETIMEDOUT;
	}
}

/* From a thread that is stopped. Return: how many, or -errno. */
static int copy_each(pid_t tid, struct filters *filters)
{
	size_t used = 1;

	for (uint32_t n = 0;; n++) {
		struct sock_filter *to = (void *)&filters->text[used + 1];
		long length = call_ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)(uintptr_t)n, to);

		if (length < 0 && errno == ENOENT) {
			filters->text[0] = n;
			filters->words = used;
			return (int)n;
		}
		if (length < 0)
			return -errno;
		filters->text[used] = (uint32_t)length;
		used += 1 + (size_t)length * FILTERS_INSN_WORDS;
		if (used > INSNS_MAX * FILTERS_INSN_WORDS)
			return -E2BIG;
	}
}

/* As soon as it has been seized. Return: as wait_stop(). */
static int stop(const struct seccomp_thread *thread, struct held *held, const sigset_t *child)
{
	struct proc_stat stat;
	bool moved;

	/* The number could be another's by now, and the thread have taken the first one's. */
	moved = proc_stat_read(thread->proc_fd, &stat) < 0;
	if (moved)
		held->tid = held->pid;
	/* Who has ended is waited for all the same: his process could not execute, else. */
	if (call_ptrace(PTRACE_INTERRUPT, held->tid, NULL, NULL) < 0 && (moved || errno != ESRCH))
		return -errno;
	return wait_stop(held, child);
}

/* Return: 0, -EAGAIN where it was killed while it was held, or another -errno. */
static int let_go(struct held *held, const sigset_t *child)
{
	if (call_ptrace(PTRACE_DETACH, held->tid, NULL, (void *)(intptr_t)held->signal) == 0)
		return 0;
	return errno == ESRCH ? wait_stop(held, child) : -errno;
}

/*
 * SEIZE and INTERRUPT send no signal: what a thread waits for goes on afterwards. Where something
 * fails in between our end lets go of it, and nothing follows here but that.
 */
static int copy_stopped(struct copying *copying, const struct seccomp_thread *thread,
			const sigset_t *child)
{
	struct held held = { thread->tid, copying->run->target->found.pid, 0, &copying->progress };
	int64_t start;
	int r, n;

	/* EPERM is what who comes second is told; what has ended leaves the choice to others. */
	if (call_ptrace(PTRACE_SEIZE, thread->tid, NULL, NULL) < 0)
		return errno == EPERM ? -EBUSY : errno == ESRCH ? -EAGAIN : -errno;
	start = clock_now_us();
	r = stop(thread, &held, child);
	/* Nothing is told of it, and still it is ours: it would be waited for until we let go. */
	if (r == -EAGAIN && seccomp_tracer(thread->proc_fd) == getpid())
		return -ECHILD;
	if (r < 0)
		return r;
	n = copy_each(held.tid, &copying->run->filters);
	r = let_go(&held, child);
	if (r < 0 && (r != -EAGAIN || n < 0))
		return r;
	log_line(LOG_VERBOSE, "process %d was stopped for %ld us%s", held.tid,
		 (long)(clock_now_us() - start),
		 thread->unnoticed ? "" : ": a call of its can have ended early (EINTR)");
	return n;
}

static int copy_from(struct copying *copying, const struct seccomp_thread *thread)
{
	static const struct sigaction by_default = { .sa_handler = SIG_DFL };
	struct sigaction before;
	sigset_t child, old;
	int r;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	/* Whoever started us may ignore it, and then it does not come. */
	if (sigaction(SIGCHLD, &by_default, &before) < 0 ||
	    sigprocmask(SIG_BLOCK, &child, &old) < 0)
		return -errno;
	r = copy_stopped(copying, thread, &child);
	/* Also where it will be tried again: the program would start with it blocked, and with what is
	 * ignored no more. */
	if (sigprocmask(SIG_SETMASK, &old, NULL) < 0 || sigaction(SIGCHLD, &before, NULL) < 0)
		return -errno;
	return r;
}

/* Waits a little for a thread that will not notice; then the target itself has to do. */
static int choose(const struct target *t, struct seccomp_thread *ret_thread)
{
	int r = -EAGAIN;

	for (long waited = 0; waited <= CHOICE_DEADLINE_US; waited += CHOICE_NAP_US) {
		_cleanup_seccomp_thread_ struct seccomp_thread thread = SECCOMP_THREAD_NONE;

		r = seccomp_choose(t->found.proc_fd, t->found.pid, t->facts.limits.n_filters,
				   &thread);
		if (r < 0)
			return r;
		if (thread.unnoticed || waited == CHOICE_DEADLINE_US) {
			*ret_thread = thread;
			thread = SECCOMP_THREAD_NONE;
			return 0;
		}
		if (waited < CHOICE_DEADLINE_US)
			nap(CHOICE_NAP_US);
	}
	return r;
}

struct patience {
	int64_t end;   /* of all tries, whatever they come to */
	int64_t since; /* so long they have come to this: */
	pid_t tracer;
	int result;
};

/*
 * Other nsjoins may be at it, and the kernel lets one only. Each is done in a moment, so that at
 * every look another one holds it, or nobody: what stays the same is a debugger, or for good.
 * Return: whether another try is of use.
 */
static bool can_wait(struct patience *p, int result, pid_t tracer)
{
	const int64_t limit = result == -EBUSY ? HELD_PATIENCE_US : STUCK_PATIENCE_US;
	const int64_t now = clock_now_us();

	if (result != p->result || tracer != p->tracer)
		*p = (struct patience){ p->end, now, tracer, result };
	return now < p->end && now - p->since < limit;
}

static int choose_and_copy(void *ctx)
{
	struct copying *copying = ctx;
	const struct target *t = copying->run->target;
	_cleanup_seccomp_thread_ struct seccomp_thread thread = SECCOMP_THREAD_NONE;
	int r;

	if (copying->run->link.apart && getpid() != copying->us)
		leader_link_make(&copying->run->link);
	r = choose(t, &thread);
	return r < 0 ? r : copy_from(copying, &thread);
}

/* Nobody can be seized, or asked for the call that he is in, as long as his process executes a file. */
static int copy_once(struct run *run)
{
	struct copying copying = { run, getpid(), 0 };

	return patient_do(choose_and_copy, &copying, &copying.progress);
}

static int copy_patiently(struct run *run)
{
	struct patience patience = { .end = clock_now_us() + COPY_DEADLINE_US };
	int proc_fd = run->target->found.proc_fd, r = copy_once(run);
	long length = NAP_US;

	while ((r == -EBUSY || r == -EAGAIN) && can_wait(&patience, r, seccomp_tracer(proc_fd))) {
		/* Many who look all the time would keep whoever holds it from going on. */
		nap(length);
		length = MIN(length * 3 / 2, NAP_MAX_US);
		r = copy_once(run);
	}
	return r;
}

static int explain_copy(const struct run *run, int errnum, struct error *err)
{
	const char *name = run->target->facts.target;
	char buf[REQUEST_PARTS_MAX];

	if (errnum == EAGAIN || errnum == ETIMEDOUT)
		error_set(err, ERROR_PERMISSION, 0,
			  "cannot copy the seccomp filters of \"%s\": it does not stop (it is "
			  "paused, or waits for a device or a file)",
			  name);
	else if (errnum == EBUSY)
		error_set(err, ERROR_PERMISSION, 0,
			  "cannot copy the seccomp filters of \"%s\": it is traced all the time, "
			  "by a debugger or by many that enter it, or a security module forbids it",
			  name);
	else if (errnum == ESTALE)
		error_set(err, ERROR_PERMISSION, 0,
			  "cannot copy the seccomp filters of \"%s\": it has just changed them",
			  name);
	else
		error_set(err, ERROR_PERMISSION, errnum, "copy the seccomp filters of \"%s\"",
			  name);
	error_hint(err, "%s leaves them out", request_without(run->req, AS_SECCOMP, buf));
	return -errnum;
}

/* For the program's process, which has no memory of ours. */
static int write_file(struct filters *filters, struct error *err)
{
	int r;

	filters->fd = call_memfd_create("filters", MFD_CLOEXEC);
	r = filters->fd < 0 ? -errno
			    : filelimit_write(filters->fd, filters->text,
					      filters->words * sizeof(uint32_t));
	if (r == 0 && lseek(filters->fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r == 0)
		return 0;
	error_set(err, ERROR_SYSTEM, -r, "keep the seccomp filters");
	filelimit_hint(-r, err);
	return r;
}

/* What starting the program takes for certain after the filters were loaded. */
static unsigned int needed_by(const struct plan *plan, const struct step *step)
{
	if (step->filter.may_wait || plan->step[plan->n - 2].kind == STEP_FILTER)
		return FILTERS_BY(BY_EXEC);
	return FILTERS_BY(BY_EXEC) | FILTERS_BY(BY_STEPS) |
	       (plan->isolates ? FILTERS_BY(BY_LEADER) : 0);
}

static int check_allowed(const struct run *run, unsigned int by, struct error *err)
{
	const char *name = filters_forbid(&run->filters, by);
	char buf[REQUEST_PARTS_MAX];

	if (!name)
		return 0;
	error_set(err, ERROR_PERMISSION, 0,
		  "the seccomp filter of \"%s\" forbids %s, which starting a program takes",
		  run->target->facts.target, name);
	error_hint(err, "%s leaves the filter out", request_without(run->req, AS_SECCOMP, buf));
	return -EPERM;
}

int step_filter_read(struct run *run, const struct step *step, struct error *err)
{
	const struct facts *facts = &run->target->facts;
	struct filters *filters = &run->filters;
	int r;

	/* All of the memory before anything is stopped; what is not written to costs nothing. */
	filters->text = malloc((INSNS_MAX + 2 * FILTER_MAX) * sizeof(struct sock_filter));
	r = filters->text ? copy_patiently(run) : -ENOMEM;
	if (r >= 0 && facts->limits.n_filters >= 0 && r != facts->limits.n_filters)
		r = -ESTALE;
	if (r < 0)
		return explain_copy(run, -r, err);
	if (facts->limits.n_filters >= 0) /* since 5.9: what it is for came with 5.11 */
		filters_quicken(filters);
	r = check_allowed(run, needed_by(run->plan, step), err);
	if (r == 0 && step->filter.may_wait &&
	    filters_forbid(filters, FILTERS_BY(BY_LEADER) | FILTERS_BY(BY_REST)))
		return write_file(filters, err);
	return r;
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
	int r;

	if (run->filters.fd >= 0)
		return 0; /* the program's process does it, from there */
	r = step->filter.raise ? raise_effective() : 0;
	for (uint32_t n = *word++; r == 0 && n > 0; n--) {
		struct sock_fprog program = { .len = (unsigned short)*word,
					      .filter = (void *)(word + 1) };

		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
			r = -errno;
		word += 1 + *word * FILTERS_INSN_WORDS;
	}
	if (r < 0)
		return error_set(err, ERROR_PERMISSION, -r, "load the seccomp filters of \"%s\"",
				 run->target->facts.target);
	return 0;
}
