/* SPDX-License-Identifier: MIT */
#include "run/relay.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/words.h"
#include "util/fd.h"

static const char *const stream_name[STREAMS] = {
	"standard input",
	"standard output",
	"standard error",
};

static int complain(struct error *err, int r, const char *what)
{
	return error_set(err, ERROR_SYSTEM, -r, "%s", what);
}

/*
 * Where it cannot be given away all may: a pipe without a name is reached only through /proc by those
 * who may look into the program.
 */
int relay_give(int fd, uid_t uid, gid_t gid)
{
	if (uid == (uid_t)-1 && gid == (gid_t)-1)
		return 0; /* it is */
	if (call_fchown(fd, uid, gid) == 0 || call_fchmod(fd, 0666) == 0)
		return 0;
	return -errno;
}

static int open_pipe(struct relay *relay, int i, uid_t uid, gid_t gid)
{
	const struct stream_fact *fact = &relay->fact[i];
	int r;

	if (i == 0)
		r = input_open_pipe(&relay->input, i, fact, &relay->program[i]);
	else
		r = output_open_pipe(&relay->output[i], i, fact, &relay->program[i]);
	return r < 0 ? r : relay_give(relay->program[i], uid, gid);
}

/* The pty stands for the first stream that is a terminal. */
static int find_terminal(struct relay *relay)
{
	for (int i = 0; i < STREAMS; i++)
		if (relay->plan[i].way == WAY_PTY && relay->fact[i].kind == STREAM_TERMINAL)
			return terminal_open(&relay->terminal, i);
	return 0;
}

int relay_open(struct relay *relay, const struct stream_plan plan[STREAMS],
	       const struct stream_fact fact[STREAMS], uid_t uid, gid_t gid, struct error *err)
{
	int r;

	for (int i = 0; i < STREAMS; i++) {
		relay->plan[i] = plan[i];
		relay->fact[i] = fact[i];
	}
	for (int i = 0; i < STREAMS; i++) {
		if (plan[i].way != WAY_PIPE || plan[i].with != i)
			continue;
		r = open_pipe(relay, i, uid, gid);
		if (r < 0)
			return error_set(err, ERROR_SYSTEM, -r, "make a pipe for %s",
					 stream_name[i]);
	}
	r = find_terminal(relay);
	return r < 0 ? complain(err, r, "look at the terminal") : 0;
}

int relay_program_fd(const struct relay *relay, int stream)
{
	const struct stream_plan *plan = &relay->plan[stream];

	switch (plan->way) {
	case WAY_PASS:
		return stream;
	case WAY_PIPE:
		return relay->program[plan->with];
	case WAY_PTY:
		break;
	}
	return -EBADF;
}

static bool has_pty(const struct relay *relay)
{
	for (int i = 0; i < STREAMS; i++)
		if (relay->plan[i].way == WAY_PTY)
			return true;
	return false;
}

bool relay_lacks_pty(const struct relay *relay)
{
	return has_pty(relay) && relay->master < 0;
}

static bool is_terminal(const struct relay *relay, int stream)
{
	return relay->plan[stream].way == WAY_PTY && relay->fact[stream].kind == STREAM_TERMINAL;
}

bool relay_foreground(const struct relay *relay)
{
	if (!has_pty(relay))
		return false;
	if (relay->terminal.fd < 0)
		return true;
	/* Whoever reads and writes there has all of it; others are seen to want it. */
	return is_terminal(relay, 0) && is_terminal(relay, 1) && terminal_is_ours(&relay->terminal);
}

/* ---- the pty */

static int open_slave(int master, uid_t uid, int *ret_slave)
{
	int unlocked = 0, slave;

	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	/* The group "tty" that the file system has set stays; who cannot give it away keeps it. */
	if (call_fchown(slave, uid, (gid_t)-1) < 0 && errno != EPERM) {
		int keep = errno;

		(void)fd_close(slave); /* -EBADF */
		return -keep;
	}
	*ret_slave = slave;
	return 0;
}

int relay_host_pty(struct relay *relay, uid_t uid, int *ret_slave, struct error *err)
{
	_cleanup_fd_ int slave = -EBADF;
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int r = master < 0 ? -errno : open_slave(master, uid, &slave);

	if (r < 0) {
		(void)fd_close(master); /* -EBADF */
		return complain(err, r, "make a terminal");
	}
	r = relay_take_pty(relay, master, err);
	if (r == 0)
		*ret_slave = fd_steal(&slave);
	return r;
}

/* Where what is written to the pty goes, if its terminal could not be opened once more. */
static int pty_output(const struct relay *relay)
{
	for (int i = 1; i < STREAMS; i++)
		if (relay->plan[i].way == WAY_PTY && relay->fact[i].writable)
			return i;
	return 0;
}

int relay_take_pty(struct relay *relay, int master, struct error *err)
{
	bool has_terminal = relay->terminal.fd >= 0;
	int to = relay->terminal.own ? relay->terminal.fd : pty_output(relay);
	int from = relay->terminal.fd;
	enum stream_kind kind = STREAM_TERMINAL;
	int r;

	relay->master = master;
	if (!has_terminal)
		kind = relay->fact[to].kind;
	/* --pty=always: what is no terminal is typed into it. */
	if (relay->plan[0].way == WAY_PTY && relay->fact[0].kind != STREAM_TERMINAL)
		from = 0;
	r = fcntl(master, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
	if (r == 0 && has_terminal)
		r = terminal_copy(&relay->terminal, master);
	if (r == 0)
		r = input_open_pty(&relay->keys, from, master);
	if (r == 0)
		r = output_open_pty(&relay->output[0], master, to, kind, relay->terminal.own);
	return r < 0 ? complain(err, r, "prepare the program's terminal") : 0;
}

void relay_pass_on(const struct relay *relay)
{
	const struct output *output = &relay->output[relay->plan[2].with];
	const struct words words = { output->from, -EBADF };

	if (relay->plan[2].way == WAY_PIPE && fcntl(output->from, F_SETFL, O_NONBLOCK) == 0)
		words_pass_on(&words);
}

void relay_done(struct relay *relay)
{
	terminal_done(&relay->terminal);
	input_done(&relay->input);
	input_done(&relay->keys);
	for (int i = 0; i < STREAMS; i++) {
		output_done(&relay->output[i]);
		(void)fd_close(relay->program[i]); /* -EBADF */
	}
	(void)fd_close(relay->master); /* -EBADF */
	*relay = (struct relay)RELAY_INIT;
}
