/* SPDX-License-Identifier: MIT */
/*
 * icount COMMAND [ARGUMENT…]: what the command and its children cost, as counts that repeat:
 * instructions in user space, system calls, page faults without a read from disk.
 *
 * Instructions are counted by stepping through them one by one. Hardware counters are absent from
 * most virtual machines, and valgrind loses count at an exec. The command runs three times, since
 * each way of counting disturbs the others; addresses are not randomised.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TRACED_MAX = 64
};

/* Children that were born: a process can be seen to stop before its birth is told. */
struct traced {
	pid_t pid;
	bool in_call; /* between the two stops of a system call */
};

struct tracer {
	struct traced item[TRACED_MAX];
	size_t n;
	long how; /* PTRACE_SINGLESTEP or PTRACE_SYSCALL */
	unsigned long count;
	int status; /* of the command itself */
};

static void die(const char *what)
{
	fprintf(stderr, "icount: %s: %s\n", what, strerror(errno));
	exit(125);
}

static pid_t start(char **argv, bool traced)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || personality(ADDR_NO_RANDOMIZE) < 0 ||
	    (traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0))
		die("prepare the command");
	execvp(argv[0], argv);
	die(argv[0]);
	return -1;
}

/* Return: the process, which is new where it was not heard of before. */
static struct traced *find(struct tracer *t, pid_t pid, bool *ret_new)
{
	*ret_new = false;
	for (size_t i = 0; i < t->n; i++)
		if (t->item[i].pid == pid)
			return &t->item[i];
	if (t->n == TRACED_MAX) {
		errno = E2BIG;
		die("follow all processes");
	}
	*ret_new = true;
	t->item[t->n] = (struct traced){ .pid = pid };
	return &t->item[t->n++];
}

/* What a stop means. Return: the signal that is to be passed on. */
static int take_stop(struct tracer *t, pid_t pid, int status)
{
	bool is_new;
	struct traced *p = find(t, pid, &is_new);
	int sig = WSTOPSIG(status);

	if (is_new)
		return 0; /* it begins with a stop of the tracer's */
	if (sig == (SIGTRAP | 0x80)) {
		/* Entering counts: some never come back. */
		p->in_call = !p->in_call;
		t->count += p->in_call;
		return 0;
	}
	if (sig != SIGTRAP)
		return sig;
	if (status >> 16 == PTRACE_EVENT_EXEC && t->how == PTRACE_SINGLESTEP)
		return 0;
	if (status >> 16 == 0 && t->how == PTRACE_SINGLESTEP)
		t->count++;
	return 0;
}

static unsigned long trace(char **argv, long how)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	struct tracer t = { .how = how };
	pid_t command = start(argv, true), pid;
	bool is_new;
	int status;

	(void)find(&t, command, &is_new);
	/* The stop after its exec: from here on all is the command's own. */
	if (waitpid(command, &status, 0) < 0 || !WIFSTOPPED(status))
		die(argv[0]);
	if (ptrace(PTRACE_SETOPTIONS, command, NULL, options) < 0 ||
	    ptrace((enum __ptrace_request)how, command, NULL, 0L) < 0)
		die("trace");
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == command)
				t.status = status;
			continue;
		}
		if (ptrace((enum __ptrace_request)how, pid, NULL,
			   (long)take_stop(&t, pid, status)) < 0 &&
		    errno != ESRCH)
			die("go on");
	}
	if (t.status != 0) {
		fprintf(stderr, "icount: the command failed: wait status 0x%x\n", t.status);
		exit(1);
	}
	return t.count;
}

static long count_faults(char **argv)
{
	struct rusage usage;
	int status;

	if (wait4(start(argv, false), &status, 0, &usage) < 0 || status != 0) {
		fprintf(stderr, "icount: the command failed: wait status 0x%x\n", status);
		exit(1);
	}
	return usage.ru_minflt;
}

/* Half a million times one of two processes waits for the other: on one processor that is quick. */
static void stay_here(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned int)sched_getcpu(), &set);
	(void)sched_setaffinity(0, sizeof(set), &set); /* slower, then */
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: icount COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	stay_here();
	printf("faults %ld\n", count_faults(argv + 1));
	printf("syscalls %lu\n", trace(argv + 1, PTRACE_SYSCALL));
	printf("instructions %lu\n", trace(argv + 1, PTRACE_SINGLESTEP));
	return 0;
}
