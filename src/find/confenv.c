/* SPDX-License-Identifier: MIT */
#include "find/confenv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/runtime.h"
#include "sys/jsondoc.h"
#include "sys/proc.h"
#include "util/fd.h"

enum {
	CMDLINE_MAX = 1 << 16,
	CGROUP_TEXT_MAX = 1 << 16,
	ENTRIES_MAX = 4096,
};

static bool is_believed(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type &&
	       (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & S_IWOTH);
}

/* The parent of the container's first process. Return: an owned descriptor or -errno. */
static int open_monitor(const struct found *found, struct proc_stat *ret_stat)
{
	_cleanup_fd_ int fd = -EBADF;
	struct proc_stat stat;
	int r = proc_stat_read(found->proc_fd, &stat);

	if (r < 0)
		return r;
	fd = proc_open(stat.ppid);
	if (fd < 0)
		return fd;
	r = proc_stat_read(fd, ret_stat);
	if (r < 0)
		return r;
	return is_believed(fd, S_IFDIR) ? fd_steal(&fd) : -EPERM;
}

/* Whether the cgroup of the process is named after the bundle: one shim may serve several. */
static bool has_id(const struct found *found, const char *id)
{
	_cleanup_free_ char *text = NULL;

	if (found->id)
		return strcmp(found->id, id) == 0;
	return strlen(id) >= FIND_ID_MAX &&
	       fd_read_alloc(found->proc_fd, "cgroup", CGROUP_TEXT_MAX, &text) > 0 &&
	       strstr(text, id);
}

static int open_shim_bundle(const struct found *found, int monitor_fd)
{
	_cleanup_fd_ int dir = -EBADF;
	char path[PATH_MAX];
	ssize_t n = readlinkat(monitor_fd, "cwd", path, sizeof(path) - 1);
	const char *id;

	if (n < 0)
		return -errno;
	path[n] = '\0';
	dir = openat(monitor_fd, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	id = strrchr(path, '/');
	if (id && has_id(found, id + 1))
		return fd_steal(&dir);
	/* A pod's shim is in the directory of its sandbox, beside those of its containers. */
	if (!found->id || snprintf(path, sizeof(path), "../%s", found->id) >= (int)sizeof(path))
		return -ENOENT;
	n = openat(dir, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return n < 0 ? -errno : (int)n;
}

/* conmon's "-b BUNDLE". */
static int open_conmon_bundle(int monitor_fd)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = fd_read_alloc(monitor_fd, "cmdline", CMDLINE_MAX, &text);
	int fd;

	if (n < 0)
		return (int)n;
	for (const char *word = text; word < text + n; word += strlen(word) + 1) {
		if (strcmp(word, "-b") != 0 || word[3] != '/')
			continue;
		fd = open(word + 3, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	return -ENOENT;
}

static int open_config(const struct found *found)
{
	_cleanup_fd_ int monitor = -EBADF, bundle = -EBADF, fd = -EBADF;
	struct proc_stat stat;

	monitor = open_monitor(found, &stat);
	if (monitor < 0)
		return monitor;
	if (strncmp(stat.comm, "containerd-shim", strlen("containerd-shim")) == 0)
		bundle = open_shim_bundle(found, monitor);
	else if (strcmp(stat.comm, "conmon") == 0)
		bundle = open_conmon_bundle(monitor);
	if (bundle < 0)
		return bundle;
	fd = openat(bundle, "config.json",
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return is_believed(fd, S_IFREG) ? fd_steal(&fd) : -EPERM;
}

static int read_whole(int fd, char **ret_text, size_t *ret_n)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	size_t used = 0;
	ssize_t n;

	if (fstat(fd, &st) < 0 || st.st_size > STATE_FILE_MAX)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (used < (size_t)st.st_size &&
	       (n = read(fd, text + used, (size_t)st.st_size - used)) > 0)
		used += (size_t)n;
	*ret_text = steal_pointer(&text);
	*ret_n = used;
	return 0;
}

int confenv_parse(const char *text, size_t n, struct strv *ret_env, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	_cleanup_strv_ struct strv env = { 0 };
	char path[sizeof("process/env/18446744073709551615")];
	size_t count;
	int r = jsondoc_parse(text, n, &json, err);

	if (r < 0 && r != -ELIBACC) {
		if (err)
			error_done(err);
		return -ENOENT; /* damaged */
	}
	if (r < 0)
		return r;
	count = MIN(jsondoc_count(&json, "process/env"), (size_t)ENTRIES_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *entry;

		(void)snprintf(path, sizeof(path), "process/env/%zu", i); /* fits */
		entry = jsondoc_string(&json, path);
		if (entry && strchr(entry, '=') > entry && strv_add(&env, entry) < 0)
			return -ENOENT;
	}
	if (env.n == 0)
		return -ENOENT;
	*ret_env = env;
	env = (struct strv){ 0 };
	return 0;
}

int confenv_read(const struct found *found, struct strv *ret_env, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fd_ int fd = open_config(found);
	size_t n = 0;

	if (fd < 0 || read_whole(fd, &text, &n) < 0)
		return -ENOENT;
	return confenv_parse(text, n, ret_env, err);
}
