/* SPDX-License-Identifier: MIT */
#include "run/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/lookup.h"
#include "core/plan_order.h"
#include "core/shell.h"
#include "run/calls.h"
#include "run/disposable.h"
#include "run/explain.h"
#include "run/steps.h"
#include "sys/procroot.h"
#include "util/fd.h"
#include "util/log.h"

/* What the disposable process exits with where the kernel's setns takes no pidfd. */
enum {
	PROBE_NO_SETNS_PIDFD = 1
};

static const char *target_name(const struct target *t)
{
	return t->name ? t->name : "FILE";
}

/* The uid whose shell is wanted, as the passwd file will call it. */
static uint32_t shell_uid(const struct request *req, const struct facts *facts)
{
	if (req->uid.kind != ID_UNSET && facts->wanted_uid.mapped)
		return facts->wanted_uid.id;
	if (ns_has(facts->present & ~facts->same, NS_USER) && !req->preserve_credentials)
		return facts->uid0.known && !facts->uid0.mapped ? facts->target_uid.id : 0;
	return geteuid();
}

static struct lookup_question make_question(const struct request *req, const struct target *t)
{
	const char *path = strv_env_get(req->env ? t->env.item : environ, "PATH");
	struct lookup_question q = {
		.uid = req->uid,
		.gid = req->gid,
		.want_group = req->gid.kind == ID_UNSET && req->uid.kind != ID_FOLLOW,
		.want_groups = req->become && req->gid.kind == ID_UNSET,
		.want_shell = !req->program && req->view != VIEW_TARGET,
		.shell = req->shell,
		.shell_uid = shell_uid(req, &t->facts),
		/* Else whoever executes it searches for it. */
		.program = req->program && lookup_wants_program(req) ? req->program[0] : NULL,
		.path = path ? path : shell_standard_path,
		.hostile = plan_leaves_files(req, &t->facts),
	};

	if (q.uid.kind == ID_FOLLOW ||
	    (q.uid.kind == ID_NUMBER && !q.want_group && !(req->become && req->env)))
		q.uid.kind = ID_UNSET;
	if (!q.hostile)
		q.usual_shell = getenv("SHELL");
	return q;
}

/* Join the files, and only them: the user namespace where it takes that. */
static int join_files(const struct request *req, struct target *t, struct error *err)
{
	struct facts facts = t->facts;
	struct plan plan = { 0 };
	struct run run = { .plan = &plan, .req = req, .target = t };
	int r;

	facts.present &= NS_BIT(NS_MNT) | NS_BIT(NS_USER);
	plan.join = facts.present & ~facts.same;
	r = child_own_namespaces(t, err);
	if (r >= 0)
		r = plan_order(&facts, &plan, err);
	if (r >= 0 && t->root_fd >= 0)
		plan_add(&plan, STEP_ROOT, "be where the target's files are");
	if (r >= 0 && req->become && req->root.kind == DIR_PATH)
		plan_add(&plan, STEP_CHROOT, "and where the program will be")->path =
			req->root.path;
	return r < 0 ? r : run_steps(&run, 0, err);
}

/* Without this the reader of hostile files could be used as somebody's deputy. */
static int drop_to_nothing(const struct target *t)
{
	bool root_inside = ns_has(t->facts.present & ~t->facts.same, NS_USER) &&
			   t->facts.uid0.mapped && t->facts.gid0.mapped;

	if (root_inside && (call_setresgid(0, 0, 0) < 0 || call_setresuid(0, 0, 0) < 0))
		return -errno;
	return give_up_privileges();
}

/* In the disposable process. Return: its exit status. */
static int look(const struct request *req, struct target *t, const struct lookup_question *q,
		int out)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_fd_ int procfd = proc_root_open();
	_cleanup_fd_ int root = -EBADF;
	struct lookup_answer answer;
	int r = procfd;

	log_line(LOG_TRACE, "a process of its own looks at the files of %s:", target_name(t));
	if (r >= 0)
		r = join_files(req, t, &err);
	if (r == RUN_NO_SETNS_PIDFD)
		return PROBE_NO_SETNS_PIDFD;
	if (r >= 0)
		r = drop_to_nothing(t);
	if (r >= 0) {
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = root < 0 ? -errno : 0;
	}
	if (r >= 0) {
		lookup_files(q, root, procfd, &answer);
		r = fd_write_all(out, &answer, sizeof(answer));
	}
	if (r >= 0)
		return 0;
	if (err.id == ERROR_NONE)
		error_set(&err, ERROR_SYSTEM, -r, "look at the files of \"%s\"", target_name(t));
	log_error(&err);
	return STATUS_FAILED;
}

/* What the disposable process is given. */
struct probe {
	const struct request *req;
	struct target *target;
	const struct lookup_question *question;
};

static int look_work(void *ctx, int out)
{
	struct probe *probe = ctx;

	return look(probe->req, probe->target, probe->question, out);
}

/* Return: 0, RUN_NO_SETNS_PIDFD, or a negative errno; @err is empty if the process has said why. */
static int ask_probe(struct probe *probe, struct lookup_answer *answer, struct error *err)
{
	_cleanup_free_ char *what = NULL;
	struct disposable asked = {
		.work = look_work,
		.ctx = probe,
		.facts = &probe->target->facts,
	};
	int r;

	if (asprintf(&what, "the files of \"%s\"", target_name(probe->target)) < 0) {
		what = NULL;
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look at files");
	}
	asked.what = what;
	r = disposable_ask(&asked, answer, sizeof(*answer), sizeof(*answer), err);
	if (r == PROBE_NO_SETNS_PIDFD)
		return RUN_NO_SETNS_PIDFD;
	if (r == STATUS_FAILED)
		return -ECANCELED;
	if (r > 0)
		return error_set(err, ERROR_SYSTEM, 0, "looking at %s ended with status %d", what,
				 r);
	if (r == 0 && lookup_check(probe->question, answer) < 0)
		return error_set(err, ERROR_SYSTEM, EBADMSG, "look at %s", what);
	return r;
}

static int look_at_own(const struct lookup_question *q, struct lookup_answer *answer,
		       struct error *err)
{
	_cleanup_fd_ int procfd = proc_root_open();
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return error_set(err, ERROR_SYSTEM, errno, "open /");
	if (procfd < 0)
		return error_set(err, ERROR_SYSTEM, -procfd, "open /proc");
	lookup_files(q, root, procfd, answer);
	return 0;
}

/* What has been asked for on the command line by @letter cannot be had from @file. */
static int refuse_file(char letter, const struct id_request *id, const char *whose, const char *s,
		       const char *file, int errnum, struct error *err)
{
	char number[sizeof("4294967295")];
	const char *name = id->name;

	if (id->kind == ID_NUMBER) {
		(void)snprintf(number, sizeof(number), "%" PRIu32, id->number); /* fits */
		name = number;
	}
	if (errnum == EINVAL)
		return error_set(err, ERROR_SYSTEM, 0, "-%c \"%s\": %s%s etc/%s is no regular file",
				 letter, name, whose, s, file);
	if (errnum == EOVERFLOW)
		return error_set(err, ERROR_SYSTEM, 0,
				 "-%c \"%s\": in more than %d groups of %s%s %s file", letter, name,
				 LOOKUP_GROUPS_MAX, whose, s, file);
	return error_set(err, ERROR_SYSTEM, errnum, "-%c \"%s\": read %s%s %s file", letter, name,
			 whose, s, file);
}

/* A group that he may not have is no reason to run without it and say nothing. */
static int refuse_groups(const struct request *req, const char *whose, const char *s, int errnum,
			 struct error *err)
{
	if (req->gid.kind == ID_NAME)
		return refuse_file('G', &req->gid, whose, s, "group", errnum, err);
	(void)refuse_file('S', &req->uid, whose, s, "group", errnum, err);
	error_hint(err, "name his only group: -G GID");
	return -errnum;
}

/* Whether -S means nothing without it: a number needs it for the group alone. */
static bool needs_passwd(const struct request *req, const struct lookup_question *q)
{
	return q->uid.kind == ID_NAME ||
	       (q->uid.kind == ID_NUMBER && q->want_group && !req->preserve_credentials);
}

static int refuse_user(const struct request *req, const struct target *t,
		       const struct lookup_question *q, const struct lookup_answer *answer,
		       struct error *err)
{
	const char *whose = q->hostile ? target_name(t) : "your", *s = q->hostile ? "'s" : "";

	if (answer->passwd_errnum && needs_passwd(req, q)) {
		(void)refuse_file('S', &req->uid, whose, s, "passwd", answer->passwd_errnum, err);
		if (q->uid.kind == ID_NUMBER)
			error_hint(err, "name the group: -G GID");
		return -answer->passwd_errnum;
	}
	if (answer->group_errnum)
		return refuse_groups(req, whose, s, answer->group_errnum, err);
	if (req->uid.kind == ID_NAME && !answer->has_uid)
		return error_set(err, ERROR_USAGE, 0, "-S: no user \"%s\" in %s%s passwd file",
				 req->uid.name, whose, s);
	if (req->gid.kind == ID_NAME && !answer->has_gid)
		return error_set(err, ERROR_USAGE, 0, "-G: no group \"%s\" in %s%s group file",
				 req->gid.name, whose, s);
	return 0;
}

static int explain_no_shell(const struct target *t, const struct lookup_question *q,
			    struct error *err)
{
	const char *name = target_name(t);

	if (q->shell)
		error_set(err, ERROR_NO_SHELL, 0, "no shell \"%s\" in %s", q->shell,
			  q->hostile ? name : "your files");
	else if (q->hostile)
		error_set(err, ERROR_NO_SHELL, 0,
			  "no shell in %s (looked for its user's, bash, sh, ash, busybox)", name);
	else
		error_set(err, ERROR_NO_SHELL, 0,
			  "no shell in your files (looked for SHELL, your passwd line's, /bin/sh)");
	err->status = STATUS_NOT_FOUND;
	if (!q->hostile)
		return -ENOENT;
	if (q->shell)
		error_hint(err, "without a path the best shell is looked for: --shell");
	else
		error_hint(err, "nsjoin -t %s -H  has your shell, in its files", name);
	error_hint(err, "nsjoin -t %s -n -u -i -p  keeps your files and your shell", name);
	return -ENOENT;
}

/* The environment is the target's, whose home is of no use to another user. */
static int take_home(const struct request *req, struct target *t,
		     const struct lookup_answer *answer, struct error *err)
{
	if (!req->become || !req->env || !answer->home[0] ||
	    (req->uid.kind != ID_NUMBER && req->uid.kind != ID_NAME))
		return 0;
	if (strv_env_set(&t->env, "HOME", answer->home) < 0)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "set HOME");
	return 0;
}

static int take_answer(const struct request *req, struct target *t, const struct lookup_question *q,
		       const struct lookup_answer *answer, struct error *err)
{
	int r = refuse_user(req, t, q, answer, err);

	if (r < 0)
		return r;
	target_settle_ids(req, t, answer->has_uid ? &answer->uid : NULL,
			  answer->has_gid ? &answer->gid : NULL);
	r = target_settle_groups(t, answer->groups, answer->n_groups, err);
	if (r < 0)
		return r;
	r = take_home(req, t, answer, err);
	if (r < 0)
		return r;
	if (answer->result == LOOKUP_NO_INTERP)
		return explain_no_interp(q->hostile, t->name, answer->program, answer->interp, err);
	if (answer->result == LOOKUP_MISSING && q->want_shell)
		return explain_no_shell(t, q, err);
	if (answer->result == LOOKUP_MISSING)
		return explain_missing(req, q->hostile ? t->name : NULL, q->program, q->path,
				       q->hostile ? explain_ways_out(req) : 0, err);
	if (answer->result == LOOKUP_FOUND) {
		t->program = strdup(answer->program);
		if (!t->program)
			return error_set(err, ERROR_SYSTEM, ENOMEM, "find the program");
		t->facts.program = t->program;
	}
	return 0;
}

/* Apart from probe_files(): what only some requests need would be cleared for all of them. */
static int find_out(const struct request *req, struct target *t, struct error *err)
{
	struct lookup_question q = make_question(req, t);
	struct probe probe = { req, t, &q };
	struct lookup_answer answer;
	int r;

	if (!q.hostile) {
		r = look_at_own(&q, &answer, err);
		return r < 0 ? r : take_answer(req, t, &q, &answer, err);
	}
	r = ask_probe(&probe, &answer, err);
	if (r == RUN_NO_SETNS_PIDFD) {
		r = target_open_each(req, t, err);
		if (r >= 0)
			r = ask_probe(&probe, &answer, err);
	}
	if (r == RUN_NO_SETNS_PIDFD)
		return error_set(err, ERROR_SYSTEM, EINVAL, "join the files of \"%s\"",
				 target_name(t));
	return r < 0 ? r : take_answer(req, t, &q, &answer, err);
}

int probe_files(const struct request *req, struct target *t, struct error *err)
{
	return lookup_needed(req) ? find_out(req, t, err) : 0;
}
