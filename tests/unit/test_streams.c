/* SPDX-License-Identifier: MIT */
/* Both ends of each stream are the test's own: nothing here waits, so one process can do it all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "run/streams.h"
#include "util/fd.h"

/* One turn: what is ready now is carried. */
static void turn_input(struct input *input)
{
	struct stream_wait wait = input_wait(input);
	struct pollfd both[2] = { wait.from, wait.to };

	assert_true(poll(both, 2, 0) >= 0);
	wait.from = both[0];
	wait.to = both[1];
	input_move(input, &wait);
}

static void turn_output(struct output *output)
{
	struct stream_wait wait = output_wait(output);
	struct pollfd both[2] = { wait.from, wait.to };

	assert_true(poll(both, 2, 0) >= 0);
	wait.from = both[0];
	wait.to = both[1];
	output_move(output, &wait);
}

static int temporary(const char *content)
{
	char name[] = "/tmp/test_streams.XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void open_input(struct input *input, int from, enum stream_kind kind, int *ret_program)
{
	const struct stream_fact fact = { .kind = kind, .readable = true };

	assert_int_equal(input_open_pipe(input, from, &fact, ret_program), 0);
}

static void expect_read(int fd, const char *text)
{
	char buf[64] = "";

	assert_int_equal(read(fd, buf, strlen(text)), (ssize_t)strlen(text));
	assert_string_equal(buf, text);
}

static void expect_end(int fd)
{
	char byte;

	assert_int_equal(read(fd, &byte, 1), 0);
}

/* ---- input */

static void what_is_left_of_a_file_is_sought_back(void **state)
{
	struct input input = INPUT_INIT;
	int file = temporary("one\ntwo\nthree\n"), program;

	(void)state;
	open_input(&input, file, STREAM_SEEKABLE, &program);
	turn_input(&input);
	turn_input(&input);
	expect_read(program, "one\n");
	assert_int_equal(lseek(file, 0, SEEK_CUR), 14); /* all of it was read ahead */
	input_give_back(&input);
	assert_int_equal(lseek(file, 0, SEEK_CUR), 4);
	input_done(&input);
	expect_end(program);
	close(program);
	close(file);
}

static void a_pipe_keeps_what_was_not_read(void **state)
{
	struct input input = INPUT_INIT;
	int source[2], program;

	(void)state;
	assert_int_equal(pipe(source), 0);
	assert_int_equal(write(source[1], "one\ntwo\n", 8), 8);
	open_input(&input, source[0], STREAM_PIPE, &program);
	turn_input(&input);
	expect_read(program, "one\n");
	input_give_back(&input);
	input_done(&input);
	expect_read(source[0], "two\n");
	close(program);
	close(source[0]);
	close(source[1]);
}

static void a_pipe_is_emptied_as_it_is_read_and_has_an_end(void **state)
{
	struct input input = INPUT_INIT;
	int source[2], program, left;

	(void)state;
	assert_int_equal(pipe(source), 0);
	assert_int_equal(write(source[1], "one\n", 4), 4);
	open_input(&input, source[0], STREAM_PIPE, &program);
	turn_input(&input);
	expect_read(program, "one\n");
	turn_input(&input);
	assert_int_equal(ioctl(source[0], FIONREAD, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(write(source[1], "two\n", 4), 4);
	close(source[1]);
	turn_input(&input);
	expect_read(program, "two\n");
	turn_input(&input);
	turn_input(&input);
	expect_end(program);
	input_done(&input);
	close(program);
	close(source[0]);
}

static void a_socket_keeps_what_was_not_read(void **state)
{
	struct input input = INPUT_INIT;
	int source[2], program;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, source), 0);
	assert_int_equal(write(source[1], "one\ntwo\n", 8), 8);
	open_input(&input, source[0], STREAM_SOCKET, &program);
	turn_input(&input);
	expect_read(program, "one\n");
	input_give_back(&input);
	input_done(&input);
	expect_read(source[0], "two\n");
	close(program);
	close(source[0]);
	close(source[1]);
}

/* It can: the pipe is the program's own. It is not to keep us busy. */
static void a_program_that_fills_its_own_input_is_waited_for(void **state)
{
	struct input input = INPUT_INIT;
	struct stream_wait wait;
	int source[2], program, again;
	char path[32];

	(void)state;
	assert_int_equal(pipe(source), 0);
	open_input(&input, source[0], STREAM_PIPE, &program);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
	again = open(path, O_WRONLY);
	assert_true(again >= 0);
	assert_int_equal(write(again, "own\n", 4), 4);
	assert_int_equal(write(source[1], "one\n", 4), 4);
	turn_input(&input);
	wait = input_wait(&input);
	assert_true(wait.from.fd < 0);
	assert_int_equal(poll(&wait.to, 1, 0), 0);
	expect_read(program, "own\n");
	turn_input(&input);
	turn_input(&input);
	expect_read(program, "one\n");
	input_done(&input);
	close(again);
	close(program);
	close(source[0]);
	close(source[1]);
}

static void a_program_that_closes_its_input_loses_nothing(void **state)
{
	struct input input = INPUT_INIT;
	int source[2], program;

	(void)state;
	assert_int_equal(pipe(source), 0);
	assert_int_equal(write(source[1], "one\ntwo\n", 8), 8);
	open_input(&input, source[0], STREAM_PIPE, &program);
	turn_input(&input);
	expect_read(program, "one\n");
	close(program);
	turn_input(&input);
	assert_true(input.ended);
	expect_read(source[0], "two\n");
	input_done(&input);
	close(source[0]);
	close(source[1]);
}

static void the_null_device_is_an_empty_pipe(void **state)
{
	struct input input = INPUT_INIT;
	int program;

	(void)state;
	open_input(&input, -1, STREAM_NULL, &program);
	expect_end(program);
	input_done(&input);
	close(program);
}

static void what_cannot_be_read_outside_cannot_be_read_inside(void **state)
{
	const struct stream_fact fact = { .kind = STREAM_SEEKABLE };
	struct input input = INPUT_INIT;
	int program;
	char byte;

	(void)state;
	assert_int_equal(input_open_pipe(&input, -1, &fact, &program), 0);
	assert_int_equal(read(program, &byte, 1), -1);
	assert_int_equal(errno, EBADF);
	input_done(&input);
	close(program);
}

static void nothing_is_typed_before_it_is_wanted(void **state)
{
	struct input input = INPUT_INIT;
	int keys[2], master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), left;

	(void)state;
	assert_int_equal(pipe(keys), 0);
	assert_true(master >= 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(input_open_pty(&input, keys[0], master), 0);
	assert_int_equal(write(keys[1], "key\n", 4), 4);
	turn_input(&input);
	assert_int_equal(ioctl(keys[0], FIONREAD, &left), 0);
	assert_int_equal(left, 4);
	input.wanted = true;
	turn_input(&input);
	assert_int_equal(ioctl(keys[0], FIONREAD, &left), 0);
	assert_int_equal(left, 0);
	input_done(&input);
	close(master);
	close(keys[0]);
	close(keys[1]);
}

static void the_end_of_keys_is_the_key_for_the_end(void **state)
{
	struct input input = INPUT_INIT;
	int keys[2], master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), slave;

	(void)state;
	assert_int_equal(pipe(keys), 0);
	assert_true(master >= 0);
	assert_int_equal(unlockpt(master), 0);
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(input_open_pty(&input, keys[0], master), 0);
	input.wanted = true;
	assert_int_equal(write(keys[1], "key\n", 4), 4);
	close(keys[1]);
	for (int i = 0; i < 3; i++)
		turn_input(&input);
	expect_read(slave, "key\n");
	expect_end(slave);
	input_done(&input);
	close(slave);
	close(master);
	close(keys[0]);
}

/* ---- output */

static void open_output(struct output *output, int to, enum stream_kind kind, int *ret_program)
{
	const struct stream_fact fact = { .kind = kind, .writable = true };

	assert_int_equal(output_open_pipe(output, to, &fact, ret_program), 0);
	assert_int_equal(output_use_buffer(output), 0);
	output_begin(output);
}

static void what_the_program_has_left_is_written_and_no_more(void **state)
{
	struct output output = OUTPUT_INIT;
	int to[2], program;

	(void)state;
	assert_int_equal(pipe(to), 0);
	open_output(&output, to[1], STREAM_PIPE, &program);
	assert_int_equal(write(program, "last", 4), 4);
	output_end(&output);
	assert_false(output_is_done(&output));
	turn_output(&output);
	assert_true(output_is_done(&output));
	expect_read(to[0], "last");
	/* Somebody else has it open still. */
	assert_int_equal(write(program, "more", 4), -1);
	assert_int_equal(errno, EPIPE);
	output_done(&output);
	close(program);
	close(to[0]);
	close(to[1]);
}

/* Just what the buffer takes: nothing tells then that it was all, with the other end still open. */
static void many_last_words_are_written_to_the_end(void **state)
{
	static char block[128 * 1024];
	struct output output = OUTPUT_INIT;
	int to = temporary(""), program;

	(void)state;
	open_output(&output, to, STREAM_SEEKABLE, &program);
	assert_true(fcntl(program, F_SETPIPE_SZ, 256 * 1024) >= (int)sizeof(block));
	assert_int_equal(write(program, block, sizeof(block)), (ssize_t)sizeof(block));
	output_end(&output);
	for (int i = 0; i < 3 && !output_is_done(&output); i++)
		turn_output(&output);
	assert_true(output_is_done(&output));
	assert_int_equal(lseek(to, 0, SEEK_END), sizeof(block));
	output_done(&output);
	close(program);
	close(to);
}

static void a_full_reader_is_not_waited_in(void **state)
{
	static char block[65536];
	struct output output = OUTPUT_INIT;
	int to[2], program;
	size_t got = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(to), 0);
	open_output(&output, to[1], STREAM_PIPE, &program);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(program, block, sizeof(block)), (ssize_t)sizeof(block));
		turn_output(&output);
	}
	assert_int_equal(fcntl(to[1], F_GETFL) & O_NONBLOCK, 0);
	close(program);
	while (got < 3 * sizeof(block)) {
		n = read(to[0], block, sizeof(block));
		assert_true(n > 0);
		got += (size_t)n;
		turn_output(&output);
	}
	turn_output(&output);
	assert_true(output_is_done(&output));
	output_done(&output);
	close(to[0]);
	close(to[1]);
}

static void a_reader_that_has_gone_is_noticed_without_a_write(void **state)
{
	struct output output = OUTPUT_INIT;
	int to[2], program;

	(void)state;
	assert_int_equal(pipe(to), 0);
	open_output(&output, to[1], STREAM_PIPE, &program);
	turn_output(&output);
	assert_false(output_is_done(&output));
	close(to[0]);
	turn_output(&output);
	assert_true(output_is_done(&output));
	assert_int_equal(output.errnum, EPIPE);
	assert_int_equal(write(program, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	output_done(&output);
	close(program);
	close(to[1]);
}

static void what_a_full_disk_loses_is_known(void **state)
{
	struct output output = OUTPUT_INIT;
	int to = open("/dev/full", O_WRONLY), program;

	(void)state;
	open_output(&output, to, STREAM_OTHER, &program);
	assert_int_equal(write(program, "x", 1), 1);
	turn_output(&output);
	assert_int_equal(output.errnum, ENOSPC);
	output_done(&output);
	close(program);
	close(to);
}

static void a_device_that_has_no_more_yet_is_not_waited_in(void **state)
{
	struct input input = INPUT_INIT;
	char page[4096] = "";
	int source[2], program;

	(void)state;
	assert_int_equal(pipe(source), 0);
	open_input(&input, source[0], STREAM_OTHER, &program);
	assert_int_equal(write(source[1], page, sizeof(page)), (ssize_t)sizeof(page));
	turn_input(&input);
	assert_int_equal(write(source[1], "more", 4), 4);
	turn_input(&input);
	assert_int_equal(read(program, page, sizeof(page)), (ssize_t)sizeof(page));
	(void)alarm(20); /* a failure is to be a failure and no hang */
	turn_input(&input);
	(void)alarm(0);
	expect_read(program, "more");
	input_done(&input);
	close(program);
	close(source[0]);
	close(source[1]);
}

static void what_cannot_be_written_outside_cannot_be_written_inside(void **state)
{
	const struct stream_fact fact = { .kind = STREAM_NULL };
	struct output output = OUTPUT_INIT;
	int program;

	(void)state;
	assert_int_equal(output_open_pipe(&output, -1, &fact, &program), 0);
	assert_int_equal(write(program, "x", 1), -1);
	assert_int_equal(errno, EBADF);
	assert_true(output_is_done(&output));
	output_done(&output);
	close(program);
}

static void a_terminal_that_adds_its_own_cr_gets_no_second_one(void **state)
{
	struct output output = OUTPUT_INIT;
	int to[2], program;

	(void)state;
	assert_int_equal(pipe(to), 0);
	open_output(&output, to[1], STREAM_PIPE, &program);
	output.cooked = true;
	assert_int_equal(write(program, "a\r\nb\rc\r\r\nd\r", 11), 11);
	turn_output(&output);
	expect_read(to[0], "a\nb\rc\r\nd\r");
	output_done(&output);
	close(program);
	close(to[0]);
	close(to[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_of_a_file_is_sought_back),
		cmocka_unit_test(a_pipe_keeps_what_was_not_read),
		cmocka_unit_test(a_pipe_is_emptied_as_it_is_read_and_has_an_end),
		cmocka_unit_test(a_socket_keeps_what_was_not_read),
		cmocka_unit_test(a_program_that_fills_its_own_input_is_waited_for),
		cmocka_unit_test(a_program_that_closes_its_input_loses_nothing),
		cmocka_unit_test(a_device_that_has_no_more_yet_is_not_waited_in),
		cmocka_unit_test(the_null_device_is_an_empty_pipe),
		cmocka_unit_test(what_cannot_be_read_outside_cannot_be_read_inside),
		cmocka_unit_test(nothing_is_typed_before_it_is_wanted),
		cmocka_unit_test(the_end_of_keys_is_the_key_for_the_end),
		cmocka_unit_test(what_the_program_has_left_is_written_and_no_more),
		cmocka_unit_test(many_last_words_are_written_to_the_end),
		cmocka_unit_test(a_full_reader_is_not_waited_in),
		cmocka_unit_test(a_reader_that_has_gone_is_noticed_without_a_write),
		cmocka_unit_test(what_a_full_disk_loses_is_known),
		cmocka_unit_test(what_cannot_be_written_outside_cannot_be_written_inside),
		cmocka_unit_test(a_terminal_that_adds_its_own_cr_gets_no_second_one),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
