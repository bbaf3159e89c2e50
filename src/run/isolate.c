/* SPDX-License-Identifier: MIT */
/*
 * The parent's part where the program is isolated: it keeps what is the caller's, never follows a
 * path of the target's, gives the child a time by which it has to be the program, and then attends
 * to it.
 */
#include "run/steps.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/deadline.h"
#include "run/exec.h"
#include "run/explain.h"
#include "run/reap.h"
#include "run/wait.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/log.h"

/* So little memory may be too little for our own processes, which are killed at their exec then. */
enum {
	MEMORY_LEAST = 1 << 20
};

/* No status that a process can end with. */
enum {
	PROGRAM_RUNS = 1 << 17
};

/*
 * The child, which ends. With -H it waits for one of us that the target sees, and may trace: so not for
 * long. Return: 0, -ETIMEDOUT where it had to be killed, or another -errno.
 */
static int reap_soon(const struct run *run, pid_t child, int *ret_status)
{
	_cleanup_fd_ int fd = plan_reaps_inside(run->plan) ? pidfd_of(child) : -EBADF;
	struct pollfd end = { .fd = fd, .events = POLLIN };

	if (fd < 0 || deadline_farewell(&end, child) != -ETIMEDOUT)
		return reap(child, ret_status);
	(void)kill(child, SIGKILL); /* not reaped: the number is its own */
	return -ETIMEDOUT;
}

/* Where it has told all that there is to be told: what it has ended with says no more. */
static void reap_told(const struct run *run, pid_t child)
{
	int status;

	(void)reap_soon(run, child, &status);
}

/* Where the child could make no terminal of the target's. */
static int give_pty(struct run *run, struct error *err)
{
	const struct leader_order order = { .kind = LEADER_ORDER_SLAVE };
	_cleanup_fd_ int slave = -EBADF;
	int r = relay_host_pty(&run->relay, run_program_uid(run), &slave, err);

	if (r < 0)
		return r;
	log_note(
		"%s's /dev/pts gives no terminal to be trusted: the program's is one of the host's",
		run->target->name ? run->target->name : "the namespace");
	r = leader_send(run->link.control_fd, &order, sizeof(order), slave);
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "hand over the terminal") : 0;
}

/* The target's limit holds for the leader already. Return: whether it is @below; @err is filled then. */
static bool explain_limit(const struct run *run, unsigned int kind, const char *what,
			  uint64_t below, int errnum, struct error *err)
{
	for (size_t i = 0; i < run->plan->n; i++) {
		const struct step *step = &run->plan->step[i];
		uint64_t soft = run->plan->rlimit[kind].soft;

		if (step->kind != STEP_RLIMITS || !(step->limits >> kind & 1) || soft >= below)
			continue;
		error_set(err, ERROR_SYSTEM, errnum,
			  "the limit of \"%s\" on %s, %llu, is too low to start a program",
			  run->target->facts.target, what, (unsigned long long)soft);
		error_hint(err, "--as-target=-rlimits leaves the target's limits out");
		return true;
	}
	return false;
}

static bool explain_nofile(const struct run *run, int errnum, struct error *err)
{
	return errnum == EMFILE &&
	       explain_limit(run, RLIMIT_NOFILE, "open files", UINT64_MAX, errnum, err);
}

/* The kernel kills who executes something that does not fit. */
static bool explain_memory(const struct run *run, struct error *err)
{
	return explain_limit(run, RLIMIT_STACK, "its stack", MEMORY_LEAST, 0, err) ||
	       explain_limit(run, RLIMIT_DATA, "its data", MEMORY_LEAST, 0, err) ||
	       explain_limit(run, RLIMIT_AS, "its addresses", MEMORY_LEAST, 0, err);
}

/* The child has said why, on standard error, and its status is ours. */
static int take_failure(const struct run *run, pid_t child, struct error *err)
{
	/* As of who had to be killed. */
	int status = SIGKILL, r = reap_soon(run, child, &status);
	char buf[REQUEST_PARTS_MAX];

	if (r < 0 && r != -ETIMEDOUT)
		return error_set(err, ERROR_SYSTEM, -r, "wait for the child");
	if (WIFEXITED(status) && WEXITSTATUS(status) >= STATUS_FAILED)
		return WEXITSTATUS(status);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		error_set(err, ERROR_SYSTEM, 0,
			  "the target's seccomp filter forbids what starting a program takes");
		error_hint(err, "%s leaves the filter out",
			   request_without(run->req, AS_SECCOMP, buf));
		return -ECHILD;
	}
	if (explain_memory(run, err))
		return -ECHILD;
	error_set(err, ERROR_SYSTEM, 0, "the process that was to become the program was killed");
	error_hint(err, "the target has ended, or its cgroup is out of memory");
	return -ECHILD;
}

/* Before anything else is done: memory may be shared with it. */
static void end_child(const struct run *run, pid_t child)
{
	struct pollfd gone = { .fd = run->link.control_fd, .events = POLLRDHUP };
	int status;

	(void)kill(child, SIGKILL); /* not reaped: the number is its own */
	if (deadline_farewell(&gone, child) == 1)
		(void)reap(child, &status); /* killed */
}

static int explain_deadline(const struct run *run, struct error *err)
{
	const struct step *exec = &run->plan->step[run->plan->n - 1];

	error_set(err, ERROR_SYSTEM, ETIMEDOUT, "the files of \"%s\": no answer for \"%s\"",
		  run->target->name ? run->target->name : "FILE", exec->exec.file);
	error_hint(err,
		   exec->exec.search
			   ? "a file system of the target hangs; name a program by its full path"
			   : "a file system of the target hangs; try a program somewhere else");
	return -ETIMEDOUT;
}

/* Where the leader could not make the program: it has told all it knows. */
static int explain_not_run(const struct run *run, pid_t child, const struct leader_report *report,
			   struct error *err)
{
	const struct step *exec = &run->plan->step[run->plan->n - 1];

	reap_told(run, child);
	if (explain_nofile(run, report->value, err))
		return -report->value;
	switch ((enum leader_stage)report->stage) {
	case LEADER_STAGE_CLONE:
		return explain_fork(run, report->value, err);
	case LEADER_STAGE_LABEL:
		return error_set(err, ERROR_PERMISSION_LSM, report->value, "take the label \"%s\"",
				 run->target->facts.label);
	case LEADER_STAGE_CGROUP:
		return error_set(err, ERROR_CGROUP_JOIN, report->value,
				 "join the target's cgroups");
	case LEADER_STAGE_PREPARE:
		break;
	case LEADER_STAGE_FILTER:
		return error_set(err, ERROR_SYSTEM, report->value, "load the target's filters");
	case LEADER_STAGE_EXEC:
		if (exec->exec.by_fd)
			return explain_by_fd(exec, report->value, err);
		return explain_apart(run, report->value, err);
	}
	return error_set(err, ERROR_SYSTEM, report->value, "prepare the program's process");
}

/*
 * The leader needs no file to start. Where a user namespace has a binfmt_misc of its own (since Linux
 * 6.7), it can have an interpreter for all programs: the kernel refuses those without a path then, so
 * that the interpreter is none of what the leader holds.
 */
static int explain_taken_over(const struct run *run, struct error *err)
{
	error_set(err, ERROR_CANNOT_EXECUTE, 0,
		  "the user namespace of \"%s\" has another program started instead of each one "
		  "(binfmt_misc)",
		  run->target->name ? run->target->name : "FILE");
	err->status = STATUS_CANNOT_EXEC;
	error_hint(err, "root can leave it out: -m -u -i -n -p");
	return -ENOENT;
}

static int explain_leader(const struct run *run, int errnum, struct error *err)
{
	if (explain_nofile(run, errnum, err))
		return -errnum;
	if (errnum == ENOENT)
		return explain_taken_over(run, err);
	if (errnum != E2BIG)
		return error_set(err, ERROR_SYSTEM, errnum, "start the leader of the session");
	error_set(err, ERROR_CANNOT_EXECUTE, errnum, "cannot execute \"%s\"",
		  run->plan->step[run->plan->n - 1].exec.file);
	err->status = STATUS_CANNOT_EXEC;
	return -errnum;
}

static int take_pty(struct run *run, enum leader_report_kind kind, int fd, struct error *err)
{
	int r = kind == LEADER_PTY ? relay_take_pty(&run->relay, fd, err) : give_pty(run, err);

	return r < 0 ? r : job_send(run, err);
}

/*
 * Whether it is the program's: signals of ours go there. With -H the leader is where the target may
 * take it over, and the target may have a pidfd of who is at the other end of a socket.
 */
static bool is_program(const struct run *run, int pidfd, pid_t child)
{
	pid_t pid = plan_reaps_inside(run->plan) ? pidfd_number(pidfd) : child;

	while (pid > 1 && pid != child) {
		_cleanup_fd_ int proc = proc_open(pid);
		struct proc_stat stat;

		/* Gone, or hidden from us: then we may not send it signals either. */
		if (proc < 0 || proc_stat_read(proc, &stat) < 0)
			return true;
		pid = stat.ppid;
	}
	return pid == child || pid == -ESRCH; /* it was quick */
}

/* Failures are told by errno; who has taken the leader over may send anything. */
static bool is_sound(const struct leader_report *report)
{
	enum leader_report_kind kind = (enum leader_report_kind)report->kind;

	return report->value > 0 ||
	       (kind != LEADER_EXEC_FAILED && kind != LEADER_FAILED && kind != LEADER_NOT_FOUND);
}

/* What nobody but such a one would send: what it was to be part of is at an end. */
static int refuse_report(const struct run *run, pid_t child, int fd, struct error *err)
{
	(void)fd_close(fd); /* -EBADF */
	end_child(run, child);
	return error_set(err, ERROR_SYSTEM, EBADMSG, "hear from the leader");
}

/* What has arrived. Return: 0 to go on, 1 where the program runs, else what run_isolated() returns. */
static int take_report(struct run *run, pid_t child, const struct leader_report *report, int fd,
		       struct error *err)
{
	if (!is_sound(report))
		return refuse_report(run, child, fd, err);
	switch ((enum leader_report_kind)report->kind) {
	case LEADER_PTY:
	case LEADER_NO_PTY:
		if (relay_lacks_pty(&run->relay))
			return take_pty(run, report->kind, fd, err);
		break;
	case LEADER_RUNNING:
		if (!is_program(run, fd, child))
			break;
		run->link.program_fd = fd;
		return PROGRAM_RUNS;
	case LEADER_EXEC_FAILED:
		return explain_not_run(run, child, report, err);
	case LEADER_FAILED:
		reap_told(run, child);
		return explain_leader(run, report->value, err);
	case LEADER_NOT_FOUND:
		reap_told(run, child);
		return explain_apart(run, report->value, err);
	case LEADER_NO_SETNS_PIDFD:
		reap_told(run, child);
		return RUN_NO_SETNS_PIDFD;
	case LEADER_STOPPED:
	case LEADER_CONTINUED:
	case LEADER_ENDED:
		break;
	}
	return refuse_report(run, child, fd, err);
}

/* The next report. Return: 1 with it, 0 where the child has ended, -ETIMEDOUT, or another -errno. */
static int hear(const struct run *run, pid_t child, struct deadline *deadline,
		struct leader_report *report, int *ret_fd)
{
	struct pollfd in = { .fd = run->link.control_fd, .events = POLLIN };
	int r;

	do
		r = deadline_nap(deadline, &in, child);
	while (r == 0);
	return r < 0 ? r : leader_receive(run->link.control_fd, report, sizeof(*report), ret_fd);
}

/* Until the program runs, or does not. Return: PROGRAM_RUNS, or what run_isolated() returns. */
static int enter(struct run *run, pid_t child, struct error *err)
{
	struct deadline deadline = { DEADLINE_US };
	int r = 0;

	while (r == 0) {
		struct leader_report report;
		int fd = -EBADF;

		r = hear(run, child, &deadline, &report, &fd);
		if (r == 0)
			return take_failure(run, child, err);
		if (r < 0)
			end_child(run, child);
		if (r == -ETIMEDOUT)
			return explain_deadline(run, err);
		if (r < 0)
			return error_set(err, ERROR_SYSTEM, -r, "hear from the leader");
		r = take_report(run, child, &report, fd, err);
	}
	return r;
}

static int attend(struct run *run, pid_t child, struct error *err)
{
	const struct target *t = run->target;
	int status, r = wait_hold(err);

	if (r >= 0)
		r = relay_run(&run->relay, &run->link, run->target->facts.ignored, &status, err);
	relay_done(&run->relay);
	if (r < 0)
		return r;
	reap_told(run, child);
	own_cgroup_remove(run->target); /* we may be about to die of the program's signal */
	wait_explain(status, &t->oom, ns_has(run->plan->join, NS_PID) ? t->found.pidfd : -1,
		     t->name);
	return wait_end(status);
}

/* Only what the program needs: the signals that are passed on are held back when it runs. */
static int prepare_signals(struct run *run, struct error *err)
{
	const uint64_t chld = (uint64_t)1 << (SIGCHLD - 1);

	/* The kernel would throw away how the child has ended. */
	if (run->target->facts.ignored & chld && call_signal_default(SIGCHLD) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "prepare for signals");
	if (!run->plan->target_files && sigprocmask(SIG_BLOCK, NULL, &run->caller_mask) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "read the signal mask");
	return 0;
}

/*
 * Before there is a program that could hold them: see carrier.h. By their numbers, since the child may
 * have the memory still that they are kept in.
 */
static void close_program_ends(const int end[STREAMS])
{
	for (int i = 0; i < STREAMS; i++)
		if (end[i] >= 0)
			(void)close(end[i]); /* the child has it */
}

static void forget_program_ends(struct relay *relay)
{
	for (int i = 0; i < STREAMS; i++)
		relay->program[i] = -EBADF;
}

int run_isolated(struct run *run, size_t fork, struct error *err)
{
	_cleanup_fd_ int other = -EBADF;
	int end[STREAMS], r = prepare_signals(run, err);
	pid_t child;

	if (r >= 0)
		r = leader_link_open(&run->link, &other, err);
	/* With a pty only when it is there, and like the caller's terminal. */
	if (r >= 0 && !plan_has_pty(run->plan))
		r = job_send(run, err);
	if (r < 0)
		return r;
	run->parent = getpid();
	run->control_fd = other;
	for (int i = 0; i < STREAMS; i++)
		end[i] = run->relay.program[i];
	child = fork_child(run, fork + 1);
	if (child < 0)
		return explain_no_process(errno, err); /* nothing was joined yet */
	/* From here to the child's end or exec nothing is touched: memory may be shared with it. */
	other = fd_close(other);
	close_program_ends(end);
	r = enter(run, child, err);
	forget_program_ends(&run->relay);
	if (r != PROGRAM_RUNS)
		relay_pass_on(&run->relay);
	return r == PROGRAM_RUNS ? attend(run, child, err) : r;
}
