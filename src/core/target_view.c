/* SPDX-License-Identifier: MIT */
/* -H: the way to the target's tree, where it will be shown, and what the program is told of it. */
#include "core/target_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "sys/caps.h"
#include "sys/environ.h"
#include "sys/mountapi.h"
#include "sys/nsfd.h"
#include "sys/pidns.h"
#include "sys/proc.h"
#include "sys/procmounts.h"
#include "sys/procroot.h"
#include "util/fd.h"
#include "util/log.h"

extern char **environ;

static bool is_directory(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* Whether our working directory is @path or below it. */
static bool is_in(const char *path)
{
	char cwd[PATH_MAX];
	size_t n = strlen(path);
	ssize_t size = readlinkat(AT_FDCWD, "/proc/self/cwd", cwd, sizeof(cwd) - 1);

	if (size < 0)
		return false;
	cwd[size] = '\0';
	return strncmp(cwd, path, n) == 0 && (cwd[n] == '/' || cwd[n] == '\0');
}

static bool is_empty(const char *path)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	size_t n = 0;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(dir); /* read-only */
	return n == 0;
}

/* A directory whose contents will be missed by nobody, or the least likely to be. */
static const char *place_of_tree(void)
{
	static const char *const places[] = { "/mnt", "/media", "/srv" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (is_empty(places[i]))
			return places[i];
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (is_directory(places[i]))
			return places[i];
	return NULL;
}

/* What the target's tree is taken with: by a process that joins its mount namespace for that. */
static int open_way(struct target *t, struct error *err)
{
	uint64_t ours, theirs;

	t->tree_fd = openat(t->found.proc_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->tree_fd < 0)
		return target_explain_access(t, "root", errno, err);
	if (proc_ns_inode(t->self_ns_fd, "mnt", &ours) == 0 &&
	    proc_ns_inode(t->found.proc_fd, "ns/mnt", &theirs) == 0 && ours == theirs)
		return 0;
	t->tree_mnt_fd = nsfd_open_link(t->found.proc_fd, "ns/mnt");
	if (t->tree_mnt_fd < 0)
		return target_explain_access(t, "ns/mnt", -t->tree_mnt_fd, err);
	if (!ns_has(t->facts.present & ~t->facts.same, NS_USER) || caps_have(CAP_SYS_ADMIN))
		return 0;
	t->tree_user_fd = nsfd_open_link(t->found.proc_fd, "ns/user");
	if (t->tree_user_fd < 0)
		return target_explain_access(t, "ns/user", -t->tree_user_fd, err);
	return 0;
}

/* Where that is another user namespace than ours, and it is ours to lock what we show in it. */
static int open_lock(struct target *t, struct error *err)
{
	if (!ns_has(t->facts.present & ~t->facts.same, NS_USER) || !caps_have(CAP_SYS_ADMIN))
		return 0;
	if (ns_has(t->facts.by_pidfd, NS_USER)) {
		t->lock_user_fd = nsfd_open_link(t->found.proc_fd, "ns/user");
		return t->lock_user_fd < 0
			       ? target_explain_access(t, "ns/user", -t->lock_user_fd, err)
			       : 0;
	}
	t->lock_user_fd = fcntl(t->ns_fd[NS_USER], F_DUPFD_CLOEXEC, 3);
	return t->lock_user_fd < 0 ? target_explain_access(t, "ns/user", errno, err) : 0;
}

/* Whether anybody reads the notes: looking at all processes for the sake of one is not for a script. */
static bool is_read(const struct request *req)
{
	struct termios settings;

	return req->dry_run || req->verbosity >= LOG_VERBOSE ||
	       tcgetattr(STDERR_FILENO, &settings) == 0;
}

/* Then it can look into every process that it sees, whatever that one's privileges are. */
static bool may_trace(const struct target *t)
{
	struct caps_sets caps;
	uint64_t ours, theirs;

	return caps_read(t->found.proc_fd, &caps) == 0 &&
	       (caps.bounding | caps.effective) >> CAP_SYS_PTRACE & 1 &&
	       proc_ns_inode(t->self_ns_fd, "user", &ours) == 0 &&
	       proc_ns_inode(t->found.proc_fd, "ns/user", &theirs) == 0 && ours == theirs;
}

/*
 * Return: the number that the init of the target's pid namespace has here, 0 where there is none, or
 * -errno.
 */
static pid_t init_of(const struct target *t)
{
	_cleanup_fd_ int fd = nsfd_open_link(t->found.proc_fd, "ns/pid");
	pid_t pid = fd < 0 ? fd : pidns_init(fd);

	/* As older kernels say that they do not know the question. */
	return pid == -ENOTTY || pid == -EINVAL ? target_find_init(t) : pid;
}

static bool is_init(struct target *t)
{
	struct proc_status status = { 0 };
	const char *text;
	bool is;

	if (target_status(t, &text) < 0 || proc_status_parse(text, &status) < 0)
		return false;
	is = status.nspid_depth > 1 && status.nspid_last == 1;
	proc_status_done(&status);
	return is;
}

/*
 * Whether the target's pid namespace began with a process that sees the target's files: one of
 * another container's, of a pod's or of the host's has processes that are not the target's.
 */
static bool has_own_pids(struct target *t)
{
	_cleanup_fd_ int proc_fd = -EBADF;
	uint64_t theirs, init;
	pid_t pid;

	if (is_init(t))
		return true;
	pid = init_of(t);
	proc_fd = pid > 0 ? proc_open(pid) : -ESRCH;
	return proc_fd >= 0 && proc_ns_inode(proc_fd, "ns/mnt", &init) == 0 &&
	       proc_ns_inode(t->found.proc_fd, "ns/mnt", &theirs) == 0 && init == theirs;
}

/*
 * In a user namespace of its own no right of its own is one over other processes, whichever are seen.
 */
static bool sees_own_pids_only(struct target *t)
{
	const ns_set join = t->facts.present & ~t->facts.same;

	return ns_has(join, NS_PID) && has_own_pids(t) &&
	       (ns_has(join, NS_USER) || procmounts_apart(t->found.proc_fd));
}

static int tell_program(const struct request *req, struct target *t)
{
	int r = 0;

	for (char **word = environ; !req->env && *word && r == 0; word++)
		r = strv_add(&t->env, *word);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_TARGET", t->name);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_ROOT", t->facts.tree_place);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_PREFIX", "/");
	return r;
}

/* The target's environment is looked at only: paths of its programs, and where it is at home. */
static int open_tools(const struct request *req, struct target *t, struct error *err)
{
	_cleanup_strv_ struct strv theirs = { 0 };
	struct environ_report report = { 0 };
	int r = environ_read(t->found.proc_fd, ENVIRON_SIZE_MAX, &theirs, &report);

	if (r < 0 && r != -EACCES && r != -ETIMEDOUT)
		return error_set(err, ERROR_SYSTEM, -r, "read the environment of \"%s\"", t->name);
	if (t->proc_root_fd < 0)
		t->proc_root_fd = proc_root_open();
	if (t->proc_root_fd < 0)
		return error_set(err, ERROR_SYSTEM, -t->proc_root_fd, "open /proc");
	return target_open_tools(req, t, &theirs, err);
}

/* Asked before it is done, so that --dry-run tells it as well. */
static int check_kernel(const struct request *req, const struct target *t, struct error *err)
{
	int r = mountapi_look(req->view == VIEW_TARGET);

	if (r == 0)
		return 0;
	if (r == -ENOSYS) {
		error_set(err, ERROR_KERNEL_TOO_OLD, 0,
			  "-H: this kernel cannot show two systems' files beside each other");
		error_hint(err, "--view=host takes Linux 5.2, --view=target Linux 5.12");
	} else {
		error_set(err, ERROR_PERMISSION, -r,
			  "-H: a seccomp filter of yours forbids to show two systems' files beside "
			  "each other");
	}
	error_hint(err, "a static program runs anyway: nsjoin -t %s -X busybox sh", t->name);
	return r;
}

int target_open_view(const struct request *req, struct target *t, struct error *err)
{
	int r;

	if (req->view == VIEW_NONE)
		return 0;
	r = check_kernel(req, t, err);
	if (r >= 0)
		r = open_way(t, err);
	if (r >= 0 && req->view == VIEW_TARGET) {
		t->facts.pids_apart = sees_own_pids_only(t);
		r = open_lock(t, err);
		return r < 0 ? r : open_tools(req, t, err);
	}
	if (r < 0)
		return r;
	t->facts.caller_admin = caps_have(CAP_SYS_ADMIN);
	t->facts.tree_place = place_of_tree();
	t->facts.target_traces = may_trace(t) || (is_read(req) && target_has_tracer(t));
	t->facts.has_tmp = is_directory("/tmp");
	t->facts.has_shm = is_directory("/dev/shm");
	t->facts.cwd_covered =
		(t->facts.has_tmp && is_in("/tmp")) || (t->facts.has_shm && is_in("/dev/shm"));
	if (!t->facts.tree_place)
		return error_set(
			err, ERROR_SYSTEM, ENOENT,
			"--view=host: no /mnt, /media or /srv to show the target's tree at");
	r = tell_program(req, t);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "--view=host: set up the environment");
	return 0;
}
