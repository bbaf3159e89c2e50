/* SPDX-License-Identifier: MIT */
#include "sys/passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "sys/beneath.h"
#include "util/fd.h"
#include "util/parse.h"

/* Magic numbers that linux/magic.h lacks. */
#define CONFIGFS_MAGIC_NUMBER 0x62656570
#define MQUEUE_MAGIC_NUMBER   0x19800202
#define FUSECTL_MAGIC_NUMBER  0x65735543
#define NFSD_MAGIC_NUMBER     0x6e667364

/* The fields of a passwd line. A group line has name, password, gid and members. */
enum {
	PASSWD_NAME,
	PASSWD_PASSWORD,
	PASSWD_UID,
	PASSWD_GID,
	PASSWD_GECOS,
	PASSWD_HOME,
	PASSWD_SHELL,
	PASSWD_FIELDS,
};
enum {
	GROUP_NAME,
	GROUP_PASSWORD,
	GROUP_GID,
	GROUP_MEMBERS,
	GROUP_FIELDS
};

struct span {
	const char *text; /* not NUL terminated */
	size_t n;
};

static bool span_is(const struct span *span, const char *text)
{
	return span->n == strlen(text) && memcmp(span->text, text, span->n) == 0;
}

static int span_id(const struct span *span, uint32_t *ret_id)
{
	char digits[sizeof("4294967295")];

	if (span->n >= sizeof(digits))
		return -ERANGE;
	memcpy(digits, span->text, span->n);
	digits[span->n] = '\0';
	return parse_id(digits, ret_id);
}

static bool span_digits(const struct span *span)
{
	for (size_t i = 0; i < span->n; i++)
		if (span->text[i] < '0' || span->text[i] > '9')
			return false;
	return span->n > 0;
}

/* Takes a line without its end off @rest. Return: whether there was one. */
static bool next_line(struct span *rest, struct span *ret_line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->text, '\n', rest->n);
	ret_line->text = rest->text;
	ret_line->n = end ? (size_t)(end - rest->text) : rest->n;
	rest->text += ret_line->n + (end != NULL);
	rest->n -= ret_line->n + (end != NULL);
	if (ret_line->n > 0 && ret_line->text[ret_line->n - 1] == '\r')
		ret_line->n--;
	return true;
}

static bool is_printable(const struct span *line)
{
	for (size_t i = 0; i < line->n; i++)
		if ((unsigned char)line->text[i] < 0x20 || line->text[i] == 0x7f)
			return false;
	return true;
}

/* Cuts a line into @n fields; the last one takes the rest. Return: whether it is a clean entry. */
static bool split(const struct span *line, struct span *field, size_t n)
{
	struct span rest = *line;

	if (line->n == 0 || strchr("+-#:", *line->text) || !is_printable(line))
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		const char *colon = memchr(rest.text, ':', rest.n);

		if (!colon)
			return false;
		field[i] = (struct span){ rest.text, (size_t)(colon - rest.text) };
		rest.text += field[i].n + 1;
		rest.n -= field[i].n + 1;
	}
	field[n - 1] = rest;
	return !span_digits(&field[0]);
}

static int entry_copy(const struct span *field, struct passwd_entry *ret_entry)
{
	static const struct span no_shell = { "/bin/sh", sizeof("/bin/sh") - 1 };
	const struct span *shell = field[PASSWD_SHELL].n ? &field[PASSWD_SHELL] : &no_shell;
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	if (span_id(&field[PASSWD_UID], &entry.uid) < 0 ||
	    span_id(&field[PASSWD_GID], &entry.gid) < 0)
		return -EBADMSG;
	entry.name = strndup(field[PASSWD_NAME].text, field[PASSWD_NAME].n);
	entry.home = strndup(field[PASSWD_HOME].text, field[PASSWD_HOME].n);
	entry.shell = strndup(shell->text, shell->n);
	if (!entry.name || !entry.home || !entry.shell)
		return -ENOMEM;
	*ret_entry = entry;
	entry = (struct passwd_entry){ 0 };
	return 0;
}

static bool is_entry(const struct span *line, struct span *field, uint32_t *ret_uid)
{
	uint32_t gid;

	return split(line, field, PASSWD_FIELDS) && field[PASSWD_NAME].n < PATH_MAX &&
	       field[PASSWD_HOME].n < PATH_MAX && field[PASSWD_SHELL].n < PATH_MAX &&
	       span_id(&field[PASSWD_UID], ret_uid) == 0 && span_id(&field[PASSWD_GID], &gid) == 0;
}

int passwd_find_uid(const char *text, size_t size, uint32_t uid, struct passwd_entry *ret_entry)
{
	struct span rest = { text, size }, line, field[PASSWD_FIELDS];
	uint32_t found;

	while (next_line(&rest, &line))
		if (is_entry(&line, field, &found) && found == uid)
			return entry_copy(field, ret_entry);
	return -ENOENT;
}

int passwd_find_name(const char *text, size_t size, const char *name,
		     struct passwd_entry *ret_entry)
{
	struct span rest = { text, size }, line, field[PASSWD_FIELDS];
	uint32_t found;

	while (next_line(&rest, &line))
		if (is_entry(&line, field, &found) && span_is(&field[PASSWD_NAME], name))
			return entry_copy(field, ret_entry);
	return -ENOENT;
}

int group_find_name(const char *text, size_t size, const char *name, uint32_t *ret_gid)
{
	struct span rest = { text, size }, line, field[GROUP_FIELDS];
	uint32_t gid;

	while (next_line(&rest, &line)) {
		if (!split(&line, field, GROUP_FIELDS) || !span_is(&field[GROUP_NAME], name) ||
		    span_id(&field[GROUP_GID], &gid) < 0)
			continue;
		*ret_gid = gid;
		return 0;
	}
	return -ENOENT;
}

static bool has_member(const struct span *list, const char *user)
{
	struct span rest = *list;

	while (rest.n > 0) {
		const char *comma = memchr(rest.text, ',', rest.n);
		struct span one = { rest.text, comma ? (size_t)(comma - rest.text) : rest.n };
		size_t past = one.n + (comma ? 1 : 0);

		if (span_is(&one, user))
			return true;
		rest.text += past;
		rest.n -= past;
	}
	return false;
}

size_t group_list_of(const char *text, size_t size, const char *user, uint32_t *ret_gids,
		     size_t max)
{
	struct span rest = { text, size }, line, field[GROUP_FIELDS];
	size_t n = 0;
	uint32_t gid;

	while (next_line(&rest, &line)) {
		if (!split(&line, field, GROUP_FIELDS) ||
		    !has_member(&field[GROUP_MEMBERS], user) ||
		    span_id(&field[GROUP_GID], &gid) < 0)
			continue;
		if (n < max)
			ret_gids[n] = gid;
		n++;
	}
	return n;
}

void passwd_entry_done(struct passwd_entry *entry)
{
	free(entry->name);
	free(entry->home);
	free(entry->shell);
	*entry = (struct passwd_entry){ 0 };
}

/* File systems whose regular files are the kernel: reading tells secrets or has effects. */
static bool is_kernel_fs(int64_t magic)
{
	static const uint32_t kernel_fs[] = {
		PROC_SUPER_MAGIC,     SYSFS_MAGIC,	     CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,  DEBUGFS_MAGIC,	     TRACEFS_MAGIC,
		SECURITYFS_MAGIC,     SELINUX_MAGIC,	     SMACK_MAGIC,
		BPF_FS_MAGIC,	      PSTOREFS_MAGIC,	     EFIVARFS_MAGIC,
		BINFMTFS_MAGIC,	      RDTGROUP_SUPER_MAGIC,  NSFS_MAGIC,
		XENFS_SUPER_MAGIC,    ANON_INODE_FS_MAGIC,   DEVPTS_SUPER_MAGIC,
		BINDERFS_SUPER_MAGIC, CONFIGFS_MAGIC_NUMBER, MQUEUE_MAGIC_NUMBER,
		FUSECTL_MAGIC_NUMBER, NFSD_MAGIC_NUMBER,
	};

	for (size_t i = 0; i < ARRAY_SIZE(kernel_fs); i++)
		if ((uint32_t)magic == kernel_fs[i])
			return true;
	return false;
}

/* A handle (O_PATH) of a file that can be opened without effect. */
static int open_handle(int root_fd, const char *path)
{
	_cleanup_fd_ int fd = -EBADF;
	struct statfs fs;
	struct stat st;

	path += strspn(path, "/");
	fd = beneath_open(root_fd, path, O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (is_kernel_fs(fs.f_type))
		return -EXDEV;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return fd_steal(&fd);
}

/* From /proc, the path to open a handle for reading by. */
enum {
	HANDLE_PATH_MAX = sizeof("self/fd/2147483647")
};

static const char *handle_path(int fd, char *buf)
{
	(void)snprintf(buf, HANDLE_PATH_MAX, "self/fd/%d", fd); /* fits by its type */
	return buf;
}

int passwd_open_vetted(int root_fd, const char *path, int procfd)
{
	_cleanup_fd_ int handle = open_handle(root_fd, path);
	char name[HANDLE_PATH_MAX];
	int fd;

	if (handle < 0)
		return handle;
	fd = openat(procfd, handle_path(handle, name),
		    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t passwd_read(int root_fd, const char *path, int procfd, char **ret_text)
{
	_cleanup_fd_ int handle = open_handle(root_fd, path);
	char name[HANDLE_PATH_MAX];

	if (handle < 0)
		return handle;
	return fd_read_alloc(procfd, handle_path(handle, name), PASSWD_SIZE_MAX, ret_text);
}
