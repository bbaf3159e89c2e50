/* SPDX-License-Identifier: MIT */
#include "sys/nsfd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/fd.h"

/* linux/magic.h of the oldest headers that we build with, linux/nsfs.h and fcntl.h lack these. */
#define NSFS_SUPER_MAGIC 0x6e736673
#define NSFS_GET_ID	 _IOR(0xb7, 13, uint64_t) /* NS_GET_ID, since Linux 6.18 */
#define NSFS_ROOT_FD	 (-10003)		  /* FD_NSFS_ROOT, since Linux 6.18 */
#define NSFS_HANDLE_TYPE 0xf1			  /* FILEID_NSFS, since Linux 6.18 */

/* struct nsfs_file_handle of linux/nsfs.h, since Linux 6.18. */
struct nsfs_id {
	uint64_t id;
	uint32_t type, inum; /* 0: any, since Linux 6.19 */
};

/* Negative errno of a failed call, or its result. */
static int result(int ret)
{
	return ret < 0 ? -errno : ret;
}

int nsfd_open_link(int dirfd, const char *name)
{
	return result(openat(dirfd, name, O_RDONLY | O_CLOEXEC));
}

int nsfd_inode(int fd, uint64_t *ret_inode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_inode = st.st_ino;
	return 0;
}

int nsfd_id(int fd, uint64_t *ret_nsid)
{
	uint64_t id;

	if (ioctl(fd, NSFS_GET_ID, &id) < 0)
		return -errno;
	*ret_nsid = id;
	return 0;
}

int nsfd_type(int fd, enum ns_type *ret_type)
{
	int flag = ioctl(fd, NS_GET_NSTYPE);
	enum ns_type type;

	if (flag < 0)
		return -errno;
	type = ns_from_clone_flag((uint32_t)flag);
	if (type == NS_COUNT)
		return -EPROTONOSUPPORT;
	*ret_type = type;
	return 0;
}

int nsfd_open_owner(int fd)
{
	return result(ioctl(fd, NS_GET_USERNS));
}

int nsfd_owner_inode(int fd, uint64_t *ret_inode)
{
	_cleanup_fd_ int owner = nsfd_open_owner(fd);

	return owner < 0 ? owner : nsfd_inode(owner, ret_inode);
}

int nsfd_open_parent(int fd)
{
	return result(ioctl(fd, NS_GET_PARENT));
}

int nsfd_owner_uid(int fd, uint32_t *ret_uid)
{
	uid_t uid;

	if (ioctl(fd, NS_GET_OWNER_UID, &uid) < 0)
		return -errno;
	*ret_uid = uid;
	return 0;
}

int nsfd_of_socket(int sockfd)
{
	return result(ioctl(sockfd, SIOCGSKNS));
}

static const char *kind_of_file(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "is a directory";
	case S_IFREG:
		return "is a regular file";
	case S_IFIFO:
		return "is a FIFO";
	case S_IFSOCK:
		return "is a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "is a device";
	default:
		return "is something else";
	}
}

static int open_failed(int errnum, const char *path, struct error *err)
{
	enum error_id id = ERROR_WRONG_NAMESPACE_FILE;

	if (errnum == EACCES || errnum == EPERM)
		id = ERROR_PERMISSION;
	if (errnum == EMFILE || errnum == ENFILE || errnum == ENOMEM)
		id = ERROR_SYSTEM;
	(void)error_set(err, id, errnum, "open namespace file \"%s\"", path);
	if (id == ERROR_PERMISSION && geteuid() != 0)
		error_hint(err, "run as root, or as who owns the process where it is in /proc");
	return -errnum;
}

/* Looks at what @fd (O_PATH) is before it is opened for good. */
static int check_nsfs(int fd, const char *path, struct error *err)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return open_failed(errno, path, err);
	if (fs.f_type == NSFS_SUPER_MAGIC)
		return 0;
	(void)error_set(err, ERROR_WRONG_NAMESPACE_FILE, 0, "\"%s\" %s, not a namespace", path,
			kind_of_file(st.st_mode));
	/* What "ip netns add" leaves behind where its mount is not seen is a regular file. */
	error_hint(err, "namespaces are files in /proc/PID/ns, or such a file mounted elsewhere");
	return -EINVAL;
}

bool nsfd_is_nsfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == NSFS_SUPER_MAGIC;
}

/* @what is how a user would spell it: a path, or ":NSID". */
static int check_type(int fd, enum ns_type want, const char *what, struct error *err)
{
	enum ns_type type;
	int r = nsfd_type(fd, &type);

	if (r == -ENOTTY)
		return error_set(err, ERROR_KERNEL_TOO_OLD, 0,
				 "the type of \"%s\" cannot be told: needs Linux 4.11", what);
	if (r == -EPROTONOSUPPORT)
		return error_set(err, ERROR_WRONG_NAMESPACE_FILE, 0, "\"%s\" is not a %s namespace",
				 what, ns_table[want].name);
	if (r < 0)
		return open_failed(-r, what, err);
	if (type == want)
		return 0;
	(void)error_set(err, ERROR_WRONG_NAMESPACE_FILE, 0, "\"%s\" is %s %s namespace, not %s",
			what, type == NS_IPC ? "an" : "a", ns_table[type].name,
			ns_table[want].name);
	error_hint(err, "use -%c=%s", ns_table[type].letter, what);
	return -EINVAL;
}

int nsfd_open_file(const char *path, enum ns_type want, int *ret_fd, struct error *err)
{
	_cleanup_fd_ int handle = open(path, O_PATH | O_CLOEXEC);
	char link[FD_LINK_MAX];
	_cleanup_fd_ int fd = -EBADF;
	int r;

	if (handle < 0)
		return open_failed(errno, path, err);
	r = check_nsfs(handle, path, err);
	if (r < 0)
		return r;
	fd = open(fd_link(handle, link), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return open_failed(errno, path, err);
	/* Again: the path led through /proc, which might be anything. */
	r = check_nsfs(fd, path, err);
	if (r == 0)
		r = check_type(fd, want, path, err);
	if (r < 0)
		return r;
	*ret_fd = fd_steal(&fd);
	return 0;
}

static int open_id(uint64_t nsid)
{
	const struct nsfs_id id = { .id = nsid };
	union {
		struct file_handle header;
		char space[sizeof(struct file_handle) + sizeof(id)];
	} handle = {
		.header = { .handle_bytes = sizeof(id), .handle_type = NSFS_HANDLE_TYPE },
	};

	memcpy(handle.header.f_handle, &id, sizeof(id));
	return result(open_by_handle_at(NSFS_ROOT_FD, &handle.header, O_RDONLY | O_CLOEXEC));
}

/* Whether ids can be opened here at all: ours exists for certain. */
static int try_own_id(enum ns_type type)
{
	char link[sizeof("/proc/self/ns/") + NS_NAMES_MAX];
	_cleanup_fd_ int own = -EBADF, again = -EBADF;
	uint64_t nsid;
	int r;

	(void)snprintf(link, sizeof(link), "/proc/self/ns/%s", ns_table[type].name); /* fits */
	own = nsfd_open_link(AT_FDCWD, link);
	if (own < 0)
		return own;
	r = nsfd_id(own, &nsid);
	if (r < 0)
		return r;
	again = open_id(nsid);
	return again < 0 ? again : 0;
}

static int open_id_failed(int errnum, enum ns_type want, uint64_t nsid, struct error *err)
{
	const char *name = ns_table[want].name;
	int r = try_own_id(want);

	if (r == -EPERM || r == -EACCES || errnum == EPERM || errnum == EACCES)
		return error_set(err, ERROR_PERMISSION, errnum,
				 "open %s namespace \":%" PRIu64 "\"", name, nsid);
	if (r < 0) {
		(void)error_set(err, ERROR_KERNEL_TOO_OLD, 0,
				"open %s namespace \":%" PRIu64
				"\": opening by id needs Linux 6.19",
				name, nsid);
		error_hint(err, "use -%c=/proc/PID/ns/%s", ns_table[want].letter, name);
		return -EOPNOTSUPP;
	}
	return error_set(err, ERROR_WRONG_NAMESPACE_FILE, 0,
			 "no namespace with id \":%" PRIu64 "\"", nsid);
}

int nsfd_open_by_id(enum ns_type want, uint64_t nsid, int *ret_fd, struct error *err)
{
	char typed[sizeof(":18446744073709551615")];
	_cleanup_fd_ int fd = open_id(nsid);
	uint64_t seen;
	int r;

	if (fd < 0)
		return open_id_failed(-fd, want, nsid, err);
	(void)snprintf(typed, sizeof(typed), ":%" PRIu64, nsid); /* fits by its type */
	r = nsfd_id(fd, &seen);
	if (r < 0 || seen != nsid)
		return error_set(err, ERROR_WRONG_NAMESPACE_FILE, 0, "no namespace with id \"%s\"",
				 typed);
	r = check_type(fd, want, typed, err);
	if (r < 0)
		return r;
	*ret_fd = fd_steal(&fd);
	return 0;
}
