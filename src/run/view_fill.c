/* SPDX-License-Identifier: MIT */
#include "run/view_fill.h"

#include <errno.h>
#include <fcntl.h>
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
#include "run/view_loader.h"
#include "run/view_path.h"
#include "util/log.h"

static const unsigned long closed = MS_RDONLY | MS_NOSUID | MS_NODEV;

/*
 * What lies below a directory of the target's that is covered is shown on top of it again. Of a mount
 * that another one has covered its path leads to nothing, or through a file.
 */
static int show_again(const char *path, void *ctx)
{
	const char *prefix = ctx;

	if (strncmp(path, prefix, strlen(prefix)) != 0)
		return 0;
	if (call_mount(path, path + strlen(SHIM_ROOT), NULL, MS_BIND | MS_REC, NULL) < 0 &&
	    errno != ENOENT && errno != ENOTDIR)
		return -errno;
	return 0;
}

static int reattach(const struct run *run, const char *name)
{
	char prefix[VIEW_PATH];

	(void)snprintf(prefix, sizeof(prefix), SHIM_ROOT "/%s/", name);
	return mountinfo_each(run->target->proc_root_fd, show_again, prefix);
}

/*
 * The target's first, the host's where it has nothing. Return: 1 where no overlay can be had: programs
 * that take all they need from their own tree run without it.
 */
static int lay_below(const struct run *run, const char *name)
{
	char path[VIEW_PATH], options[2 * VIEW_PATH];
	int errnum;

	(void)snprintf(options, sizeof(options), "lowerdir=" SHIM_ROOT "/%s:" SHIM_HOST "/%s", name,
		       name);
	if (call_mount("overlay", view_tree_path(name, path), "overlay", closed, options) == 0)
		return reattach(run, name);
	errnum = errno;
	log_line(LOG_VERBOSE, "-H: your %s does not lie below the target's: %s", path,
		 error_describe(errnum));
	return errnum == ENOMEM ? -ENOMEM : 1;
}

/* As on the host, also where that is a link to another one: if that one has what the host has there. */
static int graft(const struct view_entry *entry, const char *host, const char *path)
{
	const char *text =
		entry->kind == ENTRY_LINK ? entry->link + strspn(entry->link, "/") : host;

	/* From the root directory, where we are and the link will be. */
	if (!view_leads_to_directory(text))
		text = host;
	return call_symlinkat(text, AT_FDCWD, path) < 0 ? -errno : 0;
}

/* Directories of programs alone: nothing is loaded from there. */
static bool holds_programs(const char *name)
{
	return strcmp(name, "bin") == 0 || strcmp(name, "sbin") == 0;
}

static int fill_one(struct run *run, const char *name, const struct view_entry *entry)
{
	char path[VIEW_PATH], host[VIEW_PATH];
	struct stat ours, theirs;
	int own, r;

	if (entry->kind == ENTRY_NONE)
		return 0;
	(void)snprintf(host, sizeof(host), SHIM_HOST "/%s", name);
	own = view_kind(AT_FDCWD, view_tree_path(name, path), AT_SYMLINK_NOFOLLOW);
	if (own == ENTRY_NONE)
		return graft(entry, host, path);
	/* A file, or a link that leads nowhere, is of no use to the target's programs either. */
	if (own != ENTRY_DIR && !view_leads_to_directory(path)) {
		r = view_take_away(path);
		return r < 0 ? r : graft(entry, host, path);
	}
	run->view->mixed = run->view->mixed || !holds_programs(name);
	/* A link of the target's leads to another of the directories, or to one that is not filled. */
	if (own != ENTRY_DIR || fstatat(AT_FDCWD, host, &theirs, 0) < 0 || !S_ISDIR(theirs.st_mode))
		return 0;
	/* The host's own, or a part of it. */
	if (fstatat(AT_FDCWD, path, &ours, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino)
		return 0;
	return lay_below(run, name);
}

/* ---- what a program takes for granted */

/* In the place of whatever has that name and is none. */
static int make_directory(const char *path)
{
	int r;

	if (view_has_directory(path))
		return 0;
	r = view_take_away(path);
	return r == 0 && call_mkdir(path, 0755) < 0 ? -errno : r;
}

static int make_tmpfs(const char *path, const char *options)
{
	int r = make_directory(path);

	if (r == 0 && call_mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		r = -errno;
	return r;
}

static int add_tmp(void)
{
	return view_leads_to_directory("/tmp") ? 0 : make_tmpfs("/tmp", "mode=1777");
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

	if (view->device[0] < 0 || faccessat(AT_FDCWD, "/dev/null", F_OK, 0) == 0)
		return 0;
	r = make_tmpfs("/dev", "mode=0755");
	for (size_t i = 0; i < VIEW_DEVICES && r == 0; i++) {
		char path[64];

		if (view->device[i] < 0)
			continue;
		(void)snprintf(path, sizeof(path), "/dev/%s", view_devices[i]);
		r = view_write_file(path, "", 0, 0444);
		if (r == 0 && tree_attach(view->device[i], AT_FDCWD, path) < 0)
			r = -errno;
	}
	return r < 0 ? r : add_terminals();
}

static int add_proc(const struct view *view)
{
	int r;

	if (view->proc < 0)
		return 0;
	r = make_directory("/proc");
	return r == 0 && tree_attach(view->proc, AT_FDCWD, "/proc") < 0 ? -errno : r;
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
	r = view_place_loader(run);
	if (r < 0)
		return r;
	*ret_what = "supply /tmp, /dev and /proc";
	r = add_tmp();
	if (r == 0)
		r = add_devices(run->view);
	if (r == 0)
		r = add_proc(run->view);
	if (r < 0)
		return r;
	*ret_what = "make it read-only";
	return call_mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | closed, NULL) < 0 ? -errno : 0;
}
