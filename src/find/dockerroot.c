/* SPDX-License-Identifier: MIT */
#include "find/dockerroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "find/procscan.h"
#include "find/state.h"
#include "find/userdir.h"
#include "sys/jsondoc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

enum {
	CONFIG_LIMIT = 1 << 20
};

static const char config_path[] = "/etc/docker/daemon.json";

static int add_root(struct strv *roots, const char *path, struct error *err)
{
	/* A relative path is relative to where the daemon was started. */
	if (path[0] != '/')
		return 0;
	if (strv_add_new(roots, path) < 0)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for Docker's data");
	return 0;
}

/* Return: 1 where the file names a root, 0 where it does not. */
static int add_from_config(const struct hostfs *host, const char *path, struct strv *roots,
			   struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	ssize_t n = hostfs_read(host, path, CONFIG_LIMIT, &text);
	const char *root;
	int r;

	/* The search saves loading the JSON reader for the many files that say nothing of it. */
	if (n < 0 || (!strstr(text, "\"data-root\"") && !strstr(text, "\"graph\"")))
		return 0;
	r = state_parse(text, (size_t)n, &json, err);
	if (r <= 0)
		return r;
	root = jsondoc_string(&json, "data-root");
	if (!root)
		root = jsondoc_string(&json, "graph"); /* its name before Docker 17.05 */
	if (!root)
		return 0;
	r = add_root(roots, root, err);
	return r < 0 ? r : 1;
}

static const char *const root_options[] = { "--data-root", "-g", "--graph" };
static const char config_option[] = "--config-file";

static int add_from_daemon(const struct hostfs *host, const struct procscan_item *daemon,
			   struct strv *roots, struct error *err)
{
	const char *config;
	int r;

	/* A rootless one is believed by its own user only, who knows where his data are. */
	if (daemon->kind != PROCSCAN_DOCKERD || (daemon->uid != 0 && daemon->uid != geteuid()))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(root_options); i++) {
		const char *root = procscan_option(daemon, root_options[i]);

		if (root)
			return add_root(roots, root, err);
	}
	config = procscan_option(daemon, config_option);
	r = add_from_config(host, config ? config : config_path, roots, err);
	return r < 0 ? r : 0;
}

/*
 * Whether a process was told where to keep its data. Most daemons were not, and whether it is one
 * and to be believed takes ten times as long to find out.
 */
static bool was_told(const struct hostfs *host, pid_t pid)
{
	_cleanup_procscan_item_ struct procscan_item item = { .pid = pid };
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	ssize_t n = -ESRCH;
	bool told = false;

	if (proc_fd >= 0)
		n = fd_read_alloc(proc_fd, "cmdline", CONFIG_LIMIT, &item.cmdline);
	if (n <= 0)
		return false;
	item.cmdline_size = (size_t)n;
	for (size_t i = 0; i < ARRAY_SIZE(root_options) && !told; i++)
		told = procscan_option(&item, root_options[i]) != NULL;
	return told || procscan_option(&item, config_option);
}

static int add_from_pidfile(const struct hostfs *host, struct strv *roots, struct error *err)
{
	_cleanup_procscan_item_ struct procscan_item daemon = { 0 };
	_cleanup_free_ char *text = NULL;
	pid_t pid;
	int r;

	if (hostfs_read(host, "/run/docker.pid", sizeof("2147483647\n"), &text) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	if (parse_pid(text, &pid) < 0 || !was_told(host, pid))
		return 0;
	r = procscan_one(host, pid, &daemon);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look at Docker's daemon");
	return r == 0 ? 0 : add_from_daemon(host, &daemon, roots, err);
}

int dockerroot_user(struct runtime_context *ctx, uid_t uid, struct strv *roots, struct error *err)
{
	_cleanup_free_ char *path = userdir_data(ctx->host, uid, "docker");

	return path ? add_root(roots, path, err) : 0;
}

int dockerroot_usual(struct runtime_context *ctx, const struct strv **ret_roots, struct error *err)
{
	struct strv *roots = &ctx->seen.docker_roots;
	int r = 0;

	*ret_roots = roots;
	if (ctx->seen.docker_roots_read)
		return 0;
	r = add_from_pidfile(ctx->host, roots, err);
	if (r >= 0)
		r = add_from_config(ctx->host, config_path, roots, err);
	if (r >= 0)
		r = add_root(roots, "/var/lib/docker", err);
	if (r >= 0 && geteuid() != 0)
		r = dockerroot_user(ctx, geteuid(), roots, err);
	ctx->seen.docker_roots_read = r >= 0;
	return r < 0 ? r : 0;
}

/* "UID.GID": what container's root is outside. */
static bool is_remapped(const char *name)
{
	const char *dot = strchr(name, '.');
	uint32_t gid;

	return dot && dot - name == (ptrdiff_t)strspn(name, "0123456789") && dot != name &&
	       parse_id(dot + 1, &gid) == 0;
}

static int add_remapped_in(DIR *dir, const char *root, struct strv *roots, struct error *err)
{
	const struct dirent *entry;

	while ((entry = readdir(dir)))
		if (is_remapped(entry->d_name) &&
		    strv_addf(roots, "%s/%s", root, entry->d_name) < 0)
			return state_no_memory(err);
	return 0;
}

/* A daemon with userns-remap keeps all in a directory of the root, named after whom it maps to. */
static int add_remapped(const struct hostfs *host, const char *root, struct strv *roots,
			struct error *err)
{
	_cleanup_fd_ int fd = hostfs_open(host, root, O_RDONLY | O_DIRECTORY);
	DIR *dir;
	int r;

	if (fd < 0)
		return 0;
	dir = fdopendir(fd);
	if (!dir)
		return state_no_memory(err);
	(void)fd_steal(&fd); /* closedir() closes it */
	r = add_remapped_in(dir, root, roots, err);
	(void)closedir(dir); /* it was only read */
	return r;
}

int dockerroot_scanned(struct runtime_context *ctx, struct strv *roots, struct error *err)
{
	int r = procscan_run(ctx->scan, ctx->host, err);
	size_t n;

	for (size_t i = 0; r >= 0 && i < ctx->scan->n; i++)
		r = add_from_daemon(ctx->host, &ctx->scan->item[i], roots, err);
	n = roots->n;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = add_remapped(ctx->host, roots->item[i], roots, err);
	return r < 0 ? r : 0;
}
