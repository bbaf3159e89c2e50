/* SPDX-License-Identifier: MIT */
/* The loop while an isolated program runs. */
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/relay_loop.h"
#include "run/steps.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	WAIT_SIGNAL,
	WAIT_LEADER,
	WAIT_WISH,
	WAIT_STREAMS,
	WAITS = WAIT_STREAMS + 2 * 2 + 1 + STREAMS
};

/* What one turn of the loop waits for. */
struct turn {
	struct stream_wait keys, output;
	struct carrier_wait carrier;
};

static int take_end(struct relay_loop *loop, int wait_status)
{
	struct relay *relay = loop->relay;

	loop->ended = true;
	loop->wait_status = wait_status;
	input_done(&relay->keys);
	output_end(&relay->output[0]);
	/* Somebody may keep what the program has left as he could keep the program. */
	if (loop->told)
		relay_asked(loop, loop->told);
	return carrier_end(&loop->carrier);
}

static bool is_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/*
 * With -H the leader is where the target may take it over, and say anything: we stop as the program
 * has stopped, and our caller's whole job may with us. So no other signal is sent for it.
 */
static bool is_sound(const struct leader_report *report)
{
	if (report->kind == LEADER_STOPPED)
		return is_stop(report->value);
	return report->kind != LEADER_ENDED || WIFEXITED(report->value) ||
	       (WIFSIGNALED(report->value) && !is_stop(WTERMSIG(report->value)));
}

static int take_report(struct relay_loop *loop, const struct leader_report *report)
{
	if (!is_sound(report))
		return -EBADMSG;
	switch ((enum leader_report_kind)report->kind) {
	case LEADER_STOPPED:
		relay_stopped(loop, report->value);
		break;
	case LEADER_CONTINUED:
		loop->stopped = 0;
		break;
	case LEADER_ENDED:
		return take_end(loop, report->value);
	case LEADER_PTY:
	case LEADER_NO_PTY:
	case LEADER_RUNNING:
	case LEADER_EXEC_FAILED:
	case LEADER_FAILED:
	case LEADER_NOT_FOUND:
	case LEADER_NO_SETNS_PIDFD:
		break; /* before our time */
	}
	return 0;
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
	int r = 0;

	while (r == 0 && !loop->ended) {
		n = call_recv(loop->link->control_fd, &report, sizeof(report), MSG_DONTWAIT);
		if (n == (ssize_t)sizeof(report))
			r = take_report(loop, &report);
		else if (n < 0 && errno == EAGAIN)
			return 0;
		else if (n == 0)
			r = take_end(loop, SIGKILL);
		/* ECONNRESET comes once, and before what has been said. */
		else if (n > 0 || (errno != EINTR && errno != ECONNRESET))
			return n < 0 ? -errno : -EBADMSG;
	}
	return r;
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
	all[n++] = turn->keys.from;
	all[n++] = turn->keys.to;
	all[n++] = turn->output.from;
	all[n++] = turn->output.to;
	all[n++] = turn->carrier.word;
	for (int i = 0; i < STREAMS; i++)
		all[n++] = turn->carrier.pipe[i];
}

static void spread(struct turn *turn, const struct pollfd all[WAITS])
{
	size_t n = WAIT_STREAMS;

	turn->keys.from = all[n++];
	turn->keys.to = all[n++];
	turn->output.from = all[n++];
	turn->output.to = all[n++];
	turn->carrier.word = all[n++];
	for (int i = 0; i < STREAMS; i++)
		turn->carrier.pipe[i] = all[n++];
}

static void move_streams(struct relay_loop *loop, const struct turn *turn)
{
	struct relay *relay = loop->relay;

	input_move(&relay->keys, &turn->keys);
	/* It goes inside: a program that a tracer holds there would keep the user from his own shell. */
	if (relay->keys.interrupted)
		relay_asked(loop, SIGINT);
	relay->keys.interrupted = false;
	output_move(&relay->output[0], &turn->output);
	/* A terminal has no end of its own: it has gone. So has one that takes no output. */
	if (relay->master >= 0 && relay->terminal.fd >= 0 &&
	    ((relay->keys.ended && relay->keys.from == relay->terminal.fd) ||
	     relay->output[0].errnum != 0))
		relay_hang_up(loop);
}

/* Until something has to be looked at though nothing has come; -1: for ever. */
static int patience(const struct relay_loop *loop)
{
	const int each[] = { relay_wish_patience(loop), loop->asked ? relay_patience(loop) : -1,
			     carrier_patience(&loop->carrier) };
	int least = -1;

	for (size_t i = 0; i < ARRAY_SIZE(each); i++)
		if (each[i] >= 0 && (least < 0 || each[i] < least))
			least = each[i];
	return least;
}

static int turn_once(struct relay_loop *loop)
{
	struct relay *relay = loop->relay;
	struct turn turn = {
		.keys = input_wait(&relay->keys),
		.output = output_wait(&relay->output[0]),
		.carrier = carrier_wait(&loop->carrier),
	};
	struct pollfd all[WAITS];
	int n, r;

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
	r = carrier_move(&loop->carrier, &turn.carrier);
	return r == 0 && all[WAIT_LEADER].revents ? take_reports(loop) : r;
}

static bool all_written(const struct relay_loop *loop)
{
	return output_is_done(&loop->relay->output[0]) && loop->carrier.done;
}

/* What was lost, where the program cannot have noticed it. */
static int explain_loss(const struct relay_loop *loop, struct error *err)
{
	const int *errnum = loop->carrier.errnum;
	static const char *const name[STREAMS] = { "terminal", "standard output",
						   "standard error" };

	if (loop->carrier.lost)
		return error_set(err, ERROR_SYSTEM, 0,
				 "the process that carried the program's streams was killed");
	/* A program that reads no more is no loss. */
	if (errnum[0] != 0 && errnum[0] != EPIPE)
		return error_set(err, ERROR_SYSTEM, errnum[0], "read standard input");
	for (int i = 1; i < STREAMS; i++)
		if (errnum[i] != 0 && errnum[i] != EPIPE)
			return error_set(err, ERROR_SYSTEM, errnum[i], "write %s", name[i]);
	return 0;
}

static int run_loop(struct relay_loop *loop, struct error *err)
{
	int r = 0;

	relay_begin(loop);
	while (r >= 0 && !loop->leave && !(loop->ended && all_written(loop)))
		r = turn_once(loop);
	carrier_done(&loop->carrier);
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

	signal_fd = relay_watch_signals(ignored);
	if (signal_fd < 0)
		return error_set(err, ERROR_SYSTEM, -signal_fd, "prepare for signals");
	loop.signal_fd = signal_fd;
	r = carrier_begin(&loop.carrier, relay, link);
	if (r < 0)
		return explain_no_process(-r, err);
	r = run_loop(&loop, err);
	if (r == 0)
		*ret_wait_status = loop.wait_status;
	return r;
}
