/* SPDX-License-Identifier: MIT */
/*
 * -H --view=target: the root directory is a small private file system with each entry of the target's
 * bound into it, and the host's trees and the target's own root below /.nsjoin. It is read-only at
 * the end, so that what is written to "/" itself fails and does not vanish.
 *
 * Nothing that the target decides is followed outside: its root directory is read by descriptor, one
 * name at a time, and paths are used only when the new root directory is in place. All is taken from a
 * copy of its mounts that nobody else has: there is nothing that cannot be bound.
 */
#include "run/steps.h"

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "leader/shim.h"
#include "run/calls.h"
#include "run/errand.h"
#include "run/mountcall.h"
#include "run/view.h"
#include "run/view_fill.h"
#include "util/fd.h"

/* /proc of the pid namespace that our children are in: only one of them can make it. */
static int make_proc(void *ctx)
{
	int fs = fs_open("proc"), *ret_fd = ctx;

	*ret_fd = fs < 0 ? -1 : fs_mount(fs, ATTR_NOSUID | ATTR_NODEV);
	if (*ret_fd < 0)
		*ret_fd = -errno;
	(void)fd_close(fs); /* always -EBADF */
	return 0;
}

/*
 * While what is mounted here can be seen, which the kernel asks for in a user namespace. Where there
 * is no right to one the program does without, as the target does.
 */
static int take_proc(int root, struct view *view)
{
	_cleanup_fd_ int own = openat(root, "proc", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (own >= 0 && (fstatfs(own, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC))
		return 0;
	return errand_run(make_proc, &view->proc);
}

static int make_tmpfs(void)
{
	_cleanup_fd_ int fs = fs_open("tmpfs");
	int fd;

	if (fs < 0 || fs_set(fs, "mode", "0755") < 0 || fs_set(fs, "size", "64m") < 0)
		return -errno;
	fd = fs_mount(fs, ATTR_NOSUID | ATTR_NODEV);
	return fd < 0 ? -errno : fd;
}

static int make_file(int at, const char *name)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);

	if (fd < 0)
		return -errno;
	(void)fd_close(fd); /* always -EBADF */
	return 0;
}

/* Puts what is held in its place, once. */
static int put_entry(int at, const char *name, struct view_entry *entry)
{
	int r = 0;

	switch (entry->kind) {
	case ENTRY_NONE:
		return 0;
	case ENTRY_LINK:
		return call_symlinkat(entry->link, at, name) < 0 ? -errno : 0;
	case ENTRY_DIR:
		r = call_mkdirat(at, name, 0755) < 0 ? -errno : 0;
		break;
	case ENTRY_FILE:
		r = make_file(at, name);
		break;
	}
	if (r == 0 && tree_attach(entry->tree, at, name) < 0)
		r = -errno;
	entry->tree = fd_close(entry->tree);
	return r;
}

/* A link of the host's root directory is meant within it. */
static int put_host(int at, const char *name, struct view_entry *entry)
{
	if (entry->kind == ENTRY_LINK)
		return call_symlinkat(entry->link + strspn(entry->link, "/"), at, name) < 0 ? -errno
											    : 0;
	return put_entry(at, name, entry);
}

/* What the view itself fills or puts something on is bound, however many others there are. */
static bool is_bound(const char *name)
{
	for (size_t i = 0; i < VIEW_TREES; i++)
		if (strcmp(name, view_trees[i]) == 0)
			return true;
	return strcmp(name, "dev") == 0 || strcmp(name, "proc") == 0 || strcmp(name, "tmp") == 0;
}

static int link_own(int at, const char *name)
{
	char text[sizeof(SHIM_ROOT "/") + NAME_MAX];

	(void)snprintf(text, sizeof(text), SHIM_ROOT "/%s", name);
	return call_symlinkat(text, at, name) < 0 ? -errno : 0;
}

static int bind_own(int at, int root, const struct dirent *name)
{
	/* What has no type here and does not tell it either is most likely a directory. */
	unsigned char type = name->d_type == DT_UNKNOWN ? DT_DIR : name->d_type;
	struct view_entry entry;
	int r = view_take_entry(root, name->d_name, type, &entry);

	if (r == 0)
		r = put_entry(at, name->d_name, &entry);
	view_entry_done(&entry);
	return r;
}

static int put_own(int at, int root, const struct dirent *name, size_t *n)
{
	const char *text = name->d_name;

	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strcmp(text, ".nsjoin") == 0)
		return 0;
	(*n)++;
	if (*n <= VIEW_ENTRIES || is_bound(text))
		return bind_own(at, root, name);
	return *n <= VIEW_ENTRIES + VIEW_LINKS ? link_own(at, text) : 0;
}

/* From the copy that is shown as a whole. */
static int put_all_own(int at)
{
	int root = openat(at, ".nsjoin/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *dir = root < 0 ? NULL : fdopendir(root);
	const struct dirent *name;
	size_t n = 0;

	if (!dir) {
		r = -errno;
		(void)fd_close(root); /* always -EBADF */
		return r;
	}
	while (r == 0 && (errno = 0, name = readdir(dir)))
		r = put_own(at, root, name, &n);
	if (r == 0)
		r = -errno;
	(void)closedir(dir); /* read-only */
	return r;
}

static int put_extra(int host, struct view *view)
{
	int r = view->extra[0].kind == ENTRY_DIR && call_mkdirat(host, ".from", 0755) < 0 ? -errno
											  : 0;

	for (size_t i = 0; i < REQUEST_TOOLS && r == 0; i++) {
		char name[sizeof(".from/0")];

		(void)snprintf(name, sizeof(name), ".from/%zu", i % 10); /* less than ten */
		r = put_entry(host, name, &view->extra[i]);
	}
	return r;
}

static int put_all(int at, int tree, struct view *view)
{
	_cleanup_fd_ int host = -EBADF;
	int r;

	if (call_mkdirat(at, ".nsjoin", 0755) < 0 || call_mkdirat(at, ".nsjoin/host", 0755) < 0 ||
	    call_mkdirat(at, ".nsjoin/root", 0755) < 0)
		return -errno;
	host = openat(at, ".nsjoin/host", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host < 0 || tree_attach(tree, at, ".nsjoin/root") < 0)
		return -errno;
	r = put_all_own(at);
	for (size_t i = 0; i < VIEW_TREES && r == 0; i++)
		r = put_host(host, view_trees[i], &view->host[i]);
	if (r == 0)
		r = put_extra(host, view);
	if (r == 0)
		r = call_mkdirat(host, "etc", 0755) < 0 ? -errno : 0;
	if (r == 0 && view->alternatives.kind == ENTRY_DIR)
		r = put_entry(host, "etc/alternatives", &view->alternatives);
	if (r == 0 && view->manual.kind == ENTRY_FILE)
		r = put_entry(host, VIEW_MANUAL, &view->manual);
	return r;
}

/* pivot_root(2) with the old root on top of the new one, from where it is taken off. */
static int enter_root(int root)
{
	if (call_fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    call_umount(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

/*
 * A mount namespace with a copy of the target's mounts, and of these the tree below its root directory.
 * They are private before they are copied again: what is unbindable would be left out.
 * Return: the tree, or -errno.
 */
static int take_own(int root)
{
	int tree;

	if (call_fchdir(root) < 0 || call_unshare(CLONE_NEWNS) < 0 ||
	    call_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	tree = tree_clone(AT_FDCWD, ".", 0);
	/* Its root directory may lie outside of ours. */
	if (tree >= 0 && tree_restrict(tree, "", 0, MS_PRIVATE) == 0)
		return tree;
	(void)fd_close(tree); /* always -EBADF, and keeps errno */
	return -errno;
}

static int build(struct run *run, const char **ret_what)
{
	_cleanup_fd_ int tree = -EBADF, root = -EBADF;
	int r;

	*ret_what = "make a /proc";
	r = take_proc(run->target->tree_fd, run->view);
	if (r < 0)
		return r;
	*ret_what = "make a mount namespace";
	tree = take_own(run->target->tree_fd);
	if (tree < 0)
		return tree;
	*ret_what = "make a root directory";
	root = make_tmpfs();
	if (root < 0)
		return root;
	if (tree_attach(root, AT_FDCWD, "/") < 0)
		return -errno;
	r = put_all(root, tree, run->view);
	if (r == 0)
		r = enter_root(root);
	return r < 0 ? r : view_fill(run, ret_what);
}

int step_build_view(struct run *run, const struct step *step, struct error *err)
{
	const char *what = "";
	mode_t mask = call_umask(0);
	int r;

	(void)step;
	if (ns_has(run->plan->join, NS_USER)) {
		/* In a user namespace nothing is made by an id that does not exist there. */
		(void)call_setfsgid(0); /* neither tells of failure: making a file does */
		(void)call_setfsuid(0);
	}
	r = build(run, &what);
	(void)call_umask(mask); /* never fails */
	view_free(run->view);
	run->view = NULL;
	if (r == 0)
		return 0;
	error_set(err, r == -ENOSYS ? ERROR_KERNEL_TOO_OLD : ERROR_SYSTEM, -r,
		  "-H: the view of \"%s\": %s", run->target->name, what);
	error_hint(err, "--view=host keeps your files and shows the target's in a directory");
	error_hint(err, "a static program runs without: -a -X busybox sh");
	return r;
}
