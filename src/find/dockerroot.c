/* SPDX-License-Identifier: MIT */
#include "find/dockerroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/ident.h"
#include "sys/jsondoc.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

enum {
	CMDLINE_LIMIT = 128 << 10,
	CONFIG_LIMIT = 1 << 20
};

static const char config_path[] = "/etc/docker/daemon.json";

static int add_root(struct strv *roots, const char *path, struct error *err)
{
	/* A relative path is relative to where the daemon was started. */
	if (path[0] != '/')
		return 0;
	for (size_t i = 0; i < roots->n; i++)
		if (strcmp(roots->item[i], path) == 0)
			return 0;
	if (strv_add(roots, path) < 0)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for Docker's data");
	return 0;
}

const char *dockerroot_option(const char *cmdline, size_t n, const char *name)
{
	size_t length = strlen(name);
	const char *value = NULL;

	for (const char *word = cmdline; word < cmdline + n; word += strlen(word) + 1) {
		const char *next = word + strlen(word) + 1;

		if (strncmp(word, name, length) != 0)
			continue;
		if (word[length] == '=')
			value = word + length + 1;
		else if (!word[length] && next < cmdline + n)
			value = next;
	}
	return value;
}

/* Return: 1 where the file names a root, 0 where it does not. */
static int add_from_config(const char *path, struct strv *roots, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	struct stat st;
	const char *root;
	ssize_t n;
	int r;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0)
		return 0;
	n = fd_read_alloc(AT_FDCWD, path, CONFIG_LIMIT, &text);
	/* The search saves loading the JSON reader for the many files that say nothing of it. */
	if (n < 0 || (!strstr(text, "\"data-root\"") && !strstr(text, "\"graph\"")))
		return 0;
	r = jsondoc_parse(text, (size_t)n, &json, err);
	if (r == -ELIBACC)
		return r;
	if (r < 0) {
		if (err)
			error_done(err);
		return 0;
	}
	root = jsondoc_string(&json, "data-root");
	if (!root)
		root = jsondoc_string(&json, "graph"); /* its name before Docker 17.05 */
	if (!root)
		return 0;
	r = add_root(roots, root, err);
	return r < 0 ? r : 1;
}

/* A daemon within a container has its data there, where we do not look. */
static bool is_in_our_container(int proc_fd)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct cgname ours, theirs;

	/* The id is empty for what is in no container. */
	return self >= 0 && ident_read(self, &ours) >= 0 && ident_read(proc_fd, &theirs) >= 0 &&
	       strcmp(ours.id, theirs.id) == 0;
}

/*
 * A user can start a set-uid program under the name dockerd, and choose its command line: the
 * executable itself must be called so, and be root's. Who is not root cannot see it, nor can he be
 * misled into more than his own rights.
 */
static bool runs_dockerd(int proc_fd)
{
	_cleanup_free_ char *path = malloc(PATH_MAX);
	struct stat st;
	const char *base;
	ssize_t n = path ? readlinkat(proc_fd, "exe", path, PATH_MAX - 1) : -1;

	if (n < 0)
		return path && errno == EACCES && geteuid() != 0;
	path[n] = '\0';
	base = strrchr(path, '/');
	/* An upgrade leaves the running one " (deleted)". */
	return base && strncmp(base, "/dockerd", strlen("/dockerd")) == 0 &&
	       fstatat(proc_fd, "exe", &st, 0) == 0 && st.st_uid == 0;
}

/* Anybody can call a process dockerd: it must be root's, run a file of root's, and see our files. */
static bool is_daemon(int proc_fd)
{
	char comm[32];
	struct stat st;

	return fd_read_file(proc_fd, "comm", comm, sizeof(comm)) > 0 &&
	       strcmp(comm, "dockerd\n") == 0 && fstat(proc_fd, &st) == 0 && st.st_uid == 0 &&
	       runs_dockerd(proc_fd) && is_in_our_container(proc_fd);
}

static int add_from_daemon(int proc_fd, struct strv *roots, struct error *err)
{
	static const char *const options[] = { "--data-root", "-g", "--graph" };
	_cleanup_free_ char *cmdline = NULL;
	const char *config;
	ssize_t n;
	int r;

	if (!is_daemon(proc_fd))
		return 0;
	n = fd_read_alloc(proc_fd, "cmdline", CMDLINE_LIMIT, &cmdline);
	if (n < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const char *root = dockerroot_option(cmdline, (size_t)n, options[i]);

		if (root)
			return add_root(roots, root, err);
	}
	config = dockerroot_option(cmdline, (size_t)n, "--config-file");
	r = add_from_config(config ? config : config_path, roots, err);
	return r < 0 ? r : 0;
}

static int add_from_pidfile(struct strv *roots, struct error *err)
{
	char text[32];
	struct stat st;
	_cleanup_fd_ int proc_fd = -EBADF;
	pid_t pid;

	if (stat("/run/docker.pid", &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 ||
	    fd_read_file(AT_FDCWD, "/run/docker.pid", text, sizeof(text)) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	if (parse_pid(text, &pid) < 0)
		return 0;
	proc_fd = proc_open(pid);
	return proc_fd < 0 ? 0 : add_from_daemon(proc_fd, roots, err);
}

static int add_from_scan(struct strv *roots, struct error *err)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return 0;
	while (r >= 0 && (entry = readdir(dir))) {
		_cleanup_fd_ int proc_fd = -EBADF;
		char path[sizeof("2147483647/comm")];
		char comm[32];
		pid_t pid;

		if (parse_pid(entry->d_name, &pid) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "%d/comm",
			       pid); /* fits: pids are positive ints */
		if (fd_read_file(dirfd(dir), path, comm, sizeof(comm)) < 0 ||
		    strcmp(comm, "dockerd\n") != 0)
			continue;
		proc_fd = proc_open(pid);
		if (proc_fd >= 0)
			r = add_from_daemon(proc_fd, roots, err);
	}
	(void)closedir(dir); /* it was only read */
	return r;
}

int dockerroot_add(enum dockerroot_source source, struct strv *roots, struct error *err)
{
	int r = 0;

	switch (source) {
	case DOCKERROOT_PIDFILE:
		r = add_from_pidfile(roots, err);
		break;
	case DOCKERROOT_CONFIG:
		r = add_from_config(config_path, roots, err);
		break;
	case DOCKERROOT_DEFAULT:
		r = add_root(roots, "/var/lib/docker", err);
		break;
	case DOCKERROOT_SCAN:
		r = add_from_scan(roots, err);
		break;
	case DOCKERROOT_END:
		break;
	}
	return r < 0 ? r : 0;
}
