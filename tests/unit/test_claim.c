/* SPDX-License-Identifier: MIT */
/* Whether a process is the one that a state file means: this very process is the one that is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "find/claim.h"
#include "find/process.h"
#include "sys/pidfd.h"
#include "sys/proc.h"

struct self {
	struct hostfs host;
	struct found found;
	uint64_t start_time;
};

static int setup(void **state)
{
	struct self *self = calloc(1, sizeof(*self));
	struct proc_stat stat;

	if (!self || hostfs_init(NULL, &self->host, NULL) < 0 ||
	    process_try(&self->host, getpid(), &self->found) < 0 ||
	    proc_stat_read(self->found.proc_fd, &stat) < 0)
		return -1;
	self->start_time = stat.start_time;
	*state = self;
	return 0;
}

static int teardown(void **state)
{
	struct self *self = *state;

	found_done(&self->found);
	hostfs_done(&self->host);
	free(self);
	return 0;
}

static int prove(const struct self *self, const struct known *known)
{
	return claim_prove(&self->host, known, &self->found);
}

static void the_start_time_decides(void **state)
{
	const struct self *self = *state;
	char id[] = "web";
	struct known known = { .id = id, .start_time = self->start_time };

	assert_int_equal(prove(self, &known), 1);
	known.start_time++;
	assert_int_equal(prove(self, &known), -ESRCH);
	/* A file that looks young does not make up for it. */
	known.pid_written = time(NULL);
	assert_int_equal(prove(self, &known), -ESRCH);
}

static void the_inode_of_the_pidfd_decides_before_it(void **state)
{
	const struct self *self = *state;
	char id[] = "web";
	struct known known = { .id = id, .start_time = self->start_time };

	if (pidfd_inode(self->found.pidfd, &known.pidfd_inode) < 0)
		skip(); /* before Linux 6.9 */
	assert_int_equal(prove(self, &known), 1);
	known.pidfd_inode++;
	assert_int_equal(prove(self, &known), -ESRCH);
}

static void a_file_from_before_the_process_means_another_one(void **state)
{
	const struct self *self = *state;
	char id[] = "web";
	struct known known = { .id = id, .pid_written = time(NULL) };

	assert_int_equal(prove(self, &known), 1);
	known.pid_written -= 3600L * 24 * 365 * 20;
	assert_int_equal(prove(self, &known), -ESRCH);
}

static void a_bare_number_proves_nothing(void **state)
{
	char id[] = "web";
	const struct known known = { .id = id };

	assert_int_equal(prove(*state, &known), 0);
}

static void our_own_user_namespace_is_nobodys_container(void **state)
{
	const struct self *self = *state;

	assert_false(claim_is_users(&self->found, 0));
	assert_false(claim_is_users(&self->found, getuid()));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_start_time_decides),
		cmocka_unit_test(the_inode_of_the_pidfd_decides_before_it),
		cmocka_unit_test(a_file_from_before_the_process_means_another_one),
		cmocka_unit_test(a_bare_number_proves_nothing),
		cmocka_unit_test(our_own_user_namespace_is_nobodys_container),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
