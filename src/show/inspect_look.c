/* SPDX-License-Identifier: MIT */
#include "show/inspect_look.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "sys/cgroupfs.h"
#include "sys/idmap.h"
#include "sys/lsm.h"
#include "sys/nsfd.h"
#include "util/fd.h"
#include "util/log.h"
#include "util/patient.h"
#include "util/take.h"

enum {
	STATUS_TEXT_MAX = 1 << 20 /* the group list alone may have 65536 entries of 11 bytes */
};

/* The number behind "\nKEY:\t". Return: -1 where there is none. */
static int status_number(const char *text, const char *key)
{
	const char *line = strstr(text, key);
	int value;

	return line && take_int(line + strlen(key), &value) ? value : -1;
}

static void look_at_confinement(const char *status, struct inspection *in)
{
	static const enum seccomp_mode modes[] = { SECCOMP_OFF, SECCOMP_STRICT, SECCOMP_FILTER };
	int mode = status_number(status, "\nSeccomp:\t");
	int nnp = status_number(status, "\nNoNewPrivs:\t"); /* since Linux 4.10 */

	if (mode >= 0 && mode < (int)ARRAY_SIZE(modes))
		in->seccomp = modes[mode];
	if (nnp >= 0)
		in->no_new_privs = nnp ? ANSWER_YES : ANSWER_NO;
}

static void look_at_status(const struct viewer *viewer, struct inspection *in)
{
	_cleanup_free_ char *text = NULL;

	if (fd_read_alloc(in->listed.found.proc_fd, "status", STATUS_TEXT_MAX, &text) < 0)
		return;
	in->has_status = proc_status_parse(text, &in->status) == 0;
	in->has_caps = caps_parse(text, &in->caps) == 0;
	in->has_modes = modes_parse(text, &in->modes) == 0;
	look_at_confinement(text, in);
	if (in->has_status && !viewer->foreign)
		in->pid_inside = in->status.nspid_last;
}

static void look_at_ids(struct inspection *in)
{
	_cleanup_idmap_ struct idmap uid = { 0 }, gid = { 0 };
	int proc_fd = in->listed.found.proc_fd;

	if (!in->has_status || idmap_read(proc_fd, "uid_map", &uid) < 0 ||
	    idmap_read(proc_fd, "gid_map", &gid) < 0)
		return;
	in->has_inside = idmap_to_inside(&uid, in->status.uid[1], &in->uid_inside) &&
			 idmap_to_inside(&gid, in->status.gid[1], &in->gid_inside);
}

static void look_at_limits(struct inspection *in)
{
	int proc_fd = in->listed.found.proc_fd;

	(void)proclimits_read(proc_fd, &in->rlimits); /* none stays known */
	in->has_sched =
		sched_read(proc_fd, &in->sched) == 0 && oom_read(proc_fd, &in->oom_score_adj) == 0;
}

static void look_at_directory(struct inspection *in)
{
	char path[PATH_MAX];
	ssize_t n = readlinkat(in->listed.found.proc_fd, "cwd", path, sizeof(path) - 1);

	if (n > 0)
		in->cwd = strndup(path, (size_t)n);
}

static void look_at_label(struct inspection *in)
{
	_cleanup_lsm_label_ struct lsm_label label = { 0 };
	int r = lsm_label_read(in->listed.found.proc_fd, &label);

	if (r == 0)
		in->label = steal_pointer(&label.label);
	if (r == 0 || r == -EOPNOTSUPP)
		in->labelled = in->label ? ANSWER_YES : ANSWER_NO;
}

static void look_at_owners(struct inspection *in)
{
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		struct inspect_owner *owner = &in->owner[t];
		_cleanup_fd_ int ns = -EBADF, user = -EBADF;

		ns = nsfd_open_link(in->listed.found.proc_fd, ns_table[t].link);
		user = ns >= 0 ? nsfd_open_owner(ns) : -EBADF;
		owner->known = user >= 0 && nsfd_inode(user, &owner->ino) == 0 &&
			       nsfd_owner_uid(user, &owner->uid) == 0;
	}
}

static void look_at_cgroups(struct inspection *in)
{
	_cleanup_free_ char *text = NULL, *again = NULL;
	struct cgroup_line line;
	char *p;

	if (fd_read_alloc(in->listed.found.proc_fd, "cgroup", CGROUP_TEXT_MAX, &text) < 0)
		return;
	again = strdup(text);
	if (again)
		limits_read(again, in->limit);
	p = text;
	while (cgroup_line_next(&p, &line) > 0) {
		in->paused |= cgroup_line_is_frozen(&line);
		if (strv_addf(&in->cgroup, "%s:%s", line.controllers, line.path) < 0)
			return;
	}
}

/* One clock less the other is when the machine was started: the same whenever it is asked. */
static void look_at_start(const struct viewer *viewer, struct inspection *in)
{
	const int64_t second = 1000000000;
	uint64_t ticks = in->s.stat.start_time;
	struct timespec now, up;
	int64_t rest;

	if (!in->s.has_stat || clock_gettime(CLOCK_REALTIME, &now) < 0 ||
	    clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return;
	rest = now.tv_nsec - up.tv_nsec +
	       (int64_t)(ticks % viewer->tick) * second / (int64_t)viewer->tick;
	in->started = now.tv_sec - up.tv_sec + (time_t)(ticks / viewer->tick) +
		      (rest < 0 ? -1 : rest / second);
}

struct subject_looking {
	const struct viewer *viewer;
	struct inspection *in;
	unsigned int needs;
};

static int look_at_subject(void *ctx)
{
	const struct subject_looking *looking = ctx;
	struct inspection *in = looking->in;

	if (!subject_look(looking->viewer, &in->listed, looking->needs, &in->s))
		in->s.listed = &in->listed;
	return 0;
}

void inspect_look(const struct viewer *viewer, struct inspection *in)
{
	struct subject_looking looking = { viewer, in, NEED_ALL };

	if (patient_do(look_at_subject, &looking, NULL) == -ETIMEDOUT) {
		log_note("process %d keeps its command line from us: its memory is locked",
			 in->listed.found.pid);
		looking.needs = subject_needs_apart(NEED_ALL);
		(void)look_at_subject(&looking); /* 0 */
	}
	look_at_start(viewer, in);
	look_at_status(viewer, in);
	look_at_ids(in);
	look_at_limits(in);
	look_at_directory(in);
	look_at_label(in);
	look_at_owners(in);
	(void)mounts_find_root(in->listed.found.proc_fd, &in->root); /* type stays NULL */
	look_at_cgroups(in);
}

void inspection_done(struct inspection *in)
{
	listed_done(&in->listed);
	subject_done(&in->s);
	proc_status_done(&in->status);
	free(in->typed);
	free(in->part_of);
	free(in->part_of_name);
	free(in->cwd);
	free(in->label);
	mount_root_done(&in->root);
	free(in->shell);
	free(in->shell_note);
	strv_done(&in->cgroup);
	*in = (struct inspection){ .listed.found = FOUND_NONE };
}
