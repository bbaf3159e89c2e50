/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/oomkills.h"
#include "util/fd.h"

/* A cgroup's directory, with one file of that name and text; the old text is gone. */
static char dir[] = "/tmp/nsjoin-oomkills.XXXXXX";
static int dir_fd = -EBADF;

static void write_file(const char *name, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	(void)fd_close(fd); /* always -EBADF */
}

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir_fd < 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlinkat(dir_fd, "memory.events", 0);	 /* if it is there */
	(void)unlinkat(dir_fd, "memory.oom_control", 0); /* likewise */
	dir_fd = fd_close(dir_fd);
	return rmdir(dir);
}

static void a_kill_is_seen_in_either_version(void **state)
{
	struct oom_kills v1 = OOM_KILLS_NONE, v2 = OOM_KILLS_NONE;

	(void)state;
	write_file("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n");
	write_file("memory.events", "low 0\nhigh 9\nmax 9\noom 9\noom_kill 3\noom_group_kill 0\n");
	oom_kills_open(dir_fd, false, &v1);
	oom_kills_open(dir_fd, true, &v2);
	assert_false(oom_kills_more(&v1));
	assert_false(oom_kills_more(&v2));
	write_file("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 8\n");
	write_file("memory.events", "low 0\nhigh 9\nmax 9\noom 9\noom_kill 4\noom_group_kill 0\n");
	assert_true(oom_kills_more(&v1));
	assert_true(oom_kills_more(&v2));
	oom_kills_done(&v1);
	oom_kills_done(&v2);
}

static void what_cannot_be_read_is_not_watched(void **state)
{
	struct oom_kills kills = OOM_KILLS_NONE;

	(void)state;
	write_file("memory.events", "oom_kill\n");
	oom_kills_open(dir_fd, true, &kills);
	assert_true(kills.fd < 0);
	assert_false(oom_kills_more(&kills));
	oom_kills_open(-EBADF, true, &kills);
	assert_true(kills.fd < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_is_seen_in_either_version),
		cmocka_unit_test(what_cannot_be_read_is_not_watched),
	};

	return cmocka_run_group_tests(tests, start, end);
}
