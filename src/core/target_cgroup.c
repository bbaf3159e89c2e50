/* SPDX-License-Identifier: MIT */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/plan_limits.h"
#include "find/home.h"
#include "find/ident.h"
#include "find/process.h"
#include "sys/caps.h"
#include "sys/cgroupfs.h"
#include "sys/confine.h"
#include "util/fd.h"
#include "util/take.h"

/* The leader of a session, the program, and one to spare. */
enum {
	PROCESSES_OF_OURS = 3
};

static int read_lines(int dirfd, const char *name, char **ret_text, struct error *err)
{
	ssize_t n = fd_read_alloc(dirfd, name, CGROUP_TEXT_MAX, ret_text);

	if (n < 0)
		return error_set(err, ERROR_SYSTEM, (int)-n, "read %s", name);
	return 0;
}

/* Where a text of /proc/PID/cgroup is in the same hierarchy; heap, or NULL. */
static char *find_path(const char *text, const struct cgroup_line *line)
{
	_cleanup_free_ char *copy = strdup(text);
	struct cgroup_line other;
	char *p = copy;

	while (copy && cgroup_line_next(&p, &other) > 0)
		if (strcmp(other.controllers, line->controllers) == 0)
			return strdup(other.path);
	return NULL;
}

static bool is_v2(const struct cgroup_line *line)
{
	return line->controllers[0] == '\0';
}

static bool read_number(int dir_fd, const char *name, uint64_t *ret_value)
{
	char text[32];

	return fd_read_file(dir_fd, name, text, sizeof(text)) > 0 &&
	       take_uint(text, 10, ret_value); /* "max" is none */
}

/*
 * Whether nsjoin's own processes may be too many for it, or use its memory up. In v1 being moved
 * there last costs nothing; in v2 it costs 7 ms, which only those get that leave no room.
 */
static bool is_joined_late(int dir_fd, const struct cgroup_line *line)
{
	uint64_t max, now;

	if (!is_v2(line))
		return cgroup_line_has(line, "pids") || cgroup_line_has(line, "memory");
	return read_number(dir_fd, "pids.max", &max) && read_number(dir_fd, "pids.current", &now) &&
	       max < now + PROCESSES_OF_OURS;
}

static const char leave_it_out[] = "leave it out: ";

enum {
	WAY_OUT_MAX = sizeof(leave_it_out) + REQUEST_PARTS_MAX
};

/* Who has not asked for it by its letter leaves it out by its part. */
static const char *way_out(const struct request *req, char buf[WAY_OUT_MAX])
{
	if (req->join_cgroup)
		return "leave out -c";
	(void)request_without(req, AS_CGROUP, stpcpy(buf, leave_it_out));
	return buf;
}

static bool has_filters(struct target *t)
{
	struct proc_modes modes;
	const char *status;

	return target_status(t, &status) == 0 && modes_parse(status, &modes) == 0 &&
	       modes.seccomp == 2;
}

static int refuse_frozen(const struct request *req, struct target *t,
			 const struct cgroup_line *line, struct error *err)
{
	struct request rest = *req;
	char buf[WAY_OUT_MAX];

	/* What v1 has frozen does not stop to have its filters copied either. */
	if (!is_v2(line) && has_filters(t))
		rest.as_target &= ~AS_BIT(AS_SECCOMP);
	error_set(err, ERROR_CGROUP_FROZEN, 0, "cgroup \"%s\" is frozen: \"%s\" is paused",
		  line->path, t->name);
	error_hint(err, "resume the container first, or %s", way_out(&rest, buf));
	return -EBUSY;
}

/* What joins a frozen cgroup stops at once and can hardly be killed. */
static int check_frozen(const struct request *req, struct target *t, int dir_fd,
			const struct cgroup_line *line, struct error *err)
{
	if (cgroupfs_is_frozen(line, dir_fd))
		return refuse_frozen(req, t, line, err);
	return 0;
}

static int refuse_outside(const struct request *req, const struct cgroup_line *line,
			  struct error *err)
{
	char buf[WAY_OUT_MAX];

	error_set(err, ERROR_CGROUP_JOIN, 0, "cannot join cgroup \"%s\": it is outside of yours",
		  line->path);
	error_hint(err, "you are inside a cgroup namespace; run on the host, or %s",
		   way_out(req, buf));
	return -EXDEV;
}

/* The owner of the target's user namespace goes without what he has not asked for by its letter. */
static bool may_do_without(const struct request *req, const struct target *t)
{
	return !req->join_cgroup && ns_has(t->facts.present & ~t->facts.same, NS_USER) &&
	       !caps_have(CAP_SYS_ADMIN);
}

static int refuse_join(const struct request *req, struct target *t, const char *where, int errnum,
		       struct error *err)
{
	char buf[WAY_OUT_MAX];

	if ((errnum == EACCES || errnum == EPERM) && may_do_without(req, t)) {
		t->facts.cgroups_left++;
		return 0;
	}
	error_set(err, ERROR_CGROUP_JOIN, errnum, "join cgroup \"%s\"", where);
	if (errnum == EACCES || errnum == EPERM)
		error_hint(err, "the cgroup is not yours to join; %s, or run as root",
			   way_out(req, buf));
	if (errnum == EROFS)
		error_hint(err, "the cgroups are mounted read-only here; %s", way_out(req, buf));
	return -errnum;
}

/* How much of the beginning of two paths are the same cgroups. */
static size_t common_length(const char *theirs, const char *ours)
{
	size_t same = 0;

	for (size_t i = 0;; i++) {
		bool end = !theirs[i] || theirs[i] == '/', our_end = !ours[i] || ours[i] == '/';

		if (end && our_end)
			same = i;
		if (!theirs[i] || !ours[i] || theirs[i] != ours[i])
			return same;
	}
}

/* Where only a part of the hierarchy is mounted, what is above it cannot be looked at. */
static bool may_write_anywhere(void)
{
	return caps_have(CAP_DAC_OVERRIDE);
}

/*
 * v2 asks whoever moves a process whether he may write to the cgroup that both are below, too; with
 * v1 moving oneself takes the right to write to where one goes. Return: 0 or a negative errno.
 */
static int check_leaving(const char *where, const struct cgroup_line *theirs, const char *ours)
{
	_cleanup_free_ char *file = NULL;
	/* How much of the end is not common; "/" is not in @where. */
	size_t up = theirs->path[1] ? strlen(theirs->path) - common_length(theirs->path, ours) : 0;

	if (up > strlen(where))
		return may_write_anywhere() ? 0 : -EACCES;
	if (asprintf(&file, "%.*s/cgroup.procs", (int)(strlen(where) - up), where) < 0) {
		file = NULL;
		return -ENOMEM;
	}
	if (faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) == 0)
		return 0;
	if (errno == ENOENT)
		return may_write_anywhere() ? 0 : -EACCES;
	return -errno;
}

static int refuse_gone(const struct target *t, const struct cgroup_line *line, struct error *err)
{
	/* systemd removes the cgroup of a container with its last process. */
	if (process_has_ended(&t->found))
		return target_explain_access(t, "cgroup", ESRCH, err);
	error_set(err, ERROR_CGROUP_JOIN, 0, "cgroup \"%s\" is gone: who was in it has moved",
		  line->path);
	return -ESTALE;
}

/* Which of both is missing, the hierarchy or the cgroup. */
static int refuse_open(const struct request *req, const struct cgroup_line *line, int errnum,
		       struct error *err)
{
	_cleanup_free_ char *mount = NULL;
	_cleanup_fd_ int root = cgroupfs_open(line->controllers, &mount);
	char buf[WAY_OUT_MAX];

	if (root < 0)
		return error_set(err, ERROR_CGROUP_JOIN, -root, "find the cgroup hierarchy \"%s\"",
				 is_v2(line) ? "cgroup2" : line->controllers);
	error_set(err, ERROR_CGROUP_JOIN, errnum, "open cgroup \"%s%s\"", mount, line->path);
	if (errnum == ENOENT)
		error_hint(err, "your part of the hierarchy does not have it; %s",
			   way_out(req, buf));
	return -errnum;
}

/*
 * A hierarchy that has a name instead of controllers limits nothing. systemd-nspawn makes one on hosts
 * with version 2 alone and mounts it nowhere: nobody can be moved there.
 */
static bool is_only_a_name(const struct cgroup_line *line)
{
	_cleanup_fd_ int root = -EBADF;

	if (strncmp(line->controllers, "name=", 5) != 0)
		return false;
	root = cgroupfs_open(line->controllers, NULL);
	return root == -ENOENT;
}

/* A target may have made it so: which one above it is another, that limits less, nobody can tell. */
static int refuse_cut(const struct request *req, const struct target *t, bool all,
		      struct error *err)
{
	char buf[WAY_OUT_MAX];

	error_set(err, ERROR_CGROUP_JOIN, ENAMETOOLONG, "cgroup of \"%s\"", t->name);
	if (all)
		error_hint(err, "%s", way_out(req, buf));
	return -ENAMETOOLONG;
}

static int open_cgroup(const struct request *req, struct target *t, const struct cgroup_line *line,
		       const char *ours, struct error *err)
{
	size_t i = t->facts.n_cgroups;
	/* Moving a thread by "tasks" costs 0.2 ms; "cgroup.procs" of v1 waits for 7. */
	const char *file = is_v2(line) ? "cgroup.procs" : "tasks";
	_cleanup_free_ char *where = NULL;
	_cleanup_fd_ int dir = -EBADF;
	int r;

	if (i == CGROUP_MAX)
		return error_set(err, ERROR_CGROUP_JOIN, E2BIG, "cgroups of \"%s\"", t->name);
	if (strncmp(line->path, "/..", 3) == 0 || line->deleted)
		return refuse_outside(req, line, err);
	dir = cgroupfs_open_cgroup(line->controllers, line->path, &where);
	if (dir < 0 && is_only_a_name(line))
		return 0;
	if (dir == -ESTALE)
		return refuse_gone(t, line, err);
	if (dir < 0)
		return refuse_open(req, line, -dir, err);
	r = check_frozen(req, t, dir, line, err);
	if (r < 0)
		return r;
	r = is_v2(line) ? check_leaving(where, line, ours) : 0;
	if (r < 0)
		return refuse_join(req, t, where, -r, err);
	t->cgroup_fd[i] = openat(dir, file, O_WRONLY | O_CLOEXEC);
	if (t->cgroup_fd[i] < 0)
		return refuse_join(req, t, where, errno, err);
	if (asprintf(&t->cgroup_path[i], "%s/%s", where, file) < 0) {
		t->cgroup_path[i] = NULL;
		return error_set(err, ERROR_SYSTEM, ENOMEM, "join cgroup");
	}
	t->facts.cgroup_path[i] = t->cgroup_path[i];
	if (is_joined_late(dir, line)) {
		t->facts.cgroup_late |= UINT32_C(1) << i;
		/* Of v2 it says which devices may be opened, too. */
		t->facts.tracer_beside |= is_v2(line) && target_has_tracer(t);
	}
	if (is_v2(line) || cgroup_line_has(line, "memory"))
		oom_kills_open(dir, is_v2(line), &t->oom);
	if (is_v2(line)) {
		uint64_t limit;

		t->facts.cgroup_v2_limited = read_number(dir, "memory.max", &limit);
		t->facts.cgroup_v2 = (int)i;
		t->cgroup_dir_fd = fd_steal(&dir);
	}
	t->facts.n_cgroups++;
	return 0;
}

/* Runtimes leave hierarchies alone: where they made nothing, nothing was left. */
static int check_home(struct target *t, const struct cgroup_line *line)
{
	_cleanup_fd_ int root = -EBADF;

	if (!t->cgroup_home || t->cgroup_away || ident_is_within(line->path, t->cgroup_home))
		return 0;
	root = cgroupfs_open(line->controllers, NULL);
	if (root < 0 || faccessat(root, t->cgroup_home + 1, F_OK, 0) < 0)
		return 0;
	t->cgroup_away = strdup(line->path);
	if (!t->cgroup_away)
		return -ENOMEM;
	t->facts.cgroup_home = t->cgroup_home;
	t->facts.cgroup_away = t->cgroup_away;
	return 0;
}

static int join_line(const struct request *req, struct target *t, const struct cgroup_line *line,
		     const char *ours, struct error *err)
{
	_cleanup_free_ char *path = find_path(ours, line);
	int r = check_home(t, line);

	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look at the cgroups");
	if (path && strcmp(path, line->path) == 0)
		return 0;
	return open_cgroup(req, t, line, path ? path : "/", err);
}

static bool takes_all(const struct request *req, const struct target *t)
{
	return req->join_cgroup || plan_takes(req, &t->facts, AS_CGROUP);
}

/*
 * Code of the target's that a program of the host's is made to load could make device nodes, or have
 * them made, and open them: which, only a cgroup decides. In a user namespace nobody can make one.
 */
static bool takes_devices(const struct request *req, const struct target *t)
{
	return req->view == VIEW_TARGET && !req->privileged && !t->facts.is_host &&
	       !ns_has(t->facts.present & ~t->facts.same, NS_USER);
}

/* Not there, not to be written to, or not ours to ask for. Nothing that a target can bring about. */
static bool is_out_of_reach(int r)
{
	return r == -ENOENT || r == -EXDEV || r == -EROFS || r == -EACCES || r == -EPERM;
}

/* Return: 0, -EXDEV where it is out of reach, or another negative errno with @err filled. */
static int hold_to_devices_v2(struct target *t, const struct cgroup_line *line, const char *ours,
			      struct error *err)
{
	_cleanup_free_ char *path = find_path(ours, line);
	int r = check_home(t, line);

	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look at the cgroups");
	r = target_open_devices(t, line->path, path ? path : "/");
	if (r >= 0)
		return r;
	if (r == -ESTALE)
		return refuse_gone(t, line, err);
	if (is_out_of_reach(r) || r == -ENOSYS)
		return -EXDEV;
	error_set(err, ERROR_CGROUP_JOIN, -r, "hold the program to the devices of \"%s\"", t->name);
	error_hint(err, "-c joins the target's own cgroup");
	return r;
}

/* Nothing else of it, and without where it is out of reach, as from inside another container. */
static int join_devices(const struct request *req, struct target *t, const struct cgroup_line *line,
			const char *ours, struct error *err)
{
	int r = 0;

	if (is_v2(line))
		r = hold_to_devices_v2(t, line, ours, err);
	else if (cgroup_line_has(line, "devices"))
		r = join_line(req, t, line, ours, err);
	if (!is_out_of_reach(r) && r != -EBUSY)
		return r;
	error_done(err);
	t->facts.devices_left = true;
	return 0;
}

int target_open_cgroups(const struct request *req, struct target *t, struct error *err)
{
	_cleanup_free_ char *theirs = NULL, *ours = NULL;
	bool all = takes_all(req, t);
	struct cgroup_line line;
	char *p;
	int r;

	if (!all && !takes_devices(req, t))
		return 0;
	if (t->found.proc_fd < 0) {
		error_set(err, ERROR_NO_TARGET, 0, "-c: no target");
		error_hint(err, "nsjoin -t TARGET -c …");
		return -EINVAL;
	}
	r = read_lines(t->found.proc_fd, "cgroup", &theirs, err);
	if (r >= 0)
		r = read_lines(AT_FDCWD, "/proc/self/cgroup", &ours, err);
	if (r >= 0 && t->found.id &&
	    home_find(&t->found, req->host_root, theirs, &t->cgroup_home) < 0)
		r = error_set(err, ERROR_SYSTEM, ENOMEM, "look at the cgroups");
	p = theirs;
	while (r >= 0 && cgroup_line_next(&p, &line) > 0)
		r = line.cut ? refuse_cut(req, t, all, err)
			     : (all ? join_line : join_devices)(req, t, &line, ours, err);
	t->facts.cgroup_devices = !all;
	return r;
}

static bool is_frozen(int proc_fd, bool v2)
{
	_cleanup_free_ char *text = NULL;
	struct cgroup_line line;
	char *p;

	if (fd_read_alloc(proc_fd, "cgroup", CGROUP_TEXT_MAX, &text) < 0)
		return false;
	p = text;
	while (cgroup_line_next(&p, &line) > 0)
		if ((v2 || !is_v2(&line)) && cgroup_line_is_frozen(&line))
			return true;
	return false;
}

bool target_is_frozen_v1(const struct target *t)
{
	return is_frozen(t->found.proc_fd, false);
}

bool target_process_is_frozen(int proc_fd)
{
	return is_frozen(proc_fd, true);
}
