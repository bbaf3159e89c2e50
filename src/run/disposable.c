/* SPDX-License-Identifier: MIT */
#include "run/disposable.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/deadline.h"
#include "run/descriptors.h"
#include "run/reap.h"
#include "run/steps.h"
#include "run/words.h"
#include "util/fd.h"
#include "util/log.h"

/* Return: 1 with the whole answer, 0 where the other end closed early, or -errno. */
static int receive(pid_t pid, int fd, char *p, size_t least, size_t most)
{
	struct deadline deadline = { DEADLINE_US };
	size_t got = 0;

	while (got < most) {
		struct pollfd in = { .fd = fd, .events = POLLIN };
		ssize_t n;
		int r = deadline_nap(&deadline, &in, pid);

		if (r < 0)
			return r;
		if (r == 0)
			continue;
		n = read(fd, p + got, most - got);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return got >= least;
		if (n > 0)
			got += (size_t)n;
	}
	return 1;
}

static int explain_timeout(pid_t pid, const char *what, struct error *err)
{
	/* Our own child, not reaped: the number is its own. It is not waited for: a process that
	 * waits for a dead file server cannot even be killed. */
	(void)kill(pid, SIGKILL);
	error_set(err, ERROR_SYSTEM, ETIMEDOUT, "%s: no answer", what);
	error_hint(err, "a file system of the target hangs; name a program by its full path");
	return -ETIMEDOUT;
}

/* Whether the work has said why, its caller knows by its status. Who was killed has not. */
static int judge(const char *what, int status, bool answered, struct error *err)
{
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_SYSTEM, 0,
				 "%s: the process that looks was killed by signal %d", what,
				 WTERMSIG(status));
	if (WEXITSTATUS(status) == 0 && !answered)
		return error_set(err, ERROR_SYSTEM, 0, "%s: no answer", what);
	return WEXITSTATUS(status);
}

static int let_go(const struct disposable *asked, const struct words *words)
{
	int r = 0;

	for (int stream = STDIN_FILENO; stream <= STDERR_FILENO && r == 0; stream++)
		r = words_replace(words, stream);
	if (r == 0 && !asked->facts->streams_only)
		r = descriptors_let_go(NULL, 0);
	return r;
}

struct duty {
	const struct disposable *asked;
	const struct words *words;
	int out;
	pid_t parent;
};

static int prepare(const struct duty *duty, struct error *err)
{
	int r = let_go(duty->asked, duty->words);

	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "let go of what you have open");
	r = child_tie(duty->parent, err);
	if (r == 0 && prctl(PR_SET_DUMPABLE, 0) < 0)
		r = error_set(err, ERROR_SYSTEM, errno, "hide from the target's processes");
	return r;
}

static int be_disposable(void *ctx)
{
	const struct duty *duty = ctx;
	_cleanup_error_ struct error err = { 0 };

	if (prepare(duty, &err) < 0) {
		log_error(&err);
		child_end(STATUS_FAILED);
	}
	child_end(duty->asked->work(duty->asked->ctx, duty->out));
}

static pid_t start(struct duty *duty)
{
	pid_t pid;

	if (duty->asked->reads)
		return fork_shared(be_disposable, duty);
	pid = fork();
	if (pid == 0)
		(void)be_disposable(duty); /* does not come back */
	return pid;
}

int disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
		   struct error *err)
{
	_cleanup_fd_ int in = -EBADF, out = -EBADF;
	_cleanup_words_ struct words words = WORDS_NONE;
	struct duty duty = { asked, &words, -EBADF, getpid() };
	int pipefd[2], status = 0, got, r;
	pid_t pid;

	if (call_pipe(pipefd, O_CLOEXEC) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "make a pipe");
	in = pipefd[0];
	out = duty.out = pipefd[1];
	r = words_open(&words);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "make a pipe");
	pid = start(&duty);
	if (pid < 0)
		return error_set(err, ERROR_SYSTEM, errno, "start a process");
	out = fd_close(out);
	got = receive(pid, in, answer, least, most);
	if (got == -ETIMEDOUT)
		return explain_timeout(pid, asked->what, err);
	r = reap(pid, &status);
	words_pass_on(&words);
	if (r < 0 || got < 0)
		return error_set(err, ERROR_SYSTEM, r < 0 ? -r : -got, "look at %s", asked->what);
	return judge(asked->what, status, got > 0, err);
}
