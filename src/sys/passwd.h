/* SPDX-License-Identifier: MIT */
/*
 * The passwd and group files of a target, read as text. Never through NSS: its modules would be
 * loaded from the target's files (CVE-2019-14271). All of the text is hostile; what is not a clean
 * entry does not exist.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/macro.h"

/* Larger files are refused: a sparse terabyte must not be read. */
enum {
	PASSWD_SIZE_MAX = 1 << 20
};

struct passwd_entry {
	uint32_t uid, gid;
	char *name;  /* heap, all three; printable, never all digits */
	char *home;  /* as written: may be empty or relative */
	char *shell; /* "/bin/sh" where the field is empty; may be relative: check before use */
};

void passwd_entry_done(struct passwd_entry *entry);

/*
 * passwd_find_uid() - the first entry of a uid
 * passwd_find_name() - the first entry of a name
 * @text, @size: the file; NUL bytes may occur
 * @ret_entry:   released by passwd_entry_done(); written on success only
 *
 * Left out: lines with NUL, other control characters, missing fields, ids that parse_id() refuses,
 * fields of PATH_MAX bytes or more, and NIS lines ("+name", "-name"). A name of digits only is
 * never found: digits are an id (CVE-2016-3697). CRLF is taken as the end of a line.
 * Return: 0, -ENOENT, or -ENOMEM.
 */
int passwd_find_uid(const char *text, size_t size, uint32_t uid, struct passwd_entry *ret_entry);
int passwd_find_name(const char *text, size_t size, const char *name,
		     struct passwd_entry *ret_entry);

/* group_find_name() - the gid of the first group of a name. Rules and Return: as above. */
int group_find_name(const char *text, size_t size, const char *name, uint32_t *ret_gid);

/*
 * group_list_of() - the groups that have a user among their members
 * @ret_gids: filled with @max at most
 * Return: how many there are, which may be more than @max.
 */
size_t group_list_of(const char *text, size_t size, const char *user, uint32_t *ret_gids,
		     size_t max);

/*
 * passwd_open_vetted() - open a file below a hostile root directory without being tricked
 * @root_fd: the target's root; symbolic links are resolved within it
 * @path:    from there, for example "etc/passwd"
 * @procfd:  of proc_root_open(): our own /proc
 *
 * Only a regular file on a real file system is opened, never a device, FIFO or a kernel file
 * (/etc/passwd -> /proc/kmsg is a regular file whose reading takes the kernel's log away). Without
 * openat2(2) (before Linux 5.6, or under a seccomp filter) symbolic links are refused.
 * Return: an owned descriptor (O_RDONLY | O_NONBLOCK | O_NOCTTY), or
 * -ENOENT, -EINVAL where it is not a regular file, -EXDEV where its file system is the kernel's
 * own, -ELOOP for a loop, a magic link or (without openat2) any symbolic link, or another -errno.
 */
int passwd_open_vetted(int root_fd, const char *path, int procfd);

/*
 * passwd_read() - passwd_open_vetted() and read the file
 * @ret_text: heap, NUL terminated, owned by the caller; written on success only
 *
 * Return: the number of bytes, -EFBIG above PASSWD_SIZE_MAX, or as passwd_open_vetted().
 */
ssize_t passwd_read(int root_fd, const char *path, int procfd, char **ret_text);

#define _cleanup_passwd_entry_ _cleanup_(passwd_entry_done)
