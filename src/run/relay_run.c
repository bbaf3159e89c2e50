/* SPDX-License-Identifier: MIT */
/* The loop while an isolated program runs. */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/relay_loop.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	WAIT_SIGNAL,
	WAIT_LEADER,
	WAIT_WISH,
	WAIT_STREAMS,
	WAITS = WAIT_STREAMS + 2 * (2 + STREAMS)
};

/* What one turn of the loop waits for. */
struct turn {
	struct stream_wait input, keys, output[STREAMS];
};

static void take_end(struct relay_loop *loop, int wait_status)
{
	struct relay *relay = loop->relay;

	loop->ended = true;
	loop->wait_status = wait_status;
	input_give_back(&relay->input);
	loop->input_errnum = relay->input.errnum;
	input_done(&relay->input);
	input_done(&relay->keys);
	for (int i = 0; i < STREAMS; i++)
		output_end(&relay->output[i]);
}

static void take_report(struct relay_loop *loop, const struct leader_report *report)
{
	switch ((enum leader_report_kind)report->kind) {
	case LEADER_STOPPED:
		relay_stopped(loop, report->value);
		break;
	case LEADER_CONTINUED:
		loop->stopped = 0;
		break;
	case LEADER_ENDED:
		take_end(loop, report->value);
		break;
	case LEADER_PTY:
	case LEADER_NO_PTY:
	case LEADER_RUNNING:
	case LEADER_EXEC_FAILED:
	case LEADER_FAILED:
	case LEADER_NOT_FOUND:
	case LEADER_NO_SETNS_PIDFD:
		break; /* before our time */
	}
}

/*
 * A leader that goes without a word was killed, with all that is in the target's pid namespace where
 * it leads from there. The kernel kills the program with it.
 *
 * Return: 0, or -errno.
 */
static int take_reports(struct relay_loop *loop)
{
	struct leader_report report;
	ssize_t n;

	while (!loop->ended) {
		n = call_recv(loop->link->control_fd, &report, sizeof(report), MSG_DONTWAIT);
		if (n == (ssize_t)sizeof(report))
			take_report(loop, &report);
		else if (n < 0 && errno == EAGAIN)
			return 0;
		else if (n == 0)
			take_end(loop, SIGKILL);
		/* ECONNRESET comes once, and before what has been said. */
		else if (n > 0 || (errno != EINTR && errno != ECONNRESET))
			return n < 0 ? -errno : -EBADMSG;
	}
	return 0;
}

static void gather(const struct relay_loop *loop, const struct turn *turn, struct pollfd all[WAITS])
{
	size_t n = WAIT_STREAMS;

	all[WAIT_SIGNAL] = (struct pollfd){ .fd = loop->signal_fd, .events = POLLIN };
	all[WAIT_LEADER] = (struct pollfd){
		.fd = loop->ended ? -1 : loop->link->control_fd,
		.events = POLLIN,
	};
	all[WAIT_WISH] = (struct pollfd){ .fd = relay_wish_fd(loop), .events = POLLIN };
	all[n++] = turn->input.from;
	all[n++] = turn->input.to;
	all[n++] = turn->keys.from;
	all[n++] = turn->keys.to;
	for (int i = 0; i < STREAMS; i++) {
		all[n++] = turn->output[i].from;
		all[n++] = turn->output[i].to;
	}
}

static void spread(struct turn *turn, const struct pollfd all[WAITS])
{
	size_t n = WAIT_STREAMS;

	turn->input.from = all[n++];
	turn->input.to = all[n++];
	turn->keys.from = all[n++];
	turn->keys.to = all[n++];
	for (int i = 0; i < STREAMS; i++) {
		turn->output[i].from = all[n++];
		turn->output[i].to = all[n++];
	}
}

/* Whether nobody needs @stream any more: the program has closed it, and nothing is on its way. */
static bool is_over(const struct relay *relay, int stream)
{
	const struct stream_plan *plan = &relay->plan[stream];

	if (plan->way != WAY_PIPE || plan->with != stream)
		return false;
	/* Nobody waits at the other side of a file. */
	if (relay->fact[stream].kind != STREAM_PIPE && relay->fact[stream].kind != STREAM_SOCKET)
		return false;
	if (stream == 0)
		return relay->input.ended && relay->input.errnum == EPIPE;
	return output_is_done(&relay->output[stream]);
}

/*
 * A reader of the caller's sees the end, a writer that nobody reads, when the program closes its
 * own: the last to have the pipe's end open may be us. Never standard error, for our own words.
 */
static void let_go(struct relay_loop *loop)
{
	const struct relay *relay = loop->relay;

	for (int i = 0; i < STDERR_FILENO; i++) {
		_cleanup_fd_ int none = -EBADF;

		if (loop->let_go[i] || loop->ended || !is_over(relay, i))
			continue;
		loop->let_go[i] = true;
		none = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (none >= 0)
			(void)call_dup_to(none, i); /* else it is seen at the end, as before */
	}
}

static void move_streams(struct relay_loop *loop, const struct turn *turn)
{
	struct relay *relay = loop->relay;

	input_move(&relay->input, &turn->input);
	input_move(&relay->keys, &turn->keys);
	/* It goes inside: a program that a tracer holds there would keep the user from his own shell. */
	if (relay->keys.interrupted)
		relay_asked(loop, SIGINT);
	relay->keys.interrupted = false;
	for (int i = 0; i < STREAMS; i++)
		output_move(&relay->output[i], &turn->output[i]);
	let_go(loop);
	/* A terminal has no end of its own: it has gone. So has one that takes no output. */
	if (relay->master >= 0 && relay->terminal.fd >= 0 &&
	    ((relay->keys.ended && relay->keys.from == relay->terminal.fd) ||
	     relay->output[0].errnum != 0))
		relay_hang_up(loop);
}

/* Until something has to be looked at though nothing has come; -1: for ever. */
static int patience(const struct relay_loop *loop)
{
	int wish = relay_wish_patience(loop), asked = loop->asked ? relay_patience(loop) : -1;

	return wish < 0 || (asked >= 0 && asked < wish) ? asked : wish;
}

static int turn_once(struct relay_loop *loop)
{
	struct relay *relay = loop->relay;
	struct turn turn = {
		.input = input_wait(&relay->input),
		.keys = input_wait(&relay->keys),
	};
	struct pollfd all[WAITS];
	int n;

	for (int i = 0; i < STREAMS; i++)
		turn.output[i] = output_wait(&relay->output[i]);
	gather(loop, &turn, all);
	n = poll(all, WAITS, patience(loop));
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (loop->asked && relay_patience(loop) == 0)
		relay_insist(loop);
	spread(&turn, all);
	/* What is typed after the program's end is for whoever reads the terminal next. */
	if (all[WAIT_LEADER].revents)
		turn.keys.from.revents = 0;
	move_streams(loop, &turn);
	relay_wish(loop, all[WAIT_WISH].revents);
	if (all[WAIT_SIGNAL].revents)
		relay_signals(loop);
	return all[WAIT_LEADER].revents ? take_reports(loop) : 0;
}

static bool all_written(const struct relay_loop *loop)
{
	for (int i = 0; i < STREAMS; i++)
		if (!output_is_done(&loop->relay->output[i]))
			return false;
	return true;
}

static void close_program_ends(struct relay *relay)
{
	for (int i = 0; i < STREAMS; i++)
		relay->program[i] = fd_close(relay->program[i]);
}

/* What was lost, where the program cannot have noticed it. */
static int explain_loss(const struct relay_loop *loop, struct error *err)
{
	const struct relay *relay = loop->relay;
	static const char *const name[STREAMS] = { "terminal", "standard output",
						   "standard error" };

	/* A program that reads no more is no loss. */
	if (loop->input_errnum != 0 && loop->input_errnum != EPIPE)
		return error_set(err, ERROR_SYSTEM, loop->input_errnum, "read standard input");
	for (int i = 1; i < STREAMS; i++) {
		int errnum = relay->output[i].errnum;

		if (errnum != 0 && errnum != EPIPE)
			return error_set(err, ERROR_SYSTEM, errnum, "write %s", name[i]);
	}
	return 0;
}

static int run_loop(struct relay_loop *loop, struct error *err)
{
	int r = 0;

	relay_begin(loop);
	while (r >= 0 && !loop->leave && !(loop->ended && all_written(loop)))
		r = turn_once(loop);
	input_give_back(&loop->relay->input); /* where the leader has gone; else it is done */
	terminal_done(&loop->relay->terminal);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "wait for the program");
	return explain_loss(loop, err);
}

int relay_run(struct relay *relay, const struct leader_link *link, uint64_t ignored,
	      int *ret_wait_status, struct error *err)
{
	struct relay_loop loop = { .relay = relay, .link = link };
	_cleanup_fd_ int signal_fd = -EBADF;
	int r;

	close_program_ends(relay);
	signal_fd = relay_watch_signals(ignored);
	if (signal_fd < 0)
		return error_set(err, ERROR_SYSTEM, -signal_fd, "prepare for signals");
	loop.signal_fd = signal_fd;
	r = run_loop(&loop, err);
	if (r == 0)
		*ret_wait_status = loop.wait_status;
	return r;
}
