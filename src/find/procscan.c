/* SPDX-License-Identifier: MIT */
#include "find/procscan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/ident.h"
#include "find/outside.h"
#include "find/pids.h"
#include "sys/filestat.h"
#include "sys/proc.h"
#include "sys/procmem.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

enum {
	CMDLINE_LIMIT = 128 << 10,
	COMM_MAX = 32,
	EXE_USUAL = 256 /* bytes that hold the path of nearly all executables */
};

/*
 * A user can start a set-uid program under any name and with any command line: the executable
 * itself must be called so, and be root's. comm holds 15 bytes, an executable's name all of it.
 */
static const struct {
	const char *comm; /* its beginning */
	const char *exe;  /* likewise */
	enum procscan_kind kind;
} kinds[] = {
	{ "dockerd", "dockerd", PROCSCAN_DOCKERD },
	{ "containerd-shim", "containerd-shim", PROCSCAN_SHIM },
	{ "containerd", "containerd", PROCSCAN_CONTAINERD },
	{ "conmon", "conmon", PROCSCAN_CONMON },
	{ "lxc-", "lxc-", PROCSCAN_LXC_MONITOR },
	{ "lxd", "lxd", PROCSCAN_LXC_MONITOR },
	{ "incusd", "incusd", PROCSCAN_LXC_MONITOR },
	{ "systemd-nspawn", "systemd-nspawn", PROCSCAN_NSPAWN },
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The row of a process, by its comm. Return: its index, or -1. */
static int row_of(int dirfd, const char *path)
{
	char comm[COMM_MAX];

	if (fd_read_once(dirfd, path, comm, sizeof(comm)) <= 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (begins(comm, kinds[i].comm))
			return (int)i;
	return -1;
}

/*
 * Whether the executable has such a name, asked with one call instead of the three that comm takes: of
 * most processes nothing else is asked. Kernel threads have none. Where a path is longer than most,
 * comm has to tell.
 */
static bool may_run_one(int dirfd, const char *path)
{
	char text[EXE_USUAL];
	ssize_t n = readlinkat(dirfd, path, text, sizeof(text));
	const char *base;

	if (n < 0 || n == sizeof(text))
		return n >= 0;
	text[n] = '\0';
	base = strrchr(text, '/');
	for (size_t i = 0; base && i < ARRAY_SIZE(kinds); i++)
		if (begins(base + 1, kinds[i].exe))
			return true;
	return false;
}

/* Text of a link below /proc/PID. Return: heap, or NULL with errno. */
static char *read_link(int proc_fd, const char *name)
{
	char *path = malloc(PATH_MAX);
	ssize_t n = path ? readlinkat(proc_fd, name, path, PATH_MAX - 1) : -1;

	if (n < 0) {
		free(path);
		return NULL;
	}
	path[n] = '\0';
	return path;
}

/*
 * A snap's programs have another root than the host, and no more of their own than the others: they
 * are at the same place of the host's tree, where the administrator has put them.
 */
static bool is_our_snap(const struct hostfs *host, int proc_fd, const char *exe)
{
	_cleanup_fd_ int fd =
		begins(exe, "/snap/") ? hostfs_open(host, exe, O_PATH | O_NOFOLLOW) : -EBADF;

	return fd >= 0 && filestat_same(proc_fd, "exe", fd, "");
}

/*
 * Where a process says that the state is, we look in our own tree: it has to see the same one. A
 * container that shares our pid namespace can be in our cgroup as well, but its root is another one.
 * The mount namespace is not asked: services have their own (PrivateMounts=), as well as the monitors
 * of rootless podman, and keep the root. So does a container that was given all of the host's tree,
 * but that one needs no disguise.
 */
static bool sees_our_tree(const struct hostfs *host, int proc_fd, const char *exe)
{
	return filestat_same(proc_fd, "root", host->root_fd, "") || is_our_snap(host, proc_fd, exe);
}

/* Who is not root cannot see executables, nor can he be misled into more than his own rights. */
static bool runs_exe(const struct hostfs *host, int proc_fd, const char *name)
{
	_cleanup_free_ char *path = read_link(proc_fd, "exe");
	struct statx st;
	const char *base;

	if (!path)
		return errno == EACCES && geteuid() != 0;
	base = strrchr(path, '/');
	/* An upgrade leaves the running one " (deleted)". */
	return base && begins(base + 1, name) && sees_our_tree(host, proc_fd, path) &&
	       filestat_known(proc_fd, "exe", 0, STATX_UID, &st) == 0 && st.stx_uid == 0;
}

/* The uid of a process of our own pid namespace, all four of it alike. Return: 0 or -errno. */
static int one_uid(int proc_fd, uid_t *ret_uid)
{
	struct proc_status status = { 0 };
	int r = proc_status_read(proc_fd, &status);

	if (r < 0)
		return r;
	if (status.nspid_depth > 1)
		r = -EXDEV; /* the pids that it writes down are not ours */
	for (size_t i = 1; i < ARRAY_SIZE(status.uid) && r == 0; i++)
		if (status.uid[i] != status.uid[0])
			r = -EPERM;
	*ret_uid = status.uid[0];
	proc_status_done(&status);
	return r;
}

/*
 * What runs within a container has its state there, where we do not look. With --host-root we look
 * with the host's eyes, wherever we are ourselves.
 */
static bool is_in_our_container(const struct hostfs *host, int proc_fd)
{
	struct cgname ours = { .runtime = CGNAME_NONE }, theirs;

	if (!*host->dir && !host->foreign) {
		_cleanup_fd_ int self =
			openat(host->proc_fd, "self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (self < 0 || ident_read(self, &ours) < 0)
			return false;
	}
	/* The id is empty for what is in no container. */
	return ident_read(proc_fd, &theirs) >= 0 && strcmp(ours.id, theirs.id) == 0;
}

static int fill(const struct hostfs *host, int proc_fd, int row, struct procscan_item *item)
{
	ssize_t n;

	if (!runs_exe(host, proc_fd, kinds[row].exe) || one_uid(proc_fd, &item->uid) < 0)
		return 0;
	n = procmem_read(proc_fd, "cmdline", CMDLINE_LIMIT + 1, &item->cmdline);
	if (n == -ENOMEM)
		return -ENOMEM;
	if (n <= 0 || n > CMDLINE_LIMIT)
		return 0;
	item->kind = kinds[row].kind;
	item->cmdline_size = (size_t)n;
	if (item->kind == PROCSCAN_LXC_MONITOR && !begins(item->cmdline, "[lxc monitor] "))
		return 0;
	item->cwd = read_link(proc_fd, "cwd"); /* NULL where it may not be read */
	return 1;
}

void procscan_item_done(struct procscan_item *item)
{
	free(item->cmdline);
	free(item->cwd);
	*item = (struct procscan_item){ 0 };
}

/* Return: 1 where the process is one of those that are looked for, 0, or -ENOMEM. */
static int look(const struct hostfs *host, pid_t pid, int row, struct procscan_item *ret_item)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct procscan_item item = { .pid = pid };
	int r;

	if (proc_fd < 0 || !is_in_our_container(host, proc_fd))
		return 0;
	r = fill(host, proc_fd, row, &item);
	if (r <= 0) {
		procscan_item_done(&item);
		return r;
	}
	*ret_item = item;
	return 1;
}

int procscan_one(const struct hostfs *host, pid_t pid, struct procscan_item *ret_item)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	int row = proc_fd < 0 ? -1 : row_of(proc_fd, "comm");

	return row < 0 ? 0 : look(host, pid, row, ret_item);
}

static int add(struct procscan *scan, const struct procscan_item *item)
{
	if (scan->n == scan->size) {
		size_t size = MAX(scan->size * 2, (size_t)16);
		struct procscan_item *more = reallocarray(scan->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		scan->item = more;
		scan->size = size;
	}
	scan->item[scan->n++] = *item;
	return 0;
}

/* What a pass needs. */
struct pass {
	struct procscan *scan;
	const struct hostfs *host;
	bool sees_exe; /* who is not root does not see what others run: comm is all that can be asked */
};

static int scan_pid(const struct pass *pass, pid_t pid)
{
	char path[sizeof("2147483647/comm")];
	int dirfd = pass->host->proc_fd, row, r;
	struct procscan_item item;

	(void)snprintf(path, sizeof(path), "%d/exe", pid); /* fits: pids are positive ints */
	if (pass->sees_exe && !may_run_one(dirfd, path))
		return 0;
	(void)snprintf(path, sizeof(path), "%d/comm", pid);
	row = row_of(dirfd, path);
	r = row < 0 ? 0 : look(pass->host, pid, row, &item);
	if (r > 0) {
		r = add(pass->scan, &item);
		if (r < 0)
			procscan_item_done(&item);
	}
	return r;
}

static int scan_all(const struct pass *pass)
{
	int fd = openat(pass->host->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	pid_t pid;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;	    /* what cannot be seen is done without */
	}
	while (r >= 0 && (entry = readdir(dir)))
		r = parse_pid(entry->d_name, &pid) < 0 ? 0 : scan_pid(pass, pid);
	(void)closedir(dir); /* it was only read */
	return r;
}

int procscan_run(struct procscan *scan, const struct hostfs *host, struct error *err)
{
	const struct pass pass = { .scan = scan, .host = host, .sees_exe = geteuid() == 0 };
	_cleanup_pids_ struct pids pids = { 0 };
	int r = 0;

	if (scan->done)
		return 0;
	scan->done = true;
	if (!scan->tree || !outside_list(scan->tree, &pids))
		r = scan_all(&pass);
	for (size_t i = 0; i < pids.n && r >= 0; i++)
		r = scan_pid(&pass, pids.item[i]);
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "look at the processes") : 0;
}

const char *procscan_option(const struct procscan_item *item, const char *name)
{
	const char *end = item->cmdline + item->cmdline_size;
	size_t length = strlen(name);
	const char *value = NULL;

	for (const char *word = item->cmdline; word < end; word += strlen(word) + 1) {
		const char *next = word + strlen(word) + 1;

		if (strncmp(word, name, length) != 0)
			continue;
		if (word[length] == '=')
			value = word + length + 1;
		else if (!word[length] && next < end)
			value = next;
	}
	return value;
}

void procscan_done(struct procscan *scan)
{
	for (size_t i = 0; i < scan->n; i++)
		procscan_item_done(&scan->item[i]);
	free(scan->item);
	*scan = (struct procscan){ 0 };
}
