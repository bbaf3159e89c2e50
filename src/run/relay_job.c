/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is at the terminal. Inside, the program is a job of its own beside the leader, so
 * that reading stops it with SIGTTIN as long as it has not been given the pty's foreground: this
 * is how its wish for keys is seen, and until then the terminal is left to the caller's other jobs.
 */
#include "run/relay_loop.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/wait.h"

#include "util/fd.h"

static void tell(const struct relay_loop *loop, enum leader_order_kind kind)
{
	const struct leader_order order = { .kind = (__u32)kind };

	/* A leader that has gone is seen where its reports are read. One that was stopped by somebody in
	 * the target, and takes no more, is not waited for. */
	(void)call_send(loop->link->control_fd, &order, sizeof(order), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool has_terminal(const struct relay_loop *loop)
{
	return loop->relay->terminal.fd >= 0 && !loop->hung_up;
}

/* All of the terminal belongs to the program where it reads and writes there. */
static enum terminal_mode wanted_mode(const struct relay *relay)
{
	bool writes = relay->plan[1].way == WAY_PTY && relay->fact[1].kind == STREAM_TERMINAL;

	return writes ? TERMINAL_RAW : TERMINAL_LENT;
}

static void set_mode(struct relay *relay, enum terminal_mode mode)
{
	/* It may hang up at any time; that is seen when it is read. */
	(void)terminal_set(&relay->terminal, mode);
	relay->output[0].cooked =
		relay->terminal.mode != TERMINAL_RAW && terminal_adds_cr(&relay->terminal);
}

/* @order: it has not got the pty's foreground with its start. */
static void lend(struct relay_loop *loop, bool order)
{
	struct relay *relay = loop->relay;

	if (has_terminal(loop)) {
		set_mode(relay, wanted_mode(relay));
		(void)terminal_follow(&relay->terminal, relay->master);	   /* as they were, else */
		(void)terminal_copy_size(&relay->terminal, relay->master); /* as it was, else */
	}
	relay->keys.wanted = true;
	loop->lent = true;
	loop->stopped = 0;
	/* Not when it has it: the SIGCONT that comes with it could undo a ^Z of the meantime. */
	if (order)
		tell(loop, LEADER_ORDER_FOREGROUND);
}

void relay_lend(struct relay_loop *loop)
{
	lend(loop, true);
}

void relay_begin(struct relay_loop *loop)
{
	struct relay *relay = loop->relay;

	if (relay->master < 0)
		return;
	if (relay_foreground(relay)) {
		lend(loop, false);
	} else if (has_terminal(loop)) {
		set_mode(relay, TERMINAL_KEPT);
		/* It may have changed while the program was started. */
		(void)terminal_copy_size(&relay->terminal, relay->master); /* as it was, else */
	}
}

/* Stops @whom as the terminal would, ourselves included. Return: whether that and a SIGCONT came. */
static bool stop_self(const struct relay_loop *loop, pid_t whom, int sig)
{
	/* Somebody may let the program alone go on: its bytes have to be carried then. */
	pid_t watcher = watch_reports(loop->link->control_fd);
	uint64_t pending;

	wait_signal(whom, sig);
	watch_end(watcher);
	/* Held back, it waits to be read. A group that nobody could continue does not stop. */
	return call_sigpending(&pending) == 0 && (pending >> (SIGCONT - 1) & 1);
}

/* As the terminal would do with what reads it in the background. */
static void want_foreground(struct relay_loop *loop, int sig)
{
	struct relay *relay = loop->relay;

	loop->stopped = sig;
	if (stop_self(loop, 0, sig))
		return; /* relay_goes_on() comes next */
	/* Nobody to give us the foreground: such a read fails. The program sees an end. */
	loop->stopped = 0;
	relay->keys.from = -EBADF;
	relay->keys.wanted = true;
	input_end(&relay->keys);
	tell(loop, LEADER_ORDER_FOREGROUND);
}

void relay_stopped(struct relay_loop *loop, int sig)
{
	struct relay *relay = loop->relay;
	bool keys = relay->terminal.mode != TERMINAL_KEPT;

	if (relay->master >= 0 && (sig == SIGTTIN || sig == SIGTTOU)) {
		if (!has_terminal(loop) || terminal_is_ours(&relay->terminal))
			lend(loop, true);
		else
			want_foreground(loop, sig);
		return;
	}
	loop->stopped = sig;
	set_mode(relay, TERMINAL_KEPT);
	/*
	 * ^Z that went inside: a terminal would have stopped our whole group. SIGTSTP also where it
	 * was SIGSTOP: in a group that nobody can continue the kernel ignores it.
	 */
	if (!stop_self(loop, keys ? 0 : getpid(), sig == SIGSTOP ? SIGTSTP : sig) && sig != SIGSTOP)
		relay_goes_on(loop);
}

void relay_goes_on(struct relay_loop *loop)
{
	struct relay *relay = loop->relay;
	bool ours = has_terminal(loop) && terminal_is_ours(&relay->terminal);

	if (relay->master < 0) {
		if (loop->stopped)
			tell(loop, LEADER_ORDER_CONTINUE);
	} else if (ours && (loop->lent || loop->stopped == SIGTTIN || loop->stopped == SIGTTOU ||
			    relay_foreground(relay))) {
		/* Who has it already may have given it to a job of its own since. */
		lend(loop, loop->stopped || !loop->lent);
	} else if (loop->stopped) {
		relay->keys.wanted = false;
		tell(loop, LEADER_ORDER_BACKGROUND);
		tell(loop, LEADER_ORDER_CONTINUE);
	}
	loop->stopped = 0;
}

void relay_hang_up(struct relay_loop *loop)
{
	struct relay *relay = loop->relay;

	if (loop->hung_up)
		return;
	loop->hung_up = true;
	set_mode(relay, TERMINAL_KEPT);
	relay->keys.kind = INPUT_NONE;
	output_break(&relay->output[0], EIO);
	/* The kernel tells the pty's session. */
	relay->master = fd_close(relay->master);
}
