/* SPDX-License-Identifier: MIT */
#include "core/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/plan.h"
#include "core/plan_limits.h"
#include "core/plan_order.h"
#include "core/shell.h"
#include "core/target_parts.h"
#include "find/confenv.h"
#include "sys/environ.h"
#include "sys/lsm.h"
#include "sys/proc.h"
#include "sys/procroot.h"
#include "sys/stream.h"
#include "util/fd.h"
#include "util/parse.h"

/* Whether a file of the target's may be looked at, so that what hangs there has to let go. */
static bool may_touch_files(const struct request *req)
{
	return req->become || req->all || ns_has(req->wanted, NS_MNT) ||
	       req->root.kind != DIR_UNSET || req->view != VIEW_NONE || req->remount;
}

/* Asked before anything of ours is open. The kernel counts since Linux 6.2; before, it says 0. */
static bool has_streams_only(void)
{
	struct stat st;

	return stat("/proc/self/fd", &st) == 0 && st.st_size == STDERR_FILENO + 1;
}

/*
 * Whether nothing but what a pod's containers share will be joined, and nothing else of the target
 * is asked for: ids, limits, a label, a descriptor, its tree are the application's.
 */
static bool wants_sandbox(const struct request *req)
{
	const ns_set shared = NS_BIT(NS_NET) | NS_BIT(NS_IPC) | NS_BIT(NS_UTS);
	bool more = req->all || req->user_parent || req->net_socket >= 0 ||
		    req->root.kind == DIR_TARGET || req->wd.kind == DIR_TARGET || req->env ||
		    req->join_cgroup || req->follow_context || req->uid.kind == ID_FOLLOW ||
		    req->gid.kind == ID_FOLLOW || req->as_target || req->view != VIEW_NONE;

	return req->wanted && !(req->wanted & ~shared) && !more;
}

/* FILEs are joined as they were given. */
static ns_set wanted_of_target(const struct request *req)
{
	ns_set set = req->wanted;

	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (req->ns_file[t])
			set &= ~NS_BIT(t);
	return set;
}

static int find(const struct request *req, struct target *t, struct error *err)
{
	const struct find_query query = {
		.text = req->target,
		.want_sandbox = wants_sandbox(req),
		.shared = wanted_of_target(req),
		.want_name = req->dry_run || req->verbosity > 0,
		.host_root = req->host_root,
	};
	int r;

	if (!req->target)
		return 0;
	r = find_query(&query, &t->found, err);
	if (r < 0)
		return r;
	if (t->found.lifeless)
		return error_set(err, ERROR_TARGET_IS_GONE, 0,
				 "\"%s\" is process %d of %s, which is no running system: there is "
				 "nothing to enter",
				 req->target, t->found.pid, req->host_root);
	/* What a message calls it: the number or name that was typed, without pidfs inode. */
	t->name = t->found.name ? t->found.name : req->target;
	t->facts.pid = t->found.pid;
	t->facts.target = t->name;
	t->facts.runtime = t->found.runtime;
	t->facts.id = t->found.id;
	t->facts.is_host = t->found.pid == 1;
	t->facts.setns_pidfd = t->found.pidfd >= 0;
	return 0;
}

static int need_target(const struct target *t, const char *what, struct error *err)
{
	if (t->found.proc_fd >= 0)
		return 0;
	error_set(err, ERROR_NO_TARGET, 0, "%s: no target", what);
	error_hint(err, "nsjoin -t TARGET %s …", what);
	return -EINVAL;
}

/* A directory of the target ("root", "cwd") or of the caller. */
static int open_dir(const struct target *t, const struct dir_request *dir, const char *link,
		    const char *option, int *ret_fd, struct error *err)
{
	bool from_target = dir->kind != DIR_PATH;
	int fd, r;

	if (from_target) {
		r = need_target(t, option, err);
		if (r < 0)
			return r;
	}
	fd = openat(from_target ? t->found.proc_fd : AT_FDCWD, from_target ? link : dir->path,
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && from_target)
		return target_explain_access(t, link, errno, err);
	if (fd < 0)
		return error_set(err, ERROR_USAGE, errno, "%s: cannot open \"%s\"", option,
				 dir->path);
	*ret_fd = fd;
	return 0;
}

static int open_dirs(const struct request *req, struct target *t, struct error *err)
{
	ns_set join = t->facts.present & ~t->facts.same;
	bool target_mnt = ns_has(join & t->facts.by_pidfd, NS_MNT);
	/* When becoming a process of the target, DIR is a path of the target's: opened later. */
	const struct dir_request targets = { .kind = DIR_TARGET };
	int r = 0;

	if (req->root.kind != DIR_UNSET || target_mnt)
		r = open_dir(t, req->become ? &targets : &req->root, "root", "-r", &t->root_fd,
			     err);
	if (r >= 0 && (req->wd.kind == DIR_TARGET || (req->wd.kind == DIR_PATH && !req->become)))
		r = open_dir(t, &req->wd, "cwd", "-w", &t->cwd_fd, err);
	return r;
}

/* Whether the program is one of the caller's, which is not to load what the target's environment names. */
static bool is_callers_program(const struct request *req, const struct facts *facts)
{
	return !plan_leaves_files(req, facts) || req->host_exe || req->view != VIEW_NONE;
}

static bool sees_callers_files(const struct request *req, const struct facts *facts)
{
	return !plan_leaves_files(req, facts) || req->view == VIEW_HOST;
}

static int read_environ(const struct request *req, struct target *t, struct error *err)
{
	struct environ_report report = { 0 };
	const char *term = getenv("TERM"), *color = getenv("COLORTERM");
	int r;

	if (!req->env)
		return 0;
	r = need_target(t, "-e", err);
	if (r < 0)
		return r;
	r = environ_read(t->found.proc_fd, ENVIRON_SIZE_MAX, &t->env, &report);
	if (r == -EACCES || r == -ETIMEDOUT)
		t->facts.env_unreadable = true;
	else if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read the environment of \"%s\"", t->name);
	t->facts.env_overwritten = report.overwritten;
	t->facts.env_truncated = report.truncated;
	if (t->facts.env_unreadable || t->facts.env_overwritten) {
		strv_done(&t->env);
		r = confenv_read(&t->found, req->host_root, &t->env, err);
		if (r < 0 && r != -ENOENT)
			return r;
		t->facts.env_config = r == 0;
	}
	if (is_callers_program(req, &t->facts))
		t->facts.env_dropped = environ_drop_loaders(&t->env);
	r = 0;
	if (sees_callers_files(req, &t->facts))
		r = environ_take_places(&t->env, environ);
	if (r >= 0 && !strv_env_get(t->env.item, "PATH"))
		r = strv_env_set(&t->env, "PATH", shell_standard_path);
	if (r >= 0 && term)
		r = strv_env_set(&t->env, "TERM", term);
	if (r >= 0 && color)
		r = strv_env_set(&t->env, "COLORTERM", color);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read the environment of \"%s\"", t->name);
	return 0;
}

/* What cannot be read may confine us: asking for less is then not left out. */
static bool is_confined(void)
{
	_cleanup_fd_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_lsm_label_ struct lsm_label own = { 0 };

	return self < 0 || lsm_label_read(self, &own) < 0 || own.label;
}

static int read_label(const struct request *req, struct target *t, struct error *err)
{
	_cleanup_lsm_label_ struct lsm_label label = { 0 };
	int r;

	if (!req->follow_context && !plan_takes(req, &t->facts, AS_LSM))
		return 0;
	r = need_target(t, "-Z", err);
	if (r < 0)
		return r;
	r = lsm_label_read(t->found.proc_fd, &label);
	if (r == -EOPNOTSUPP)
		return 0; /* the plan says so */
	if (r < 0)
		return error_set(err, ERROR_PERMISSION_LSM, -r, "read the label of \"%s\"",
				 t->name);
	if (!label.label && !is_confined())
		return 0; /* nor are we */
	t->proc_root_fd = proc_root_open();
	if (t->proc_root_fd < 0)
		return error_set(err, ERROR_PERMISSION_LSM, -t->proc_root_fd, "open /proc");
	t->label = steal_pointer(&label.exec_text);
	t->facts.label = t->label;
	t->facts.label_file = label.attr;
	return 0;
}

static int keep_fd(struct facts *facts, int fd, struct error *err)
{
	size_t i = facts->n_keep_fd;

	for (size_t k = 0; k < facts->n_keep_fd; k++)
		if (facts->keep_fd[k] == fd)
			return 0;
	if (fd <= STDERR_FILENO)
		return 0;
	if (facts->n_keep_fd == KEEP_FD_MAX)
		return error_set(err, ERROR_USAGE, 0, "/dev/fd/%d: at most %d descriptors are kept",
				 fd, KEEP_FD_MAX);
	for (; i > 0 && facts->keep_fd[i - 1] > fd; i--)
		facts->keep_fd[i] = facts->keep_fd[i - 1];
	facts->keep_fd[i] = fd;
	facts->n_keep_fd++;
	return 0;
}

/*
 * Whether the caller has it open. What is ours has O_CLOEXEC from its birth, and what has it does
 * not come through an exec.
 */
static bool is_callers(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}

/* A pipe that is no file anywhere, so that its owner is nobody's but those who have it open. */
static bool is_nameless(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

static void note_named(struct facts *facts, int fd)
{
	for (size_t i = 0; i < facts->n_keep_fd; i++)
		if (facts->keep_fd[i] == fd && is_nameless(fd))
			facts->keep_named |= UINT64_C(1) << i;
}

/* A whole word /dev/fd/N that names a pipe: how shells write <(…). */
static bool names_pipe(const char *word, int *ret_fd)
{
	static const char prefix[] = "/dev/fd/";
	struct stat st;

	if (strncmp(word, prefix, strlen(prefix)) != 0)
		return false;
	if (parse_pid(word + strlen(prefix), ret_fd) < 0)
		return false;
	return is_callers(*ret_fd) && fstat(*ret_fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int collect_kept(const struct request *req, struct target *t, struct error *err)
{
	int fd, r = 0;

	if (!plan_leaves_files(req, &t->facts) && req->view == VIEW_NONE)
		return 0;
	for (size_t i = 0; i < req->n_keep_fd && r == 0; i++) {
		if (!is_callers(req->keep_fd[i]))
			return error_set(err, ERROR_USAGE, EBADF, "--keep-fd=%d", req->keep_fd[i]);
		r = keep_fd(&t->facts, req->keep_fd[i], err);
	}
	for (char **word = req->program; r == 0 && word && *word; word++)
		if (names_pipe(*word, &fd))
			r = keep_fd(&t->facts, fd, err);
	/* Each has its place now. */
	for (char **word = req->program; r == 0 && word && *word; word++)
		if (names_pipe(*word, &fd))
			note_named(&t->facts, fd);
	return r;
}

/* What an isolated program must not get of the caller's. */
static int look_at_caller(const struct request *req, struct target *t, struct error *err)
{
	const struct stream_fact *stream = t->facts.stream;
	int r;

	if (!plan_leaves_files(req, &t->facts) && req->view != VIEW_TARGET &&
	    req->pty != PTY_ALWAYS)
		return 0;
	r = stream_look(t->facts.stream);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look at the standard streams");
	t->facts.terminal = stream[STDIN_FILENO].kind == STREAM_TERMINAL ||
			    stream[STDERR_FILENO].kind == STREAM_TERMINAL;
	/* One read of our status is enough: it was done where limits are taken. */
	r = t->facts.limits_known ? 0 : proc_ignored_read(&t->facts.ignored);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look at the signals that are ignored");
	return 0;
}

static int verify(struct target *t, struct error *err)
{
	if (t->found.proc_fd < 0)
		return 0;
	return find_verify(&t->found, err);
}

static int check_owners(const struct request *req, struct target *t, struct error *err)
{
	return plan_order_check(&t->facts, req->wanted, err);
}

/* What could not be read of a target that has ended by now: that it has is the one true cause. */
static int explain_end(struct target *t, struct error *err)
{
	if (t->found.proc_fd >= 0 && err && err->errnum == ESRCH &&
	    find_verify(&t->found, NULL) < 0)
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0, "\"%s\" has just exited", t->name);
	return -ESRCH;
}

int target_open(const struct request *req, struct target *ret_target, struct error *err)
{
	static int (*const parts[])(const struct request *, struct target *, struct error *) = {
		find,
		target_open_namespaces,
		check_owners,
		open_dirs,
		target_read_ids,
		read_environ,
		target_open_cgroups,
		read_label,
		target_read_limits,
		collect_kept,
		look_at_caller,
		target_open_exe,
		target_open_remount,
		target_open_view,
	};
	_cleanup_target_ struct target t = TARGET_INIT;
	int r = 0;

	t.facts.streams_only = may_touch_files(req) && has_streams_only();
	for (size_t i = 0; i < ARRAY_SIZE(parts) && r >= 0; i++)
		r = parts[i](req, &t, err);
	if (r >= 0)
		r = verify(&t, err);
	if (r < 0)
		return r == -ESRCH ? explain_end(&t, err) : r;
	*ret_target = t;
	t = (struct target)TARGET_INIT;
	return 0;
}

int target_open_each(const struct request *req, struct target *t, struct error *err)
{
	int r;

	t->facts.setns_pidfd = false;
	r = target_open_links(req, t, err);
	return r < 0 ? r : verify(t, err);
}

void target_done(struct target *t)
{
	found_done(&t->found);
	fd_close(t->self_ns_fd);
	for (enum ns_type type = 0; type < NS_COUNT; type++)
		fd_close(t->ns_fd[type]);
	fd_close(t->root_fd);
	fd_close(t->cwd_fd);
	fd_close(t->proc_root_fd);
	for (size_t i = 0; i < CGROUP_MAX; i++) {
		fd_close(t->cgroup_fd[i]);
		free(t->cgroup_path[i]);
	}
	fd_close(t->cgroup_dir_fd);
	fd_close(t->own_above_fd);
	devprogs_close(&t->devprogs);
	oom_kills_done(&t->oom);
	free(t->cgroup_home);
	free(t->cgroup_away);
	strv_done(&t->env);
	free(t->groups);
	free(t->wanted_groups);
	idmap_done(&t->maps.uid);
	idmap_done(&t->maps.gid);
	free(t->uid_map);
	free(t->gid_map);
	free(t->label);
	free(t->status);
	free(t->program);
	free(t->exe);
	free(t->exe_dir);
	free(t->exe_base);
	fd_close(t->exe_fd);
	fd_close(t->etc_fd);
	free(t->tools_base);
	for (size_t i = 0; i < t->n_tools_extra; i++)
		free(t->tools_extra[i]);
	free(t->tools_text);
	free(t->tools_interp);
	free(t->tools_cwd);
	fd_close(t->tree_fd);
	fd_close(t->tree_mnt_fd);
	fd_close(t->tree_user_fd);
	fd_close(t->lock_user_fd);
	for (enum etc_file i = 0; i < ETC_TEXTS; i++)
		free(t->etc_text[i]);
	*t = (struct target)TARGET_INIT;
}
