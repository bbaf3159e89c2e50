/* SPDX-License-Identifier: MIT */
/*
 * The program's standard input. What it does not read has to be there for the next reader: a loop's
 * list, the rest of a here-document. A file is read ahead and sought back. From a pipe nothing is
 * taken before the program has read its copy: that pipe of one page can be written to when it is
 * empty and at no other time, which tells.
 */
#include "run/streams.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/raw.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	PAGE = 4096, /* the least that a pipe can hold; rounded up where a page is larger */
	AHEAD = 64 * 1024,
	INTERRUPT = 'C' & 0x1f
};

static enum input_kind kind_for(const struct stream_fact *fact)
{
	switch (fact->kind) {
	case STREAM_SEEKABLE:
		return INPUT_SEEK;
	case STREAM_PIPE:
		return INPUT_TEE;
	case STREAM_SOCKET:
		return INPUT_PEEK;
	case STREAM_TERMINAL:
	case STREAM_OTHER:
		return INPUT_READ;
	case STREAM_NULL:
	case STREAM_DIRECTORY:
		break;
	}
	return INPUT_NONE;
}

static int use_buffer(struct input *input)
{
	input->buf = malloc(AHEAD);
	return input->buf ? 0 : -ENOMEM;
}

/* Keeps the pipe as the input's own. */
static int keep_pipe(struct input *input, int *end)
{
	if (input->kind == INPUT_SEEK) {
		input->unread = fcntl(end[0], F_DUPFD_CLOEXEC, 3);
		if (input->unread < 0)
			return -errno;
	} else if (fcntl(end[1], F_SETPIPE_SZ, PAGE) < 0) {
		return -errno;
	}
	if (fcntl(end[1], F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	input->to = fd_steal(&end[1]);
	return use_buffer(input);
}

int input_open_pipe(struct input *input, int from, const struct stream_fact *fact, int *ret_program)
{
	int end[2], r = 0;

	if (call_pipe(end, O_CLOEXEC) < 0)
		return -errno;
	*input = (struct input)INPUT_INIT;
	input->from = from;
	input->kind = fact->readable ? kind_for(fact) : INPUT_NONE;
	input->wanted = true;
	if (input->kind != INPUT_NONE)
		r = keep_pipe(input, end);
	/* What was not opened for reading cannot be read inside either. */
	if (!fact->readable) {
		int swap = end[0];

		end[0] = end[1];
		end[1] = swap;
	}
	end[1] = fd_close(end[1]);
	if (r < 0) {
		(void)fd_close(end[0]);
		input_done(input);
		return r;
	}
	*ret_program = end[0];
	return 0;
}

int input_open_pty(struct input *input, int from, int master)
{
	*input = (struct input)INPUT_INIT;
	input->kind = INPUT_READ;
	input->from = from;
	input->to = master;
	input->to_pty = true;
	return use_buffer(input);
}

/* ---- what is waited for */

static struct pollfd no_wait(void)
{
	return (struct pollfd){ .fd = -1 };
}

struct stream_wait input_wait(const struct input *input)
{
	struct stream_wait wait = { no_wait(), no_wait() };
	bool filled = input->at < input->have || input->pending > 0 || input->full;

	if (input->kind == INPUT_NONE || input->to < 0)
		return wait;
	if (filled || (input->kind == INPUT_SEEK && !input->ended))
		wait.to = (struct pollfd){ .fd = input->to, .events = POLLOUT };
	else if (!input->ended && input->wanted)
		wait.from = (struct pollfd){ .fd = input->from, .events = POLLIN };
	return wait;
}

/* ---- carrying */

static void end_input(struct input *input, int errnum)
{
	input->ended = true;
	input->errnum = errnum;
}

/* The program sees the end when it has read what is there. */
static void pass_end(struct input *input)
{
	struct termios settings;

	if (!input->to_pty) {
		input->to = raw_close(input->to);
		return;
	}
	/* Only where it is more than one more key. */
	if (input->errnum == 0 && tcgetattr(input->to, &settings) == 0 &&
	    (settings.c_lflag & ICANON)) {
		input->buf[0] = (char)settings.c_cc[VEOF];
		input->at = 0;
		input->have = 1;
	}
}

void input_end(struct input *input)
{
	end_input(input, 0);
	pass_end(input);
}

/* The program has closed its side: what it had not read stays where it is. */
static void lose_reader(struct input *input, int errnum)
{
	input_give_back(input);
	end_input(input, errnum);
	if (!input->to_pty)
		input->to = raw_close(input->to);
}

static void write_some(struct input *input)
{
	ssize_t n = raw_write(input->to, input->buf + input->at, input->have - input->at);

	if (n >= 0)
		input->at += (size_t)n;
	else if (n != -EAGAIN && n != -EINTR)
		lose_reader(input, (int)-n);
	if (input->at == input->have)
		input->at = input->have = 0;
}

static ssize_t read_some(struct input *input)
{
	if (input->kind == INPUT_TEE)
		return raw_tee(input->from, input->to, PAGE, SPLICE_F_NONBLOCK);
	if (input->kind == INPUT_PEEK)
		return raw_recv(input->from, input->buf, PAGE, MSG_PEEK | MSG_DONTWAIT);
	return raw_read(input->from, input->buf, input->kind == INPUT_SEEK ? AHEAD : PAGE);
}

static bool takes_nothing(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return raw_poll(&room, 1, 0) == 0;
}

static void fill(struct input *input)
{
	ssize_t n = read_some(input);

	if (n < 0) {
		/* Another reader was faster; or the program writes to its own standard input. */
		input->full = input->kind == INPUT_TEE && takes_nothing(input->to);
		if (n == -EAGAIN || n == -EINTR)
			return;
		end_input(input, (int)-n);
	} else if (n == 0) {
		end_input(input, 0);
	}
	if (n <= 0) {
		pass_end(input);
		return;
	}
	input->interrupted |= input->to_pty && memchr(input->buf, INTERRUPT, (size_t)n);
	if (input->kind == INPUT_TEE || input->kind == INPUT_PEEK)
		input->pending = (size_t)n;
	if (input->kind != INPUT_TEE) {
		input->have = (size_t)n;
		input->carried += (size_t)n;
		write_some(input);
	}
}

/* Take @n bytes away that the program has read. They are there, unless somebody else reads, too. */
static void take_away(struct input *input, size_t n)
{
	while (n > 0) {
		struct pollfd there = { .fd = input->from, .events = POLLIN };
		ssize_t got = 0;

		if (input->kind == INPUT_PEEK)
			got = raw_recv(input->from, input->buf, n, MSG_DONTWAIT);
		else if (raw_poll(&there, 1, 0) == 1 && (there.revents & POLLIN))
			got = raw_read(input->from, input->buf, n);
		if (got == -EINTR)
			continue;
		if (got <= 0)
			break;
		n -= (size_t)got;
	}
	input->pending = 0;
}

/* A terminal or a device may make a read wait: only what poll(2) has seen there is taken. */
static bool has_more(const struct input *input, const struct stream_wait *wait)
{
	return wait->from.revents != 0 ||
	       ((wait->to.revents & POLLOUT) && input->kind != INPUT_READ);
}

void input_move(struct input *input, const struct stream_wait *wait)
{
	if (input->to >= 0 && (wait->to.revents & POLLERR) && !input->to_pty) {
		lose_reader(input, EPIPE);
		return;
	}
	if (wait->to.revents & POLLOUT)
		input->full = false;
	if (wait->to.revents != 0 && input->at < input->have)
		write_some(input);
	else if ((wait->to.revents & POLLOUT) && input->pending > 0)
		take_away(input, input->pending);
	if (!input->ended && input->at == input->have && input->pending == 0 &&
	    has_more(input, wait) && input->to >= 0 && input->wanted)
		fill(input);
}

/* ---- the end */

/* What is in the pipe is taken out, so that nobody whom the program left behind reads it as well. */
static size_t drain(struct input *input)
{
	size_t all = 0;
	ssize_t n;

	if (raw_fcntl(input->unread, F_SETFL, O_NONBLOCK) < 0)
		return 0;
	while ((n = raw_read(input->unread, input->buf, AHEAD)) > 0 || n == -EINTR)
		all += n > 0 ? (size_t)n : 0;
	return all;
}

void input_give_back(struct input *input)
{
	size_t buffered = input->have - input->at;
	int left = 0;

	if (input->kind == INPUT_NONE)
		return;
	if (input->kind == INPUT_SEEK) {
		off_t unread = (off_t)(buffered + drain(input));

		/* The program may have written into its own standard input. */
		unread = MIN(unread, (off_t)input->carried);
		/* What cannot be sought back was no file. */
		if (unread > 0)
			(void)raw_lseek(input->from, -unread, SEEK_CUR);
	} else if (input->pending > 0 && raw_ioctl(input->to, FIONREAD, &left) == 0) {
		size_t unread = MIN(input->pending, (size_t)left + buffered);

		take_away(input, input->pending - unread);
	}
	input->pending = input->at = input->have = 0;
}

void input_close(struct input *input)
{
	if (!input->to_pty)
		input->to = raw_close(input->to);
	input->unread = raw_close(input->unread);
}

void input_done(struct input *input)
{
	input_close(input);
	free(input->buf);
	*input = (struct input)INPUT_INIT;
}
