/* SPDX-License-Identifier: MIT */
#include "find/hostfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "find/rootlinks.h"
#include "sys/beneath.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/log.h"
#include "util/parse.h"

/*
 * In a pid namespace whose /proc was never mounted anew the same number means one process to
 * pidfd_open(2) and another one to /proc.
 */
static bool self_is_us(int proc_fd)
{
	char text[sizeof("2147483647")];
	ssize_t n = readlinkat(proc_fd, "self", text, sizeof(text) - 1);
	pid_t pid;

	if (n < 0)
		return false;
	text[n] = '\0';
	return parse_pid(text, &pid) == 0 && pid == getpid();
}

bool hostfs_is_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

int hostfs_check_proc(const struct hostfs *host, struct error *err)
{
	if (*host->dir || !host->foreign || hostfs_is_procfs(host->proc_fd))
		return 0;
	(void)error_set(err, ERROR_SYSTEM, 0, "no process can be seen: /proc is not mounted");
	error_hint(err, "mount -t proc proc /proc");
	return -ENOENT;
}

/* NSpid has a column for each pid namespace from that of the procfs down to our own. */
static bool is_of_our_pidns(int proc_fd)
{
	_cleanup_fd_ int self = -EBADF;
	struct proc_status status = { 0 };
	bool is;

	if (!hostfs_is_procfs(proc_fd) || !self_is_us(proc_fd))
		return false;
	self = openat(proc_fd, "self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (self < 0 || proc_status_read(self, &status) < 0)
		return false;
	is = status.nspid_depth == 1;
	proc_status_done(&status);
	return is;
}

static int init_own(struct hostfs *host, struct error *err)
{
	host->dir = "";
	host->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->root_fd < 0)
		return error_set(err, ERROR_SYSTEM, errno, "open \"/\"");
	host->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->proc_fd < 0 && (errno == EMFILE || errno == ENFILE))
		return error_set(err, ERROR_SYSTEM, errno, "open \"/proc\"");
	host->foreign = host->proc_fd < 0 || !self_is_us(host->proc_fd);
	return 0;
}

static int init_below(const char *dir, struct hostfs *host, struct error *err)
{
	host->dir = dir;
	host->root_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->root_fd < 0)
		return error_set(err, ERROR_USAGE, errno, "--host-root \"%s\"", dir);
	host->proc_fd = hostfs_open(host, "/proc", O_PATH | O_DIRECTORY);
	host->foreign = host->proc_fd < 0 || !is_of_our_pidns(host->proc_fd);
	if (host->proc_fd < 0)
		log_line(LOG_VERBOSE, "no /proc below %s: its processes are not seen", dir);
	else if (host->foreign)
		log_line(LOG_VERBOSE,
			 "/proc below %s is not of this pid namespace: no number from it is used",
			 dir);
	return 0;
}

int hostfs_init(const char *dir, struct hostfs *ret_host, struct error *err)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	int r;

	if (!dir || strcmp(dir, "/") == 0)
		r = init_own(&host, err);
	else
		r = init_below(dir, &host, err);
	if (r < 0)
		return r;
	if (host.proc_fd < 0)
		host.proc_fd = -EBADF;
	*ret_host = host;
	host = HOSTFS_NONE;
	return 0;
}

static int open_resolved(const struct hostfs *host, const char *path, int flags, uint64_t resolve)
{
	int fd;

	flags |= O_CLOEXEC | O_NOCTTY;
	/* openat2(2) is 0.3 microseconds more, and some filters do not know it. */
	if (!*host->dir && resolve == 0) {
		fd = open(path, flags);
		return fd < 0 ? -errno : fd;
	}
	/* It knows no flag beside O_PATH that it has to ignore. */
	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	return beneath_open(host->root_fd, path, flags, RESOLVE_IN_ROOT | resolve);
}

int hostfs_open(const struct hostfs *host, const char *path, int flags)
{
	return open_resolved(host, path, flags, 0);
}

bool hostfs_lacks(const struct hostfs *host, const char *path)
{
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (!*host->dir)
		return fstatat(AT_FDCWD, path, &st, 0) < 0 && (errno == ENOENT || errno == ENOTDIR);
	fd = hostfs_open(host, path, O_PATH);
	return fd == -ENOENT || fd == -ENOTDIR;
}

/* The whole of a regular file, read through the descriptor that was checked. */
static ssize_t read_checked(int fd, const struct stat *st, size_t limit, char **ret_text)
{
	bool sized = st->st_size > 0; /* those of procfs are not */
	_cleanup_free_ char *text = NULL;
	size_t size = 8192, used = 0;

	if (sized && (uint64_t)st->st_size > limit)
		return -EFBIG;
	if (sized)
		size = (size_t)st->st_size + 2;
	text = malloc(size);
	while (text) {
		ssize_t n = read(fd, text + used, size - used - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (used > limit)
			return -EFBIG;
		/* A file on a disk that fills less than was asked for has ended. */
		if (n == 0 || (sized && used + 1 < size)) {
			text[used] = '\0';
			*ret_text = steal_pointer(&text);
			return (ssize_t)used;
		}
		if (used + 1 == size) {
			char *more = realloc(text, size *= 2);

			if (!more)
				return -ENOMEM;
			text = more;
		}
	}
	return -ENOMEM;
}

static bool is_believed(const struct stat *st, uid_t owner)
{
	return S_ISREG(st->st_mode) && !(st->st_mode & S_IWOTH) &&
	       (st->st_uid == 0 || st->st_uid == geteuid() || st->st_uid == owner);
}

/* Where the file is another user's, no link is followed but those that only root can have made. */
static int open_state(const struct hostfs *host, const char *path, uid_t owner)
{
	/* A link made by another user could lead to a device, which opening alone has effects on. */
	uint64_t resolve = owner == 0 || owner == geteuid() ? 0 : RESOLVE_NO_SYMLINKS;
	/* Without O_NONBLOCK a FIFO would hold us for ever. */
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
	_cleanup_free_ char *plain = NULL;
	int fd = open_resolved(host, path, flags, resolve);

	if (fd != -ELOOP || resolve == 0 || rootlinks_follow(host->root_fd, path, &plain) <= 0)
		return fd;
	return open_resolved(host, plain, flags, resolve);
}

static ssize_t read_file(const struct hostfs *host, const char *path, uid_t owner, size_t limit,
			 char **ret_text, struct stat *ret_st)
{
	_cleanup_fd_ int fd = open_state(host, path, owner);

	if (fd < 0)
		return fd;
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (!is_believed(ret_st, owner))
		return -EPERM;
	return read_checked(fd, ret_st, limit, ret_text);
}

ssize_t hostfs_read(const struct hostfs *host, const char *path, size_t limit, char **ret_text)
{
	return hostfs_read_of(host, path, 0, limit, ret_text);
}

ssize_t hostfs_read_of(const struct hostfs *host, const char *path, uid_t owner, size_t limit,
		       char **ret_text)
{
	struct stat st;

	return read_file(host, path, owner, limit, ret_text, &st);
}

ssize_t hostfs_read_dated(const struct hostfs *host, const char *path, uid_t owner, size_t limit,
			  char **ret_text, int64_t *ret_written)
{
	struct stat st;
	ssize_t n = read_file(host, path, owner, limit, ret_text, &st);

	if (n >= 0)
		*ret_written = st.st_mtim.tv_sec;
	return n;
}

int hostfs_proc(const struct hostfs *host, pid_t pid)
{
	char name[sizeof("2147483647")];
	int fd;

	(void)snprintf(name, sizeof(name), "%d", pid); /* fits: pids are positive ints */
	fd = openat(host->proc_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int hostfs_pidfd(const struct hostfs *host, pid_t pid)
{
	return host->foreign ? -ENOSYS : pidfd_of(pid);
}

/* What a search has open at once at the most, with some to spare. */
enum {
	SEARCH_FILES = 16
};

bool hostfs_can_open(const struct hostfs *host)
{
	_cleanup_fd_ int first = fcntl(host->root_fd, F_DUPFD_CLOEXEC, 0);
	_cleanup_fd_ int last =
		first < 0 ? -EBADF : fcntl(host->root_fd, F_DUPFD_CLOEXEC, first + SEARCH_FILES);

	return last >= 0;
}

void hostfs_done(struct hostfs *host)
{
	host->root_fd = fd_close(host->root_fd);
	host->proc_fd = fd_close(host->proc_fd);
	*host = HOSTFS_NONE;
}
