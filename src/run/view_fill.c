/* SPDX-License-Identifier: MIT */
#include "run/view_fill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leader/shim.h"
#include "run/calls.h"
#include "run/mountcall.h"
#include "run/mountinfo.h"
#include "run/view.h"
#include "sys/beneath.h"
#include "util/fd.h"
#include "util/log.h"

static const unsigned long closed = MS_RDONLY | MS_NOSUID | MS_NODEV;

/* Room for a path of one of view_trees. The stack is new: each page of it that is touched has a price. */
enum {
	TREE_PATH = 64
};

static const char *in_root(const char *name, char buf[TREE_PATH])
{
	(void)snprintf(buf, TREE_PATH, "/%s", name); /* the names are short */
	return buf;
}

/* What lies below a directory of the target's that is covered is shown on top of it again. */
static int show_again(const char *path, void *ctx)
{
	const char *prefix = ctx;

	if (strncmp(path, prefix, strlen(prefix)) != 0)
		return 0;
	if (call_mount(path, path + strlen(SHIM_ROOT), NULL, MS_BIND | MS_REC, NULL) < 0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

static int reattach(const struct run *run, const char *name)
{
	char prefix[TREE_PATH];

	(void)snprintf(prefix, sizeof(prefix), SHIM_ROOT "/%s/", name);
	return mountinfo_each(run->target->proc_root_fd, show_again, prefix);
}

/*
 * The target's first, the host's where it has nothing. Return: 1 where no overlay can be had: programs
 * that take all they need from their own tree run without it.
 */
static int lay_below(const struct run *run, const char *name)
{
	char path[TREE_PATH], options[2 * TREE_PATH];

	(void)snprintf(options, sizeof(options), "lowerdir=" SHIM_ROOT "/%s:" SHIM_HOST "/%s", name,
		       name);
	if (call_mount("overlay", in_root(name, path), "overlay", closed, options) == 0)
		return reattach(run, name);
	log_line(LOG_VERBOSE, "-H: your %s does not lie below the target's: %s", path,
		 error_describe(errno));
	return errno == ENOMEM ? -ENOMEM : 1;
}

static const struct view_entry *own_entry(const struct view *view, const char *name)
{
	for (size_t i = 0; i < view->n_own; i++)
		if (strcmp(view->own[i].name, name) == 0)
			return &view->own[i];
	return NULL;
}

/* As on the host, also where that is a link to another one. */
static int graft(const struct view_entry *entry, const char *host, const char *path)
{
	const char *text = entry->kind == ENTRY_LINK ? entry->link : host;

	return call_symlinkat(text + strspn(text, "/"), AT_FDCWD, path) < 0 ? -errno : 0;
}

static int fill_one(const struct run *run, const char *name, const struct view_entry *entry)
{
	const struct view_entry *own = own_entry(run->view, name);
	char path[TREE_PATH], host[TREE_PATH];
	struct stat ours, theirs;

	if (entry->kind == ENTRY_NONE)
		return 0;
	(void)snprintf(host, sizeof(host), SHIM_HOST "/%s", name);
	if (!own)
		return graft(entry, host, in_root(name, path));
	/* A link of the target's leads to another of the directories. */
	if (own->kind != ENTRY_DIR || fstatat(AT_FDCWD, host, &theirs, 0) < 0 ||
	    !S_ISDIR(theirs.st_mode))
		return 0;
	if (fstatat(AT_FDCWD, in_root(name, path), &ours, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	/* The host's own, or a part of it. */
	if (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino)
		return 0;
	return lay_below(run, name);
}

static int write_file(const char *path, const char *data, size_t size, mode_t mode)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd_write_all(fd, data, size);
}

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
	if (write_file(SHIM_OWN, "", 0, 0444) < 0 || tree_attach(tree, AT_FDCWD, SHIM_OWN) < 0)
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

static bool has_directory(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Nothing of the target's can stand between the host's programs and their libraries. */
static bool is_grafted(void)
{
	bool own = false;

	for (size_t i = 0; i < VIEW_TREES; i++) {
		const char *name = view_trees[i];
		char path[TREE_PATH];

		if (strcmp(name, "bin") != 0 && strcmp(name, "sbin") != 0)
			own = own || has_directory(in_root(name, path));
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
	if (write_file(SHIM_LOADER, "", 0, 0444) < 0 ||
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
	return write_file(SHIM_TOOLS, target->tools_text, target->tools_size, 0444);
}

static int place_shim(const struct run *run)
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
		r = write_file(SHIM_DIR "/shim", shim_image, (size_t)(shim_image_end - shim_image),
			       0555);
	if (r < 0)
		return r;
	return call_mount(SHIM_DIR "/shim", interp, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* ---- what a program takes for granted */

static int mount_if_absent(const char *path, const char *options)
{
	if (call_mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	return call_mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0 ? -errno : 1;
}

/* Terminals of the program's own, as script(1) and tmux(1) make them. */
static int add_terminals(void)
{
	if (call_mkdir("/dev/pts", 0755) < 0 ||
	    call_mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		       "newinstance,ptmxmode=0666,mode=0620") < 0 ||
	    call_symlinkat("pts/ptmx", AT_FDCWD, "/dev/ptmx") < 0)
		return -errno;
	return 0;
}

/* A /dev without the one device that all take for granted is none. */
static int add_devices(struct view *view)
{
	int r;

	if (view->device[0] < 0)
		return 0;
	r = mount_if_absent("/dev", "mode=0755");
	if (r == 0 && has_directory("/dev") && faccessat(AT_FDCWD, "/dev/null", F_OK, 0) < 0)
		r = call_mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0
			    ? -errno
			    : 1;
	for (size_t i = 0; i < VIEW_DEVICES && r > 0; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "/dev/%s", view_devices[i]);
		r = write_file(path, "", 0, 0444);
		if (r == 0)
			r = tree_attach(view->device[i], AT_FDCWD, path) < 0 ? -errno : 1;
	}
	return r > 0 ? add_terminals() : r;
}

static int add_proc(const struct view *view)
{
	if (view->proc < 0)
		return 0;
	if (call_mkdir("/proc", 0555) < 0 && errno != EEXIST)
		return -errno;
	return tree_attach(view->proc, AT_FDCWD, "/proc") < 0 ? -errno : 0;
}

int view_fill(struct run *run, const char **ret_what)
{
	bool apart = false;
	int r = 0;

	*ret_what = "put your programs into it";
	for (size_t i = 0; i < VIEW_TREES && r >= 0; i++) {
		r = fill_one(run, view_trees[i], &run->view->host[i]);
		apart = apart || r > 0;
	}
	if (r < 0)
		return r;
	if (apart)
		log_note(
			"-H: without an overlay your programs may lack libraries or data of yours; "
			"--view=host needs none");
	*ret_what = "make your programs start in it";
	r = place_shim(run);
	if (r < 0)
		return r;
	*ret_what = "supply /tmp, /dev and /proc";
	r = mount_if_absent("/tmp", "mode=1777");
	if (r >= 0)
		r = add_devices(run->view);
	if (r >= 0)
		r = add_proc(run->view);
	if (r < 0)
		return r;
	*ret_what = "make it read-only";
	return call_mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | closed, NULL) < 0 ? -errno : 0;
}
