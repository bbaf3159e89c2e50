/* SPDX-License-Identifier: MIT */
#include "run/view_loader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "leader/shim.h"
#include "run/calls.h"
#include "run/mountcall.h"
#include "run/view.h"
#include "run/view_path.h"
#include "sys/beneath.h"
#include "util/fd.h"

/* The target's own loader of that name, kept for its own programs. Return: 1, 0 without, -errno. */
static int keep_own_loader(const char *interp)
{
	_cleanup_fd_ int root = open(SHIM_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int file = -EBADF, tree = -EBADF;
	struct stat st;

	if (root < 0)
		return -errno;
	file = beneath_open(root, interp + strspn(interp, "/"), O_PATH,
			    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (file < 0 || fstat(file, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	tree = tree_clone(file, "", AT_EMPTY_PATH);
	if (tree < 0)
		return -errno;
	if (view_write_file(SHIM_OWN, "", 0, 0444) < 0 || tree_attach(tree, AT_FDCWD, SHIM_OWN) < 0)
		return -errno;
	return 1;
}

/* Whether the loader that the host's programs name is the host's own already: it was grafted. */
static bool is_host_loader(const char *interp)
{
	char host[PATH_MAX];
	struct stat named, own;

	(void)snprintf(host, sizeof(host), SHIM_HOST "%s", interp);
	return fstatat(AT_FDCWD, interp, &named, 0) == 0 && fstatat(AT_FDCWD, host, &own, 0) == 0 &&
	       named.st_dev == own.st_dev && named.st_ino == own.st_ino;
}

/* The stand-in will cover the name that the text has for it. */
static int keep_host_loader(const char *text, size_t size)
{
	size_t n = strlen(text);
	_cleanup_fd_ int tree = tree_clone(AT_FDCWD, text, 0), tools = -EBADF;
	int r;

	if (tree < 0)
		return -errno;
	if (view_write_file(SHIM_LOADER, "", 0, 0444) < 0 ||
	    tree_attach(tree, AT_FDCWD, SHIM_LOADER) < 0)
		return -errno;
	tools = open(SHIM_TOOLS, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (tools < 0)
		return -errno;
	r = fd_write_all(tools, SHIM_LOADER, strlen(SHIM_LOADER));
	return r < 0 ? r : fd_write_all(tools, text + n, size - n);
}

static int write_tools(const struct target *target, bool covered)
{
	if (covered)
		return keep_host_loader(target->tools_text, target->tools_size);
	return view_write_file(SHIM_TOOLS, target->tools_text, target->tools_size, 0444);
}

static int link_entry(int at, const char *from, const char *name)
{
	_cleanup_free_ char *text = NULL;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (asprintf(&text, "%s/%s", from, name) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return call_symlinkat(text, at, name) < 0 && errno != EEXIST ? -errno : 0;
}

/* What a directory of the target's or of the host's holds, each by a link to it unless there is one. */
static int link_entries(const char *tree, const char *path)
{
	_cleanup_free_ char *from = NULL;
	_cleanup_fd_ int at = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *entry;
	DIR *dir;
	int fd, r = 0;

	if (at < 0)
		return -errno;
	if (asprintf(&from, "%s%s", tree, path) < 0) {
		from = NULL;
		return -ENOMEM;
	}
	fd = beneath_open(AT_FDCWD, from, O_RDONLY | O_DIRECTORY,
			  RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd); /* always -EBADF */
		return 0;	    /* there is nothing to be shown */
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		r = link_entry(at, from, entry->d_name);
	if (r == 0)
		r = -errno;
	(void)closedir(dir); /* read-only */
	return r;
}

/* A directory of ours in the place of what is there, which goes on to be found in it. */
static int make_directory(const char *path)
{
	int r = view_take_away(path);

	if (r == 0 && call_mkdir(path, 0755) < 0)
		r = -errno;
	if (r == 0)
		r = link_entries(SHIM_ROOT, path);
	return r < 0 ? r : link_entries(SHIM_HOST, path);
}

/*
 * The root directory is ours, and so is all that is put into it: nothing that the target has at the
 * loader's path, or on the way there, can keep us from having the stand-in there.
 */
static int make_name(const char *interp)
{
	int r = 0;

	for (const char *end = interp; r == 0 && (end = strchr(end + 1, '/'));) {
		_cleanup_free_ char *path = strndup(interp, (size_t)(end - interp));

		r = path ? make_directory(path) : -ENOMEM;
	}
	if (r == 0)
		r = view_take_away(interp);
	return r == 0 && call_symlinkat(SHIM, AT_FDCWD, interp) < 0 ? -errno : r;
}

int view_place_loader(const struct run *run)
{
	const char *interp = run->target->facts.view_interp;
	bool host = interp && is_host_loader(interp);
	int r;

	if (!interp || (host && !run->view->mixed))
		return 0;
	if (!SHIM_WORKS)
		return -EOPNOTSUPP;
	r = keep_own_loader(interp);
	if (r >= 0)
		r = write_tools(run->target, host);
	if (r >= 0)
		r = view_write_file(SHIM, shim_image, (size_t)(shim_image_end - shim_image), 0555);
	if (r < 0)
		return r;
	/* Where the name leads nowhere, or to what is no file, it is made to lead there. */
	if (call_mount(SHIM, interp, NULL, MS_BIND, NULL) < 0)
		return make_name(interp);
	return 0;
}
