/* SPDX-License-Identifier: MIT */
#include "run/carrier.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/clock.h"
#include "run/deadline.h"
#include "run/raw.h"
#include "run/reap.h"
#include "run/steps.h"
#include "sys/pidfd.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	LATE_MS = 50 /* who runs so long does not notice what a process takes */
};

enum report_kind {
	REPORT_CLOSED,
	REPORT_DONE
};

struct report {
	enum report_kind kind;
	int closed; /* REPORT_CLOSED: the stream */
	int errnum[STREAMS];
};

/* ---- in the process that carries: it has our memory, and we go on (raw.h) */

enum {
	WAIT_ORDER,
	WAIT_STREAMS,
	WAITS = WAIT_STREAMS + 2 * STREAMS
};

static void tell(const struct carrier_load *load, const struct report *report)
{
	if (raw_send(load->fd, report, sizeof(*report), MSG_NOSIGNAL) < 0)
		end(STATUS_FAILED);
}

/* Whether somebody may wait for the end at the other side of the caller's own. */
static bool is_awaited(const struct relay *relay, int stream)
{
	const struct stream_plan *plan = &relay->plan[stream];

	return plan->way == WAY_PIPE && plan->with == stream &&
	       (relay->fact[stream].kind == STREAM_PIPE ||
		relay->fact[stream].kind == STREAM_SOCKET);
}

/* Whether the program has closed it, and nothing is on its way. */
static bool is_over(const struct carrier_load *load, int stream)
{
	if (stream == 0)
		return load->input.ended && load->input.errnum == EPIPE;
	return output_is_done(&load->output[stream]);
}

static void let_go(int stream)
{
	int none = (int)call4(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);

	if (none >= 0)
		(void)call3(SYS_dup3, none, stream, 0); /* else it is seen at the end, as before */
	(void)raw_close(none);				/* -EBADF */
}

/*
 * A reader of the caller's sees the end, a writer that nobody reads, when the program closes its
 * own: the last to have the pipe's end open may be us. Never standard error, for our own words.
 */
static void let_go_of_closed(struct carrier_load *load)
{
	for (int i = 0; i < STDERR_FILENO; i++) {
		const struct report report = { .kind = REPORT_CLOSED, .closed = i };

		if (load->let_go[i] || load->ended || !is_awaited(load->relay, i) ||
		    !is_over(load, i))
			continue;
		load->let_go[i] = true;
		let_go(i);
		tell(load, &report);
	}
}

static void take_end(struct carrier_load *load)
{
	char word;

	/* Nobody is there any more who would tell. */
	if (raw_recv(load->fd, &word, sizeof(word), 0) <= 0)
		end(STATUS_FAILED);
	load->ended = true;
	input_give_back(&load->input);
	input_close(&load->input);
	for (int i = 1; i < STREAMS; i++)
		output_end(&load->output[i]);
}

static void turn_once(struct carrier_load *load)
{
	struct stream_wait in = input_wait(&load->input), out[STREAMS];
	struct pollfd all[WAITS] = {
		[WAIT_ORDER] = { .fd = load->ended ? -1 : load->fd, .events = POLLIN },
	};
	size_t n = WAIT_STREAMS;

	all[n++] = in.from;
	all[n++] = in.to;
	for (int i = 1; i < STREAMS; i++) {
		out[i] = output_wait(&load->output[i]);
		all[n++] = out[i].from;
		all[n++] = out[i].to;
	}
	if (raw_poll(all, n, -1) < 0)
		return; /* stopped, and continued */
	n = WAIT_STREAMS;
	in = (struct stream_wait){ all[n], all[n + 1] };
	input_move(&load->input, &in);
	for (int i = 1; i < STREAMS; i++) {
		n += 2;
		out[i] = (struct stream_wait){ all[n], all[n + 1] };
		output_move(&load->output[i], &out[i]);
	}
	let_go_of_closed(load);
	if (all[WAIT_ORDER].revents)
		take_end(load);
}

static bool is_carried(const struct carrier_load *load)
{
	return load->ended && output_is_done(&load->output[1]) && output_is_done(&load->output[2]);
}

/* Who is held by the target is not to hold for it what is another's: the terminal, the leader. */
static void close_others(const struct carrier_load *load)
{
	const int keep[] = { load->fd, load->input.to, load->input.unread, load->output[1].from,
			     load->output[2].from };
	unsigned int first = STDERR_FILENO + 1, next = first;

	while (next != UINT_MAX) {
		next = UINT_MAX;
		for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
			if (keep[i] >= (int)first)
				next = MIN(next, (unsigned int)keep[i]);
		if (next > first)
			(void)call3(SYS_close_range, first, next == UINT_MAX ? next : next - 1, 0);
		first = next + 1;
	}
	/* Before Linux 5.9: those that somebody waits for. */
	(void)raw_close(load->link->control_fd); /* -EBADF */
	(void)raw_close(load->relay->master);	 /* -EBADF */
}

/* As tie_to(), whose errno would be our maker's. */
static bool tie(pid_t parent)
{
	long now;

	if (raw_prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return false;
	now = call0(SYS_getppid);
	return now == parent || now == 0;
}

static int carry(void *ctx)
{
	struct carrier_load *load = ctx;
	struct report report = { .kind = REPORT_DONE };

	if (!tie(load->parent))
		end(STATUS_FAILED);
	close_others(load);
	for (int i = 1; i < STREAMS; i++)
		output_begin(&load->output[i]);
	while (!is_carried(load))
		turn_once(load);
	report.errnum[0] = load->input.errnum;
	for (int i = 1; i < STREAMS; i++) {
		report.errnum[i] = load->output[i].errnum;
		output_close(&load->output[i]);
	}
	tell(load, &report);
	end(0);
}

/* ---- in the process that the caller waits for */

static int use_buffers(struct relay *relay)
{
	int r = 0;

	for (int i = 1; i < STREAMS && r == 0; i++)
		r = output_use_buffer(&relay->output[i]);
	return r;
}

/* The carrier has the descriptors, too: no close of ours is the last, and only that takes the lock. */
static void hand_over(struct relay *relay)
{
	input_close(&relay->input);
	relay->input = (struct input)INPUT_INIT;
	for (int i = 1; i < STREAMS; i++) {
		output_close(&relay->output[i]);
		relay->output[i] = (struct output)OUTPUT_INIT;
	}
}

static pid_t make_process(struct carrier *carrier, int fd)
{
	const struct relay *relay = carrier->relay;
	struct carrier_load *load = &carrier->load;
	pid_t pid;

	*load = (struct carrier_load){
		.relay = relay,
		.link = carrier->link,
		.parent = getpid(),
		.fd = fd,
		.input = relay->input,
		.output = { [1] = relay->output[1], relay->output[2] },
	};
	pid = RAW_CALLS ? fork_shared(carry, load) : fork();
	if (pid == 0)
		(void)carry(load); /* does not come back */
	return pid < 0 ? -errno : pid;
}

static int start(struct carrier *carrier)
{
	int pair[2], r = use_buffers(carrier->relay);

	if (r < 0)
		return r;
	if (call_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	r = make_process(carrier, pair[1]);
	(void)fd_close(pair[1]); /* -EBADF */
	if (r < 0) {
		(void)fd_close(pair[0]); /* -EBADF */
		return r;
	}
	carrier->pid = r;
	carrier->fd = pair[0];
	hand_over(carrier->relay);
	return 0;
}

static bool has_pipes(const struct relay *relay)
{
	return relay->input.to >= 0 || relay->output[1].from >= 0 || relay->output[2].from >= 0;
}

int carrier_begin(struct carrier *carrier, struct relay *relay, const struct leader_link *link)
{
	*carrier = (struct carrier){
		.relay = relay,
		.link = link,
		.late_ms = clock_now_ms() + LATE_MS,
		.done = !has_pipes(relay),
		.fd = -EBADF,
	};
	return relay->input.to >= 0 ? start(carrier) : 0;
}

static bool is_idle(const struct carrier *carrier)
{
	return !carrier->done && carrier->pid == 0;
}

struct carrier_wait carrier_wait(const struct carrier *carrier)
{
	struct carrier_wait wait = { .word = { .fd = carrier->fd, .events = POLLIN } };

	for (int i = 0; i < STREAMS; i++)
		wait.pipe[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	for (int i = 1; i < STREAMS && is_idle(carrier); i++)
		wait.pipe[i].fd = carrier->relay->output[i].from;
	return wait;
}

int carrier_patience(const struct carrier *carrier)
{
	int64_t left = carrier->late_ms - clock_now_ms();

	if (!is_idle(carrier))
		return -1;
	return left > 0 ? (int)left : 0;
}

/* Empty, and nobody has the other end: then nobody holds the lock either, and it can be closed. */
static bool close_empty(struct carrier *carrier, int stream, const struct pollfd *pipe)
{
	struct relay *relay = carrier->relay;

	if (relay->output[stream].from < 0)
		return true;
	if (pipe->revents != POLLHUP)
		return false;
	output_done(&relay->output[stream]);
	/* At the program's end it is closed with all else. */
	if (carrier->late_ms != 0 && stream < STDERR_FILENO && is_awaited(relay, stream))
		let_go(stream);
	return true;
}

/* Return: 0 where there is nothing to be carried yet, else as start(). */
static int look(struct carrier *carrier, const struct carrier_wait *wait)
{
	bool needed = false, empty = true;

	for (int i = 1; i < STREAMS; i++) {
		bool closed = close_empty(carrier, i, &wait->pipe[i]);

		needed |= !closed && wait->pipe[i].revents != 0;
		empty &= closed;
	}
	carrier->done = empty;
	return needed || (!empty && carrier_patience(carrier) == 0) ? start(carrier) : 0;
}

static void hear(struct carrier *carrier)
{
	struct report report;
	ssize_t n = call_recv(carrier->fd, &report, sizeof(report), MSG_DONTWAIT);
	bool whole = n == (ssize_t)sizeof(report);

	/* ECONNRESET comes once, and before what has been said. */
	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNRESET))
		return;
	if (whole && report.kind == REPORT_CLOSED) {
		let_go(report.closed);
		return;
	}
	carrier->lost = !whole;
	for (int i = 0; i < STREAMS && whole; i++)
		carrier->errnum[i] = report.errnum[i];
	carrier->fd = fd_close(carrier->fd);
	carrier->done = true;
}

int carrier_move(struct carrier *carrier, const struct carrier_wait *wait)
{
	if (wait->word.revents != 0)
		hear(carrier);
	return is_idle(carrier) ? look(carrier, wait) : 0;
}

int carrier_end(struct carrier *carrier)
{
	struct carrier_wait wait = carrier_wait(carrier);
	int r = 0;

	carrier->late_ms = 0;
	if (is_idle(carrier))
		r = poll(wait.pipe, STREAMS, 0) < 0 ? -errno : look(carrier, &wait);
	if (r == 0 && carrier->fd >= 0)
		/* It is there, or has ended: that is heard next. */
		(void)call_send(carrier->fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	return r;
}

/* It may have just so much left to do as to give the input back. */
static void wait_for_done(struct carrier *carrier)
{
	struct pollfd in = { .fd = carrier->fd, .events = POLLIN };

	(void)call_send(carrier->fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT); /* maybe once more */
	while (!carrier->done && deadline_farewell(&in, carrier->pid) == 1)
		hear(carrier);
}

/* Nobody uses its memory any more. */
static void bury(struct carrier *carrier)
{
	struct carrier_load *load = &carrier->load;

	(void)reap(carrier->pid, NULL); /* our child */
	free(load->input.buf);
	for (int i = 1; i < STREAMS; i++)
		free(load->output[i].buf);
}

void carrier_done(struct carrier *carrier)
{
	_cleanup_fd_ int pidfd = -EBADF;
	struct pollfd gone = { .events = POLLIN };

	if (carrier->pid <= 0)
		return;
	if (!carrier->done)
		wait_for_done(carrier);
	if (!carrier->done)
		(void)kill(carrier->pid, SIGKILL); /* not reaped: the number is its own */
	carrier->fd = fd_close(carrier->fd);
	gone.fd = pidfd = pidfd_of(carrier->pid);
	if (pidfd < 0 || deadline_farewell(&gone, carrier->pid) != -ETIMEDOUT)
		bury(carrier);
	carrier->pid = 0;
}
