/* SPDX-License-Identifier: MIT */
#include "find/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

int process_try(const struct hostfs *host, pid_t pid, struct found *ret_found)
{
	_cleanup_fd_ int pidfd = hostfs_pidfd(host, pid);
	_cleanup_fd_ int proc_fd = -EBADF;

	/* Without a pidfd the directory alone holds on to the process. */
	if (pidfd < 0 && pidfd != -ENOSYS)
		return pidfd;
	proc_fd = hostfs_proc(host, pid);
	if (proc_fd < 0)
		return proc_fd;
	*ret_found = (struct found){
		.pid = pid,
		.pidfd = pidfd >= 0 ? fd_steal(&pidfd) : -EBADF,
		.proc_fd = fd_steal(&proc_fd),
	};
	return 0;
}

/* A thread has a directory below /proc that no listing shows. */
static pid_t thread_group(const struct hostfs *host, pid_t pid)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct proc_status status = { 0 };
	pid_t tgid;

	if (proc_fd < 0 || proc_status_read(proc_fd, &status) < 0)
		return 0;
	tgid = status.tgid;
	proc_status_done(&status);
	return tgid;
}

static int refuse_thread(pid_t pid, pid_t tgid, struct error *err)
{
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "%d is a thread of process %d", pid, tgid);
	error_hint(err, "for the process: -t %d", tgid);
	return -EINVAL;
}

static int explain_failure(const struct hostfs *host, pid_t pid, int r, struct error *err)
{
	_cleanup_fd_ int pidfd = -EBADF;
	pid_t tgid = thread_group(host, pid);

	if (tgid > 0 && tgid != pid)
		return refuse_thread(pid, tgid, err);
	pidfd = hostfs_pidfd(host, pid);
	if (r == -ENOENT && pidfd >= 0) {
		(void)error_set(err, ERROR_PERMISSION_HIDEPID, 0,
				"process %d is hidden from you: /proc is mounted with hidepid",
				pid);
		error_hint(err, "run nsjoin as root");
		return -EACCES;
	}
	if (r == -ESRCH || r == -ENOENT) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "process %d does not exist", pid);
		return -ESRCH;
	}
	return error_set(err, ERROR_SYSTEM, -r, "open process %d", pid);
}

/* Zombies and kernel threads have no executable: one call tells that a closer look is needed. */
static bool lacks_executable(int proc_fd)
{
	char byte;

	return readlinkat(proc_fd, "exe", &byte, sizeof(byte)) < 0 &&
	       (errno == ENOENT || errno == ESRCH);
}

int process_explain_end(const struct found *found, struct error *err)
{
	int r;

	if (found->pidfd < 0 || pidfd_exited(found->pidfd))
		return error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d has exited (zombie)",
				 found->pid);
	r = error_set(err, ERROR_TARGET_IS_GONE, 0,
		      "the first thread of process %d has exited: its others cannot be joined",
		      found->pid);
	error_hint(err, "another process that is in the same namespaces serves as well: nsjoin ps");
	return r;
}

bool process_has_ended(const struct found *found)
{
	struct proc_stat stat;

	return lacks_executable(found->proc_fd) && (proc_stat_read(found->proc_fd, &stat) < 0 ||
						    stat.state == 'Z' || stat.state == 'X');
}

static int check_alive(const struct found *found, struct error *err)
{
	struct proc_stat stat;
	int r;

	if (!lacks_executable(found->proc_fd))
		return 0;
	r = proc_stat_read(found->proc_fd, &stat);
	if (r < 0)
		return error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d has exited", found->pid);
	if (stat.kernel_thread)
		return error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				 "process %d (%s) is a kernel thread: it has no namespaces of its "
				 "own to join",
				 found->pid, stat.comm);
	return stat.state == 'Z' || stat.state == 'X' ? process_explain_end(found, err) : 0;
}

int process_open(const struct hostfs *host, pid_t pid, struct found *ret_found, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = process_try(host, pid, &found);

	if (r < 0)
		return explain_failure(host, pid, r, err);
	if (found.pidfd < 0) {
		/* pidfd_open(2) would have refused a thread. */
		pid_t tgid = thread_group(host, pid);

		if (tgid > 0 && tgid != pid)
			return refuse_thread(pid, tgid, err);
	}
	r = check_alive(&found, err);
	if (r < 0)
		return r;
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

int process_check_inode(const struct found *found, uint64_t inode, struct error *err)
{
	uint64_t actual;
	int r = found->pidfd < 0 ? -EOPNOTSUPP : pidfd_inode(found->pidfd, &actual);

	if (r == -EOPNOTSUPP)
		return error_set(err, ERROR_KERNEL_TOO_OLD, 0,
				 "process %d by its inode needs Linux 6.9 or later, with pidfs",
				 found->pid);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read the inode of process %d", found->pid);
	if (actual != inode) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0,
				"process %d is not the one with inode %" PRIu64
				": the number was used again",
				found->pid, inode);
		return -ESRCH;
	}
	return 0;
}

/* The number in a pid file: digits, then nothing but white space. */
static int read_pid(int fd, pid_t *ret_pid)
{
	char text[32];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (strlen(text) != (size_t)n)
		return -EBADMSG;
	while (n > 0 && strchr(" \t\r\n", text[n - 1]))
		text[--n] = '\0';
	return parse_pid(text, ret_pid) < 0 ? -EBADMSG : 0;
}

static int check_owner(const char *path, const struct stat *st, const struct found *found,
		       struct error *err)
{
	struct proc_status status = { 0 };
	bool same = st->st_uid == 0 || st->st_uid == geteuid();

	if (!same && proc_status_read(found->proc_fd, &status) == 0) {
		same = true;
		for (size_t i = 0; i < ARRAY_SIZE(status.uid); i++)
			same = same && status.uid[i] == st->st_uid;
		proc_status_done(&status);
	}
	if (same)
		return 0;
	(void)error_set(err, ERROR_PERMISSION, 0,
			"pid file \"%s\" belongs to uid %u, who does not own process %d", path,
			st->st_uid, found->pid);
	error_hint(err, "if it is the right process: -t %d", found->pid);
	return -EPERM;
}

static int refuse_pidfile(struct error *err, const char *path, const char *reason)
{
	return error_set(err, ERROR_TARGET_NOT_FOUND, 0, "pid file \"%s\": %s", path, reason);
}

int process_open_pidfile(const struct hostfs *host, const char *path, struct found *ret_found,
			 struct error *err)
{
	/* Without O_NONBLOCK a FIFO would hold us until somebody writes to it. */
	_cleanup_fd_ int fd = hostfs_open(host, path, O_RDONLY | O_NONBLOCK);
	_cleanup_found_ struct found found = FOUND_NONE;
	struct stat st;
	pid_t pid;
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET_NOT_FOUND, -fd, "open pid file \"%s\"", path);
	if (fstat(fd, &st) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "inspect pid file \"%s\"", path);
	if (!S_ISREG(st.st_mode))
		return refuse_pidfile(err, path, "it is not a regular file");
	if (st.st_mode & S_IWOTH)
		return refuse_pidfile(err, path, "everybody may write to it");
	r = read_pid(fd, &pid);
	if (r < 0)
		return refuse_pidfile(err, path, "it does not hold one process number");
	r = process_open(host, pid, &found, err);
	if (r < 0)
		return r;
	r = check_owner(path, &st, &found, err);
	if (r < 0)
		return r;
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}
