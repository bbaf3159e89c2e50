/* SPDX-License-Identifier: MIT */
#include "find/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/parse.h"

enum {
	PIDFILE_MAX = 64
};

int state_no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "look for containers");
}

static void count_unreadable(struct runtime_context *ctx, int error)
{
	if (error == -EACCES)
		ctx->unreadable++;
}

int state_dir_open(struct runtime_context *ctx, const char *path, struct state_dir *ret_dir)
{
	_cleanup_fd_ int fd = hostfs_open(ctx->host, path, O_RDONLY | O_DIRECTORY);
	struct stat st;
	DIR *dir;

	count_unreadable(ctx, fd);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & S_IWOTH))
		return -EPERM;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	(void)fd_steal(&fd); /* closedir() closes it */
	*ret_dir = (struct state_dir){ .dir = dir, .left = STATE_DIR_MAX };
	return 0;
}

const char *state_dir_next(struct state_dir *dir)
{
	while (dir->left > 0) {
		const struct dirent *entry = readdir(dir->dir);

		dir->left--;
		if (!entry)
			return NULL;
		if (entry->d_name[0] != '.')
			return entry->d_name;
	}
	return NULL;
}

void state_dir_done(struct state_dir *dir)
{
	if (dir->dir)
		(void)closedir(dir->dir); /* it was only read */
	*dir = STATE_DIR_NONE;
}

ssize_t state_text(struct runtime_context *ctx, const char *path, char **ret_text)
{
	ssize_t n = hostfs_read(ctx->host, path, STATE_FILE_MAX, ret_text);

	count_unreadable(ctx, (int)n); /* an error, or at most STATE_FILE_MAX */
	return n;
}

ssize_t state_config(struct runtime_context *ctx, const char *dir, char **ret_text)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/config.json", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return state_text(ctx, path, ret_text);
}

int state_parse(const char *text, size_t n, struct jsondoc *ret_doc, struct error *err)
{
	int r = jsondoc_parse(text, n, ret_doc, err);

	if (r == -EBADMSG || r == -EFBIG) {
		if (err)
			error_done(err);
		return 0;
	}
	return r < 0 ? r : 1;
}

int state_json(struct runtime_context *ctx, const char *path, struct jsondoc *ret_doc,
	       struct error *err)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = state_text(ctx, path, &text);

	if (n == -ENOMEM)
		return state_no_memory(err);
	return n < 0 ? 0 : state_parse(text, (size_t)n, ret_doc, err);
}

int state_string(const struct jsondoc *doc, const char *path, char **ret_text)
{
	const char *text = jsondoc_string(doc, path);
	char *copy;

	if (!text || !text[0])
		return 0;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	*ret_text = copy;
	return 0;
}

/* The number that a text begins with, in a line of its own; or 0. */
static pid_t first_pid(char *text)
{
	pid_t pid;

	text[strcspn(text, "\n")] = '\0';
	return parse_pid(text, &pid) < 0 ? 0 : pid;
}

pid_t state_pid(struct runtime_context *ctx, const char *path)
{
	_cleanup_free_ char *text = NULL;

	return hostfs_read(ctx->host, path, PIDFILE_MAX, &text) < 0 ? 0 : first_pid(text);
}

void state_pidfile(struct runtime_context *ctx, const char *path, struct known *known)
{
	_cleanup_free_ char *text = NULL;
	int64_t written;
	pid_t pid;

	if (hostfs_read_dated(ctx->host, path, known->owner, PIDFILE_MAX, &text, &written) < 0)
		return;
	pid = first_pid(text);
	if (pid == 0)
		return;
	known->pid = pid;
	known->pid_written = written;
}

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_.-";

static bool is_plain(const char *text)
{
	return text[strspn(text, plain)] == '\0';
}

bool state_is_name(const char *text)
{
	return text[0] && !strchr("_.-", text[0]) && is_plain(text) && strlen(text) < CGNAME_ID_MAX;
}

bool state_mentions(const char *text, size_t n, const char *word)
{
	char quoted[CGNAME_ID_MAX + 2];
	int length;

	if (!is_plain(word))
		return true; /* escaped in one way or another */
	length = snprintf(quoted, sizeof(quoted), "\"%s\"", word);
	if ((size_t)length >= sizeof(quoted))
		return true;
	return memmem(text, n, quoted, (size_t)length) != NULL;
}
