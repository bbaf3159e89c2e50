/* SPDX-License-Identifier: MIT */
/* Ids of a user namespace that no process shows us: joined by a disposable process, which looks. */
#include "run/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "core/diagnose.h"
#include "run/disposable.h"
#include "sys/idmap.h"
#include "util/fd.h"
#include "util/log.h"

/* 340 lines of three numbers of at most ten digits and blanks between. */
enum {
	MAP_TEXT_MAX = IDMAP_RANGES_MAX * 34
};

/* Plain old data: it travels through a pipe. */
struct maps_answer {
	char uid_map[MAP_TEXT_MAX], gid_map[MAP_TEXT_MAX];
	unsigned char denied;
};

static int read_own_maps(struct maps_answer *answer)
{
	_cleanup_fd_ int self = -EBADF;
	bool denied = false;
	ssize_t n;

	self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self < 0)
		return -errno;
	n = fd_read_file(self, "uid_map", answer->uid_map, sizeof(answer->uid_map));
	if (n >= 0)
		n = fd_read_file(self, "gid_map", answer->gid_map, sizeof(answer->gid_map));
	if (n >= 0)
		n = setgroups_denied(self, &denied);
	answer->denied = denied;
	return n < 0 ? (int)n : 0;
}

static int maps_work(void *ctx, int out)
{
	_cleanup_error_ struct error err = { 0 };
	struct maps_answer answer = { 0 };
	struct target *t = ctx;
	int r;

	if (setns(t->ns_fd[NS_USER], (int)ns_table[NS_USER].clone_flag) < 0) {
		(void)diagnose_join(t, NS_BIT(NS_USER), errno, &err); /* the answer is in err */
		log_error(&err);
		return STATUS_FAILED;
	}
	r = read_own_maps(&answer);
	if (r >= 0)
		r = fd_write_all(out, &answer, sizeof(answer));
	if (r < 0) {
		error_set(&err, ERROR_SYSTEM, -r, "read the id maps of the user namespace");
		log_error(&err);
		return STATUS_FAILED;
	}
	return 0;
}

/* Apart from probe_maps(), which mostly has nothing to do: the answer is large. */
static int ask_for_maps(const struct request *req, struct target *t, struct error *err)
{
	struct maps_answer answer;
	const struct disposable asked = {
		.work = maps_work,
		.ctx = t,
		.facts = &t->facts,
		.what = "the user namespace",
	};
	int r = disposable_ask(&asked, &answer, sizeof(answer), sizeof(answer), err);

	if (r > 0)
		return -ECANCELED; /* the process has said why */
	if (r < 0)
		return r;
	/* Who was in there may have been taken over: what it sent need not have an end. */
	answer.uid_map[MAP_TEXT_MAX - 1] = answer.gid_map[MAP_TEXT_MAX - 1] = '\0';
	return target_take_maps(req, t, answer.uid_map, answer.gid_map, answer.denied != 0, err);
}

int probe_maps(const struct request *req, struct target *t, struct error *err)
{
	return target_lacks_maps(req, t) ? ask_for_maps(req, t, err) : 0;
}
