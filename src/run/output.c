/* SPDX-License-Identifier: MIT */
/*
 * What the program writes, to where the caller wanted it. A slow reader of the caller's slows the
 * program down and nothing else; a reader that has gone ends what it writes, as without nsjoin.
 */
#include "run/streams.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/raw.h"
#include "util/fd.h"
#include "util/macro.h"

enum {
	BUFFER = 128 * 1024,
	/* A pty holds some 8 KiB and gives 4095 at a time: what is read is two of these. With more,
	 * the program and the terminal take turns. */
	PTY_BUFFER = 2 * 4095,
	PIPE_ROOM = 256 * 1024, /* fewer turns between the program and us; less where not allowed */
	PTY_ROOM = 128 * 1024,	/* more than the kernel keeps of what was written to a pty */
	SMALL = 256		/* what a terminal takes without waiting, once it takes anything */
};

static size_t buffer_size(const struct output *output)
{
	return output->from_pty ? PTY_BUFFER : BUFFER;
}

int output_use_buffer(struct output *output)
{
	if (output->from >= 0)
		output->buf = malloc(buffer_size(output));
	return output->from < 0 || output->buf ? 0 : -ENOMEM;
}

int output_open_pipe(struct output *output, int to, const struct stream_fact *fact,
		     int *ret_program)
{
	int end[2];

	if (call_pipe(end, O_CLOEXEC) < 0)
		return -errno;
	*output = (struct output)OUTPUT_INIT;
	if (!fact->writable) {
		/* What was not opened for writing cannot be written to inside either. */
		(void)fd_close(end[1]); /* -EBADF */
		*ret_program = end[0];
		output->ended = true;
		return 0;
	}
	output->from = end[0];
	output->to = to;
	output->kind = fact->kind;
	*ret_program = end[1];
	return 0;
}

int output_open_pty(struct output *output, int master, int to, enum stream_kind kind, bool own)
{
	*output = (struct output)OUTPUT_INIT;
	output->from = master;
	output->from_pty = true;
	output->to = to;
	output->kind = kind;
	output->own = own;
	return output_use_buffer(output);
}

void output_begin(struct output *output)
{
	int r;

	if (output->from < 0)
		return;
	r = raw_fcntl(output->from, F_SETFL, O_NONBLOCK);
	if (r < 0)
		output_break(output, -r);
	else
		(void)raw_fcntl(output->from, F_SETPIPE_SZ, PIPE_ROOM); /* faster, where allowed */
}

struct stream_wait output_wait(const struct output *output)
{
	struct stream_wait wait = { { .fd = -1 }, { .fd = -1 } };

	if (!output->ended && output->have < buffer_size(output))
		wait.from = (struct pollfd){ .fd = output->from, .events = POLLIN };
	if (output->at < output->have)
		wait.to = (struct pollfd){ .fd = output->to, .events = POLLOUT };
	else if (!output->ended && (output->kind == STREAM_PIPE || output->kind == STREAM_SOCKET))
		wait.to = (struct pollfd){ .fd = output->to }; /* POLLERR: the reader has gone */
	return wait;
}

/* ---- carrying */

/* What becomes CR LF again on its way out. A CR that ended the last piece is gone already. */
static size_t leave_out_cr(char *buf, size_t n)
{
	size_t out = 0;
	char *cr = memchr(buf, '\r', n);

	if (!cr)
		return n;
	out = (size_t)(cr - buf);
	for (size_t i = out; i < n; i++)
		if (buf[i] != '\r' || i + 1 == n || buf[i + 1] != '\n')
			buf[out++] = buf[i];
	return out;
}

static void end_output(struct output *output)
{
	output->ended = true;
	/* Closed: a program that goes on, or what it left behind, gets SIGPIPE. */
	if (!output->from_pty)
		output->from = raw_close(output->from);
}

void output_break(struct output *output, int errnum)
{
	output->at = output->have = 0;
	output->errnum = errnum;
	end_output(output);
}

/* As much as there is and fits: fewer, larger writes. */
static void read_all(struct output *output)
{
	while (!output->ended && output->have < buffer_size(output)) {
		size_t room = buffer_size(output) - output->have;
		char *end = output->buf + output->have;
		ssize_t n;

		if (output->ending)
			room = MIN(room, output->more);
		n = room > 0 ? raw_read(output->from, end, room) : 0;
		if (n == -EINTR)
			continue;
		if (n == -EAGAIN && !output->ending)
			return;
		if (n < 0 && n != -EAGAIN && !output->from_pty) {
			output_break(output, (int)-n);
			return;
		}
		/* EIO of a master: nobody has the slave open. */
		if (n <= 0) {
			end_output(output);
			return;
		}
		if (output->ending)
			output->more -= (size_t)n;
		output->have += output->cooked ? leave_out_cr(end, (size_t)n) : (size_t)n;
	}
}

static bool takes_some(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return raw_poll(&room, 1, 0) > 0;
}

/* What takes anything takes @most without waiting. */
static ssize_t write_little(int fd, const char *buf, size_t n, size_t most)
{
	return takes_some(fd) ? raw_write(fd, buf, MIN(n, most)) : -EAGAIN;
}

/* Linux 6.4 can write to a pipe without waiting. */
static ssize_t write_pipe(int fd, const char *buf, size_t n)
{
	struct iovec piece = { .iov_base = (void *)(uintptr_t)buf, .iov_len = n };
	ssize_t done = raw_writev2(fd, &piece, 1, RWF_NOWAIT);

	if (done == -EOPNOTSUPP || done == -ENOSYS)
		done = write_little(fd, buf, n, PIPE_BUF);
	return done;
}

static ssize_t write_some(const struct output *output)
{
	const char *buf = output->buf + output->at;
	size_t n = output->have - output->at;

	switch (output->kind) {
	case STREAM_PIPE:
		return write_pipe(output->to, buf, n);
	case STREAM_SOCKET:
		return raw_send(output->to, buf, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case STREAM_TERMINAL:
	case STREAM_OTHER:
		if (!output->own)
			return write_little(output->to, buf, n, SMALL);
		break;
	case STREAM_SEEKABLE:
	case STREAM_NULL:
	case STREAM_DIRECTORY:
		break;
	}
	return raw_write(output->to, buf, n);
}

static void write_out(struct output *output)
{
	ssize_t n = write_some(output);

	if (n >= 0)
		output->at += (size_t)n;
	else if (n != -EAGAIN && n != -EINTR)
		output_break(output, (int)-n);
	if (output->at == output->have)
		output->at = output->have = 0;
}

void output_move(struct output *output, const struct stream_wait *wait)
{
	/* The last writer has closed an empty pipe. */
	if (wait->from.revents == POLLHUP && !output->from_pty)
		end_output(output);
	else if (wait->from.revents != 0)
		read_all(output);
	if (output->at < output->have && (wait->from.revents | wait->to.revents) != 0)
		write_out(output);
	else if (wait->to.revents & (POLLERR | POLLHUP))
		output_break(output, EPIPE);
	/* Of the end, what did not fit before: nobody will say that there is more. */
	if (output->ending && output->at == output->have)
		read_all(output);
}

/* ---- the end */

void output_end(struct output *output)
{
	int more = PTY_ROOM;

	if (output->ended || output->from < 0)
		return;
	if (!output->from_pty && raw_ioctl(output->from, FIONREAD, &more) < 0)
		more = PIPE_ROOM;
	output->more = (size_t)more;
	output->ending = true;
	if (more > 0)
		read_all(output);
	else
		end_output(output);
}

bool output_is_done(const struct output *output)
{
	return (output->ended || output->from < 0) && output->at == output->have;
}

void output_close(struct output *output)
{
	if (!output->from_pty)
		output->from = raw_close(output->from);
}

void output_done(struct output *output)
{
	output_close(output);
	free(output->buf);
	*output = (struct output)OUTPUT_INIT;
}
