/* SPDX-License-Identifier: MIT */
/*
 * keeper PROGRAM [ARGUMENT...] - runs a test program and sees that it leaves no process behind
 *
 * Orphans come to us, the subreaper. NSJOIN_KEEPER tells the tests our pid: what is a child of ours
 * and not the test program was left behind. When the program has ended, what is left is named,
 * ended and makes the run a failure.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void show(pid_t pid)
{
	char path[64], text[256];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	text[n] = '\0';
	fprintf(stderr, "keeper: left behind: process %d %s\n", pid, text);
}

/* What hangs in the kernel does not end when it is killed. */
static bool has_ended(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = 10000000 };

	for (int i = 0; i < 500; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

/* The child after so many, in the order in which they came to us. Return: its pid, or 0. */
static pid_t child_after(int n)
{
	char path[64];
	pid_t pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	if (!f)
		return 0;
	for (; n >= 0; n--)
		if (fscanf(f, "%d", &pid) != 1) {
			pid = 0;
			break;
		}
	fclose(f);
	return pid;
}

/*
 * End one child that is left, of those that can be.
 * Return: its pid, -1 where it was only waiting to be reaped, or 0 where there is none.
 */
static pid_t end_one(int *stuck)
{
	siginfo_t info = { 0 };
	pid_t pid = child_after(*stuck);

	if (pid <= 0)
		return 0;
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG) < 0 || info.si_pid)
		return -1;
	show(pid);
	kill(pid, SIGKILL);
	if (!has_ended(pid)) {
		fprintf(stderr, "keeper: does not end: process %d\n", pid);
		++*stuck;
	}
	return pid;
}

static volatile sig_atomic_t test_program;

/* Told to end: the tests first, what they leave behind then as always. */
static void end_early(int sig)
{
	if (test_program > 0) {
		/* It has no group of its own yet where it has just been made. */
		if (kill((pid_t)-test_program, sig) < 0)
			kill((pid_t)test_program, sig);
	}
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
	int status = 0, result, left = 0, stuck = 0;
	char text[32];
	pid_t child, got;

	if (argc < 2)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* Also where the script that started us is killed. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(text, sizeof(text), "%d", getpid());
	setenv("NSJOIN_KEEPER", text, 1);
	child = fork();
	if (child < 0) {
		perror("keeper: fork");
		return 2;
	}
	if (child == 0) {
		/* Tests stop processes. Where a group with one becomes an orphan meanwhile, because somebody
		 * else of it ends, the kernel sends SIGHUP to the whole group: it is not to be CTest's. */
		setsid();
		/* A service of systemd's ignores SIGPIPE: what the tests cut off would complain. */
		signal(SIGPIPE, SIG_DFL);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	test_program = child;
	signal(SIGTERM, end_early);
	signal(SIGINT, end_early);
	while ((got = waitpid(-1, &status, 0)) != child)
		if (got < 0 && errno != EINTR)
			return 2;
	result = status_of(status);
	while ((got = end_one(&stuck)) != 0)
		left += got > 0;
	return result ? result : left != 0;
}
