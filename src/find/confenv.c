/* SPDX-License-Identifier: MIT */
#include "find/confenv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/hostfs.h"
#include "find/procscan.h"
#include "find/runtime.h"
#include "find/state.h"
#include "sys/cgroupfs.h"
#include "sys/jsondoc.h"
#include "sys/proc.h"
#include "util/fd.h"

enum {
	ENTRIES_MAX = 4096
};

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

static int open_shim_bundle(const struct found *found, const struct procscan_item *shim,
			    int shim_fd)
{
	_cleanup_fd_ int dir = openat(shim_fd, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *id = shim->cwd ? strrchr(shim->cwd, '/') : NULL;
	_cleanup_free_ char *sibling = NULL;
	int fd;

	if (dir < 0)
		return -errno;
	if (id && has_id(found, id + 1))
		return fd_steal(&dir);
	/* A pod's shim is in the directory of its sandbox, beside those of its containers. */
	if (!found->id || asprintf(&sibling, "../%s", found->id) < 0) {
		sibling = NULL;
		return -ENOENT;
	}
	fd = openat(dir, sibling, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_conmon_bundle(const struct hostfs *host, const struct procscan_item *conmon)
{
	const char *dir = procscan_option(conmon, "-b");

	return dir && dir[0] == '/' ? hostfs_open(host, dir, O_PATH | O_DIRECTORY) : -ENOENT;
}

/*
 * By the monitor, the parent of the container's first process. Any process can call itself one, and
 * would choose whose environment its child is given: believed are those that procscan believes.
 * Return: an owned descriptor, or -ENOENT where there is none, or another -errno.
 */
static int open_bundle(const struct found *found, const char *host_root)
{
	_cleanup_procscan_item_ struct procscan_item monitor = { .pid = 0 };
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_fd_ int monitor_fd = -EBADF;
	struct proc_stat stat;

	if (proc_stat_read(found->proc_fd, &stat) < 0 || hostfs_init(host_root, &host, NULL) < 0)
		return -ENOENT;
	monitor_fd = hostfs_proc(&host, stat.ppid);
	if (monitor_fd < 0 || procscan_one(&host, stat.ppid, &monitor) <= 0 ||
	    (monitor.uid != 0 && monitor.uid != geteuid()))
		return -ENOENT;
	if (monitor.kind == PROCSCAN_SHIM)
		return open_shim_bundle(found, &monitor, monitor_fd);
	return monitor.kind == PROCSCAN_CONMON ? open_conmon_bundle(&host, &monitor) : -ENOENT;
}

static bool is_believed(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & S_IWOTH);
}

static int open_config(const struct found *found, const char *host_root)
{
	_cleanup_fd_ int bundle = open_bundle(found, host_root), fd = -EBADF;

	if (bundle < 0)
		return bundle;
	fd = openat(bundle, "config.json",
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return is_believed(fd) ? fd_steal(&fd) : -EPERM;
}

int confenv_parse(const char *text, size_t n, struct strv *ret_env, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	_cleanup_strv_ struct strv env = { 0 };
	char path[sizeof("process/env/18446744073709551615")];
	size_t count;
	int r = state_parse(text, n, &json, err);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
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

int confenv_read(const struct found *found, const char *host_root, struct strv *ret_env,
		 struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_fd_ int fd = open_config(found, host_root);
	ssize_t n = fd < 0 ? -ENOENT : fd_read_rest(fd, STATE_FILE_MAX, &text);

	return n < 0 ? -ENOENT : confenv_parse(text, (size_t)n, ret_env, err);
}
