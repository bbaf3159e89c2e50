/* SPDX-License-Identifier: MIT */
#include "run/view_loader.h"

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

/* Nothing of the target's can stand between the host's programs and their libraries. */
static bool is_grafted(void)
{
	bool own = false;

	for (size_t i = 0; i < VIEW_TREES; i++) {
		const char *name = view_trees[i];
		char path[VIEW_PATH];

		if (strcmp(name, "bin") != 0 && strcmp(name, "sbin") != 0)
			own = own || view_has_directory(view_tree_path(name, path));
	}
	return !own;
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

int view_place_loader(const struct run *run)
{
	const char *interp = run->target->facts.view_interp;
	bool host = interp && is_host_loader(interp);
	int r;

	if (!interp || (host && is_grafted()))
		return 0;
	if (!SHIM_WORKS)
		return -EOPNOTSUPP;
	r = keep_own_loader(interp);
	if (r >= 0)
		r = write_tools(run->target, host);
	if (r >= 0)
		r = view_write_file(SHIM_DIR "/shim", shim_image,
				    (size_t)(shim_image_end - shim_image), 0555);
	if (r < 0)
		return r;
	return call_mount(SHIM_DIR "/shim", interp, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}
