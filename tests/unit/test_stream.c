/* SPDX-License-Identifier: MIT */
/* What 0, 1 and 2 are, in a process that has them as the test wants: it returns a status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/stream.h"

/* Return: 0 where @check is content with the streams that stand for the descriptors of @fd. */
static int look_at(const int fd[STREAMS], bool (*check)(const struct stream_fact *))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct stream_fact fact[STREAMS];

		for (int i = 0; i < STREAMS; i++)
			if (dup2(fd[i], i) < 0)
				_exit(99);
		_exit(stream_look(fact) == 0 && check(fact) ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Above 2, so that no dup2 of the child's takes one away. */
static int open_high(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC), high = fcntl(fd, F_DUPFD_CLOEXEC, 20);

	close(fd);
	return high;
}

static bool are_three_kinds(const struct stream_fact *fact)
{
	return fact[0].kind == STREAM_NULL && fact[1].kind == STREAM_DIRECTORY &&
	       fact[2].kind == STREAM_OTHER && fact[0].readable && !fact[0].writable &&
	       !fact[2].readable && fact[2].writable && fact[1].same_file == 1;
}

static void a_device_a_directory_and_what_they_were_opened_for(void **state)
{
	const int fd[STREAMS] = { open_high("/dev/null", O_RDONLY), open_high("/", O_RDONLY),
				  open_high("/dev/zero", O_WRONLY) };

	(void)state;
	assert_int_equal(look_at(fd, are_three_kinds), 0);
	for (int i = 0; i < STREAMS; i++)
		close(fd[i]);
}

static bool share_a_file(const struct stream_fact *fact)
{
	return fact[0].kind == STREAM_SEEKABLE && fact[1].kind == STREAM_SEEKABLE &&
	       fact[1].same_file == 1 && fact[2].same_file == 1;
}

/* The same file, opened twice: two places in it. */
static void one_open_file_is_more_than_one_file(void **state)
{
	char name[] = "/tmp/test_stream.XXXXXX";
	int made = mkstemp(name);
	int fd[STREAMS] = { open_high(name, O_RDWR), open_high(name, O_RDWR), -1 };

	(void)state;
	fd[2] = fcntl(fd[1], F_DUPFD_CLOEXEC, 20);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(look_at(fd, share_a_file), 0);
	for (int i = 0; i < STREAMS; i++)
		close(fd[i]);
	close(made);
}

static bool are_pipe_and_sockets(const struct stream_fact *fact)
{
	return fact[0].kind == STREAM_PIPE && fact[1].kind == STREAM_SOCKET &&
	       fact[2].kind == STREAM_SOCKET && fact[2].same_file == 2;
}

static void pipes_and_sockets(void **state)
{
	int pipe_end[2], socket_end[2];
	int fd[STREAMS];

	(void)state;
	assert_int_equal(pipe(pipe_end), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, socket_end), 0);
	fd[0] = pipe_end[0];
	fd[1] = socket_end[0];
	fd[2] = socket_end[1];
	assert_int_equal(look_at(fd, are_pipe_and_sockets), 0);
	for (int i = 0; i < 2; i++) {
		close(pipe_end[i]);
		close(socket_end[i]);
	}
}

static bool are_two_terminals(const struct stream_fact *fact)
{
	return fact[0].kind == STREAM_TERMINAL && fact[1].same_terminal == 0 &&
	       fact[1].same_file == 1 && fact[2].kind == STREAM_TERMINAL &&
	       fact[2].same_terminal == 2;
}

static void a_terminal_opened_twice_is_one_and_another_is_not(void **state)
{
	int master[2], fd[STREAMS];

	(void)state;
	for (int i = 0; i < 2; i++) {
		master[i] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		assert_int_equal(unlockpt(master[i]), 0);
	}
	for (int i = 0; i < STREAMS; i++)
		fd[i] = ioctl(master[i / 2], TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(look_at(fd, are_two_terminals), 0);
	for (int i = 0; i < STREAMS; i++)
		close(fd[i]);
	close(master[0]);
	close(master[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_a_directory_and_what_they_were_opened_for),
		cmocka_unit_test(one_open_file_is_more_than_one_file),
		cmocka_unit_test(pipes_and_sockets),
		cmocka_unit_test(a_terminal_opened_twice_is_one_and_another_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
