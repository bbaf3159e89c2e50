/* SPDX-License-Identifier: MIT */
/*
 * ptyrun [STEP...] -- PROGRAM [ARGUMENT...] - a person at a terminal
 *
 * Runs PROGRAM as the leader of a new session on a terminal of its own and does the steps in order:
 *
 *   send=TEXT     type TEXT; \n \r \t \xHH and ^C (any control letter) are understood
 *   expect=TEXT   wait until the program has written TEXT, after what the last expect has seen
 *   resize=RxC    change the size of the window
 *   pause=MS      take nothing for so long: a slow terminal
 *   hangup        close the terminal
 *   run=COMMAND   run a shell command elsewhere, without the terminal
 *
 * What the program writes goes to standard output. At the end, with the terminal read until its end,
 * one more line says how it went: "exit N" or "signal NAME". Exit status: 0; 1 where a step did not
 * happen within ten seconds, said on standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 10000,
	OUTPUT_MAX = 4 << 20
};

struct session {
	int master;
	pid_t child;
	size_t have, seen; /* bytes read, and how far an expect has looked */
	char *output;
	bool ended; /* no more output will come */
};

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "ptyrun: %s %s\n", what, detail);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void start_program(const char *slave, char **argv)
{
	int fd;

	setsid();
	fd = open(slave, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		_exit(126);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	close_range(3, ~0U, 0);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static int start(struct session *s, char **argv)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };

	s->output = calloc(1, OUTPUT_MAX + 1);
	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (!s->output || s->master < 0 || grantpt(s->master) < 0 || unlockpt(s->master) < 0)
		return -1;
	ioctl(s->master, TIOCSWINSZ, &size);
	s->child = fork();
	if (s->child == 0)
		start_program(ptsname(s->master), argv);
	return s->child;
}

/* Read what is there, waiting for at most @ms. Return: whether something came. */
static bool take_output(struct session *s, long ms)
{
	struct pollfd p = { .fd = s->master, .events = POLLIN };
	ssize_t n;

	if (s->ended || poll(&p, 1, (int)ms) <= 0)
		return false;
	n = read(s->master, s->output + s->have, OUTPUT_MAX - s->have);
	if (n <= 0) {
		/* EIO: nobody has the other side open any more. */
		s->ended = true;
		return false;
	}
	s->have += (size_t)n;
	return true;
}

static int expect(struct session *s, const char *text)
{
	long end = now_ms() + PATIENCE_MS;

	for (;;) {
		char *hit = memmem(s->output + s->seen, s->have - s->seen, text, strlen(text));
		long left = end - now_ms();

		if (hit) {
			s->seen = (size_t)(hit - s->output) + strlen(text);
			return 0;
		}
		if (left <= 0 || (!take_output(s, left) && s->ended))
			break;
	}
	fail(s->ended ? "the terminal was closed without" : "waited in vain for", text);
	return -1;
}

/* One character of a send= text. Return: how many bytes of the text it was. */
static size_t unescape(const char *text, char *ret_byte)
{
	char *end, digits[3] = "";

	*ret_byte = text[0];
	if (text[0] == '^' && text[1]) {
		*ret_byte = (char)(text[1] & 0x1f);
		return 2;
	}
	if (text[0] != '\\' || !text[1])
		return 1;
	if (text[1] == 'x') {
		strncat(digits, text + 2, 2);
		*ret_byte = (char)strtol(digits, &end, 16);
		return 2 + (size_t)(end - digits);
	}
	*ret_byte = text[1] == 'n' ? '\n' : text[1] == 'r' ? '\r' : text[1] == 't' ? '\t' : text[1];
	return 2;
}

static int type(struct session *s, const char *text)
{
	char byte;

	while (*text) {
		text += unescape(text, &byte);
		if (write(s->master, &byte, 1) != 1)
			return -1;
	}
	return 0;
}

static int resize(struct session *s, const char *text)
{
	struct winsize size = { 0 };

	if (sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2)
		return -1;
	return ioctl(s->master, TIOCSWINSZ, &size);
}

static int do_step(struct session *s, const char *step)
{
	if (strncmp(step, "send=", 5) == 0)
		return type(s, step + 5);
	if (strncmp(step, "expect=", 7) == 0)
		return expect(s, step + 7);
	if (strncmp(step, "resize=", 7) == 0)
		return resize(s, step + 7);
	if (strncmp(step, "run=", 4) == 0)
		return system(step + 4) == 0 ? 0 : -1;
	if (strncmp(step, "pause=", 6) == 0)
		return poll(NULL, 0, atoi(step + 6));
	if (strcmp(step, "hangup") == 0) {
		s->ended = true;
		return close(s->master);
	}
	errno = EINVAL;
	return -1;
}

/* Return: whether the program has ended within the time, with *ret_status as waitpid(2) has it. */
static bool wait_program(struct session *s, int *ret_status)
{
	long end = now_ms() + PATIENCE_MS;

	for (;;) {
		pid_t got = waitpid(s->child, ret_status, WNOHANG);

		if (got == s->child)
			break;
		if (now_ms() > end)
			return false;
		if (!take_output(s, 20) && s->ended)
			poll(NULL, 0, 5);
	}
	/* What it wrote last; others may hold the terminal open for longer. */
	while (take_output(s, 50))
		;
	return true;
}

static int finish(struct session *s, int result)
{
	int status = 0;

	if (result == 0 && !wait_program(s, &status)) {
		fail("the program", "has not ended");
		result = 1;
	}
	if (result != 0) {
		kill(-s->child, SIGKILL);
		kill(s->child, SIGKILL);
		waitpid(s->child, &status, 0);
	}
	fwrite(s->output, 1, s->have, stdout);
	if (WIFSIGNALED(status))
		printf("\nsignal %s\n", sigabbrev_np(WTERMSIG(status)));
	else
		printf("\nexit %d\n", WEXITSTATUS(status));
	return result;
}

int main(int argc, char *argv[])
{
	struct session s = { 0 };
	int result = 0, first = 1;

	while (first < argc && strcmp(argv[first], "--") != 0)
		first++;
	if (first + 1 >= argc) {
		fail("usage:", "ptyrun [STEP...] -- PROGRAM [ARGUMENT...]");
		return 2;
	}
	if (start(&s, argv + first + 1) < 0) {
		fail("cannot start:", strerror(errno));
		return 2;
	}
	for (int i = 1; i < first && result == 0; i++) {
		if (do_step(&s, argv[i]) < 0) {
			fail("step failed:", argv[i]);
			result = 1;
		}
	}
	return finish(&s, result);
}
