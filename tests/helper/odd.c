/* SPDX-License-Identifier: MIT */
/*
 * Processes that are odd as targets. odd KIND prints NAME=VALUE lines, "ready" last, and keeps
 * them until its standard input ends or has a line:
 *
 *   zombie        zombie=PID that has ended and was not reaped
 *   headless      headless=PID whose first thread has ended, and another one lives
 *   headless-init is such a process itself, with a child; prints nothing
 *   thread        thread=TID of a thread that is not the first of its process
 *   children      a process that made a pid namespace for its children only; child=PID is in it
 *   overwritten   what programs do that write their title over their environment
 *   counting      counts SIGRTMIN under a seccomp filter; the end writes the number to argv[2]
 *   dead-pidns    file=PATH of a pid namespace whose init has ended
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void sleep_forever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static int zombie(void)
{
	siginfo_t info;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) < 0)
		return -1;
	return printf("zombie=%d\n", child);
}

static int thread_main(void *arg)
{
	(void)arg;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

static int thread(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	int flags =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	int tid = clone(thread_main, stack + sizeof(stack), flags, NULL);

	return tid < 0 ? -1 : printf("thread=%d\n", tid);
}

/* Waits for the child's first thread: it is a zombie as the child itself would be. */
static int await_zombie(pid_t pid)
{
	char path[64], text[512] = "";

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (!strstr(text, ") Z ")) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, text, sizeof(text) - 1);

		close(fd);
		if (n <= 0)
			return -1;
		text[n] = '\0';
		usleep(1000);
	}
	return 0;
}

static int headless(void)
{
	pid_t child = fork();

	if (child == 0) {
		if (thread() < 0)
			_exit(1);
		syscall(SYS_exit, 0);
	}
	if (child < 0 || await_zombie(child) < 0)
		return -1;
	return printf("headless=%d\n", child);
}

static int headless_init(void)
{
	pid_t child = fork();

	/* It is not to end with its parent's first thread. */
	while (child == 0)
		pause();
	if (child < 0 || thread() < 0)
		return -1;
	syscall(SYS_exit, 0);
	return -1;
}

static pid_t child_in_pidns(void)
{
	pid_t child;

	if (unshare(CLONE_NEWPID) < 0)
		return -1;
	child = fork();
	if (child == 0)
		sleep_forever();
	return child;
}

static int children(void)
{
	pid_t child = child_in_pidns();

	return child < 0 ? -1 : printf("child=%d\n", child);
}

static int overwritten(void)
{
	extern char **environ;
	char *first = environ[0], *last = first;

	for (char **e = environ; *e; e++)
		last = *e + strlen(*e);
	if (first)
		memset(first, 'x', (size_t)(last - first));
	return printf("overwritten=1\n");
}

static volatile sig_atomic_t counted;

static void count(int sig)
{
	(void)sig;
	counted++;
}

static int counting(void)
{
	struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { 1, allow };
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };

	if (sigaction(SIGRTMIN, &action, NULL) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -1;
	return printf("counting=1\n");
}

static int tell_count(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%d\n", (int)counted) < 0 || fclose(file) != 0)
		return 1;
	return 0;
}

static int dead_pidns(void)
{
	pid_t child = child_in_pidns();
	int fd = open("/proc/self/ns/pid_for_children", O_RDONLY | O_CLOEXEC);

	if (child < 0 || fd < 0)
		return -1;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return printf("file=/proc/%d/fd/%d\n", getpid(), fd);
}

int main(int argc, char *argv[])
{
	const char *kind = argc > 1 ? argv[1] : "";
	int result = -1;
	char byte;

	close_range(3, ~0U, 0);
	if (strcmp(kind, "zombie") == 0)
		result = zombie();
	else if (strcmp(kind, "headless") == 0)
		result = headless();
	else if (strcmp(kind, "headless-init") == 0)
		result = headless_init();
	else if (strcmp(kind, "thread") == 0)
		result = thread();
	else if (strcmp(kind, "children") == 0)
		result = children();
	else if (strcmp(kind, "overwritten") == 0)
		result = overwritten();
	else if (strcmp(kind, "counting") == 0)
		result = counting();
	else if (strcmp(kind, "dead-pidns") == 0)
		result = dead_pidns();
	if (result < 0) {
		perror("odd");
		return 1;
	}
	printf("target=%d\nready=1\n", getpid());
	fflush(stdout);
	fclose(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
	return argc > 2 ? tell_count(argv[2]) : 0;
}
