/* SPDX-License-Identifier: MIT */
/* A pty of the test's stands for the caller's terminal. What is forked returns statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/terminal.h"

static int master, slave;
static struct termios before;

static int open_pty(void **state)
{
	const struct winsize size = { .ws_row = 30, .ws_col = 100 };

	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || unlockpt(master) < 0)
		return -1;
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(master, TIOCSWINSZ, &size) < 0)
		return -1;
	return tcgetattr(slave, &before);
}

static int close_pty(void **state)
{
	(void)state;
	close(slave);
	return close(master);
}

static bool is_as_before(void)
{
	struct termios now = { 0 }; /* its padding, too */

	return tcgetattr(slave, &now) == 0 && memcmp(&now, &before, sizeof(now)) == 0;
}

static void it_is_opened_anew_so_that_the_callers_keeps_its_flags(void **state)
{
	struct terminal terminal = TERMINAL_INIT;

	(void)state;
	assert_int_equal(terminal_open(&terminal, slave), 0);
	assert_true(terminal.own);
	assert_int_equal(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fcntl(terminal.fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	terminal_done(&terminal);
	assert_true(is_as_before());
}

static void raw_and_back(void **state)
{
	struct terminal terminal = TERMINAL_INIT;
	struct termios now;

	(void)state;
	assert_int_equal(terminal_open(&terminal, slave), 0);
	assert_int_equal(terminal_set(&terminal, TERMINAL_RAW), 0);
	assert_int_equal(tcgetattr(slave, &now), 0);
	assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(now.c_oflag & OPOST, 0);
	assert_int_equal(terminal_set(&terminal, TERMINAL_KEPT), 0);
	assert_true(is_as_before());
	terminal_done(&terminal);
}

static void lent_for_keys_its_output_is_as_it_was(void **state)
{
	struct terminal terminal = TERMINAL_INIT;
	struct termios now;

	(void)state;
	assert_int_equal(terminal_open(&terminal, slave), 0);
	assert_int_equal(terminal_set(&terminal, TERMINAL_LENT), 0);
	assert_int_equal(tcgetattr(slave, &now), 0);
	assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(now.c_oflag, before.c_oflag);
	terminal_done(&terminal);
	assert_true(is_as_before());
}

static void what_was_typed_ahead_is_not_lost(void **state)
{
	struct terminal terminal = TERMINAL_INIT;
	char buf[8] = "";

	(void)state;
	assert_int_equal(write(master, "ab\ncd", 5), 5);
	assert_int_equal(terminal_open(&terminal, slave), 0);
	assert_int_equal(terminal_set(&terminal, TERMINAL_RAW), 0);
	assert_int_equal(read(terminal.fd, buf, sizeof(buf)), 5);
	assert_string_equal(buf, "ab\ncd");
	terminal_done(&terminal);
}

static void a_pty_gets_its_settings_and_size(void **state)
{
	struct terminal terminal = TERMINAL_INIT;
	int inner = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios odd = before, now;
	struct winsize size;

	(void)state;
	assert_int_equal(unlockpt(inner), 0);
	odd.c_cc[VERASE] = '#';
	odd.c_lflag |= TOSTOP;
	assert_int_equal(tcsetattr(slave, TCSANOW, &odd), 0);
	assert_int_equal(terminal_open(&terminal, slave), 0);
	assert_int_equal(terminal_copy(&terminal, inner), 0);
	assert_int_equal(tcgetattr(inner, &now), 0);
	assert_int_equal(now.c_cc[VERASE], '#');
	assert_int_equal(now.c_lflag & TOSTOP, 0);
	assert_int_equal(ioctl(inner, TIOCGWINSZ, &size), 0);
	assert_int_equal(size.ws_row, 30);
	assert_int_equal(size.ws_col, 100);
	assert_int_equal(terminal_copy_size(&terminal, inner), 0);
	size.ws_row = 41;
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	assert_int_equal(terminal_copy_size(&terminal, inner), 1);
	terminal_done(&terminal);
	close(inner);
}

static void crash(int sig)
{
	struct terminal terminal = TERMINAL_INIT;

	(void)signal(sig, SIG_DFL); /* a sanitizer has it otherwise */
	if (terminal_open(&terminal, slave) < 0 || terminal_set(&terminal, TERMINAL_RAW) < 0)
		_exit(99);
	(void)raise(sig);
	_exit(98);
}

static void a_crash_puts_it_back(void **state)
{
	static const int sigs[] = { SIGSEGV, SIGABRT, SIGBUS, SIGTERM, SIGHUP, SIGALRM };

	(void)state;
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			crash(sigs[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), sigs[i]);
		assert_true(is_as_before());
	}
}

/* In a session of its own, whose foreground is another group's. */
static int in_the_background(void)
{
	struct terminal terminal = TERMINAL_INIT;
	pid_t other;
	int failed;

	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		return 99;
	other = fork();
	if (other == 0) {
		(void)pause();
		_exit(0);
	}
	if (other < 0 || setpgid(other, other) < 0 || tcsetpgrp(slave, other) < 0 ||
	    terminal_open(&terminal, slave) < 0)
		return 98;
	failed = terminal_is_ours(&terminal) || terminal_set(&terminal, TERMINAL_RAW) < 0 ||
		 terminal.mode != TERMINAL_KEPT || !is_as_before();
	(void)kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	return failed;
}

static void in_the_background_it_is_left_alone(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(in_the_background());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_is_opened_anew_so_that_the_callers_keeps_its_flags, open_pty, close_pty),
		cmocka_unit_test_setup_teardown(raw_and_back, open_pty, close_pty),
		cmocka_unit_test_setup_teardown(lent_for_keys_its_output_is_as_it_was, open_pty,
						close_pty),
		cmocka_unit_test_setup_teardown(what_was_typed_ahead_is_not_lost, open_pty,
						close_pty),
		cmocka_unit_test_setup_teardown(a_pty_gets_its_settings_and_size, open_pty,
						close_pty),
		cmocka_unit_test_setup_teardown(a_crash_puts_it_back, open_pty, close_pty),
		cmocka_unit_test_setup_teardown(in_the_background_it_is_left_alone, open_pty,
						close_pty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
