/* SPDX-License-Identifier: MIT */
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

/* A whole status file: the group list alone may have 65536 entries of 11 bytes. */
enum {
	STATUS_MAX = 1 << 20
};

/* linux/sched.h of the kernel itself; shown in field 9 of stat since before Linux 3.0. */
#define PF_KTHREAD 0x00200000u

int proc_open(pid_t pid)
{
	char path[sizeof("/proc/2147483647")];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid); /* fits: pids are positive ints */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The next word of a line, to what follows it: a number of at most 64 bits. */
static int next_number(const char **text, uint64_t *ret_value)
{
	const char *at = *text + strspn(*text, " ");
	bool negative = *at == '-';
	uint64_t value = 0;

	at += negative;
	if (*at < '0' || *at > '9')
		return -EBADMSG;
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	*text = at;
	*ret_value = negative ? -value : value;
	return 0;
}

/* What follows the name in stat: 3 state, 4 ppid, 9 flags, 22 starttime. */
static int parse_fields(const char *text, struct proc_stat *stat)
{
	enum {
		STATE = 3,
		PPID = 4,
		FLAGS = 9,
		START = 22
	};
	uint64_t field[START + 1] = { 0 };

	text += strspn(text, " ");
	if (!*text)
		return -EBADMSG;
	stat->state = *text++;
	for (int i = STATE + 1; i <= START; i++)
		if (next_number(&text, &field[i]) < 0)
			return -EBADMSG;
	stat->ppid = (pid_t)field[PPID];
	stat->kernel_thread = (field[FLAGS] & PF_KTHREAD) != 0;
	stat->start_time = field[START];
	return 0;
}

int proc_stat_parse(const char *text, struct proc_stat *ret_stat)
{
	struct proc_stat stat = { 0 };
	const char *name = strchr(text, '(');
	/* comm can hold ')' itself; nothing after it can, so the last one ends it. */
	const char *end = strrchr(text, ')');
	uint64_t pid;
	size_t n;

	if (!name || !end || end < name || next_number(&text, &pid) < 0)
		return -EBADMSG;
	stat.pid = (pid_t)pid;
	n = MIN((size_t)(end - name - 1), sizeof(stat.comm) - 1);
	memcpy(stat.comm, name + 1, n);
	if (parse_fields(end + 1, &stat) < 0)
		return -EBADMSG;
	*ret_stat = stat;
	return 0;
}

int proc_stat_read(int proc_fd, struct proc_stat *ret_stat)
{
	char text[1024]; /* 52 numbers of at most 20 digits and comm: never more */
	ssize_t n = fd_read_file(proc_fd, "stat", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return proc_stat_parse(text, ret_stat);
}

static int parse_groups(const char *list, struct proc_status *status)
{
	size_t size = 0;

	for (;;) {
		uint64_t id;

		list = take_uint(list, 10, &id);
		if (!list)
			return 0;
		if (id > UINT32_MAX || status->n_groups == PROC_GROUPS_MAX)
			return -EBADMSG;
		if (status->n_groups == size) {
			uint32_t *more;

			size = size ? size * 2 : 32;
			more = reallocarray(status->groups, size, sizeof(*more));
			if (!more)
				return -ENOMEM;
			status->groups = more;
		}
		status->groups[status->n_groups++] = (uint32_t)id;
	}
}

static void parse_nspid(const char *list, struct proc_status *status)
{
	int pid;

	while ((list = take_int(list, &pid))) {
		status->nspid_depth++;
		status->nspid_last = pid;
	}
}

/* What follows "\nKEY:". A name cannot make it up: the kernel escapes a newline there. */
static const char *line_value(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? line + strlen(key) : NULL;
}

/* Real, effective, saved, of the file system. */
static bool take_ids(const char *list, uint32_t ids[4])
{
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t id;

		list = take_uint(list, 10, &id);
		if (!list || id > UINT32_MAX)
			return false;
		ids[i] = (uint32_t)id;
	}
	return true;
}

int proc_status_parse(const char *text, struct proc_status *ret_status)
{
	struct proc_status s = { 0 };
	const char *tgid = line_value(text, "\nTgid:");
	const char *uid = line_value(text, "\nUid:");
	const char *gid = line_value(text, "\nGid:");
	const char *groups = line_value(text, "\nGroups:");
	const char *nspid = line_value(text, "\nNSpid:");
	int r;

	if (!tgid || !uid || !gid || !groups || !take_int(tgid, &s.tgid) || !take_ids(uid, s.uid) ||
	    !take_ids(gid, s.gid))
		return -EBADMSG;
	if (nspid) /* since Linux 4.1 */
		parse_nspid(nspid, &s);
	r = parse_groups(groups, &s);
	if (r < 0) {
		proc_status_done(&s);
		return r;
	}
	*ret_status = s;
	return 0;
}

int proc_status_text(int dir_fd, char **ret_text)
{
	ssize_t n = fd_read_alloc(dir_fd, "status", STATUS_MAX, ret_text);

	return n < 0 ? (int)n : 0;
}

int proc_status_read(int proc_fd, struct proc_status *ret_status)
{
	_cleanup_free_ char *text = NULL;
	int r = proc_status_text(proc_fd, &text);

	return r < 0 ? r : proc_status_parse(text, ret_status);
}

void proc_status_done(struct proc_status *status)
{
	free(status->groups);
	*status = (struct proc_status){ 0 };
}

int proc_switches_parse(const char *text, uint64_t *ret_switches)
{
	const char *own = line_value(text, "\nvoluntary_ctxt_switches:");
	const char *other = line_value(text, "\nnonvoluntary_ctxt_switches:");
	uint64_t n, m;

	if (!own || !other || !take_uint(own, 10, &n) || !take_uint(other, 10, &m))
		return -EBADMSG;
	*ret_switches = n + m;
	return 0;
}

int proc_switches_read(int proc_fd, uint64_t *ret_switches)
{
	_cleanup_free_ char *text = NULL;
	int r = proc_status_text(proc_fd, &text);

	return r < 0 ? r : proc_switches_parse(text, ret_switches);
}

/* What a status file without many groups fits into. */
enum {
	PROC_STATUS_USUAL = 4096
};

int proc_ignored_parse(const char *text, uint64_t *ret_signals)
{
	static const char key[] = "\nSigIgn:\t", digits[] = "0123456789abcdef";
	const char *line = strstr(text, key);
	uint64_t signals = 0;
	size_t i;

	if (!line)
		return -EBADMSG;
	line += strlen(key);
	for (i = 0; i < 16; i++) { /* a set of 64 signals, on every processor */
		const char *digit = line[i] ? strchr(digits, line[i]) : NULL;

		if (!digit)
			return -EBADMSG;
		signals = signals << 4 | (uint64_t)(digit - digits);
	}
	if (line[i] != '\n')
		return -EBADMSG;
	*ret_signals = signals;
	return 0;
}

/* The groups come before, as many as there can be; who has few needs no memory for it. */
int proc_ignored_read(uint64_t *ret_signals)
{
	static const char path[] = "/proc/self/status";
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	char start[PROC_STATUS_USUAL];
	ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof(start) - 1);

	if (n < 0)
		return -errno;
	start[n] = '\0';
	if (proc_ignored_parse(start, ret_signals) == 0)
		return 0;
	n = fd_read_alloc(AT_FDCWD, path, STATUS_MAX, &text);
	return n < 0 ? (int)n : proc_ignored_parse(text, ret_signals);
}

int proc_ns_inode(int dirfd, const char *name, uint64_t *ret_inode)
{
	char text[sizeof("cgroup:[18446744073709551615]")];
	ssize_t n = readlinkat(dirfd, name, text, sizeof(text) - 1);
	const char *number, *rest;

	if (n < 0)
		return -errno;
	text[n] = '\0';
	number = strstr(text, ":[");
	rest = number ? take_uint(number + strlen(":["), 10, ret_inode) : NULL;
	return rest && strcmp(rest, "]") == 0 ? 0 : -EBADMSG;
}

/* It has this number on every Linux (PROC_CGROUP_INIT_INO, since 4.6). */
static const uint64_t first_cgroupns = 0xEFFFFFFB;

bool proc_is_first_cgroupns(int dirfd, const char *name)
{
	uint64_t inode;
	int r = proc_ns_inode(dirfd, name, &inode);

	return r == -ENOENT || (r == 0 && inode == first_cgroupns);
}
