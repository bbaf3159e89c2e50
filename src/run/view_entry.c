/* SPDX-License-Identifier: MIT */
/* Holding what two root directories have, before there is a third one to put it in. */
#include "run/view.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "run/mountcall.h"
#include "run/view_path.h"
#include "util/fd.h"

const char *const view_devices[VIEW_DEVICES] = {
	"null", "zero", "full", "random", "urandom", "tty"
};

/*
 * What it is is asked of what is held: a name can mean something else a moment later. A file system
 * of somebody's own does not answer (EACCES); a name that such a thing is mounted on has its type.
 */
static int take_tree(int at, const char *name, unsigned char type, struct view_entry *entry)
{
	int kind;

	entry->tree = tree_clone(at, name, AT_SYMLINK_NOFOLLOW);
	if (entry->tree < 0)
		return errno == ENOENT ? 0 : -errno;
	kind = view_kind(entry->tree, "", AT_EMPTY_PATH);
	if (kind < 0 && type != DT_UNKNOWN)
		kind = type == DT_DIR ? ENTRY_DIR : type == DT_LNK ? ENTRY_LINK : ENTRY_FILE;
	if (kind < 0)
		return kind;
	if (kind == ENTRY_LINK)
		return -EAGAIN; /* it was none when it was read */
	entry->kind = (enum view_entry_kind)kind;
	return 0;
}

/* A link first: taking a tree of it and letting go again has the kernel wait for all processors. */
static int take_link_or_tree(int at, const char *name, unsigned char type, struct view_entry *entry)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(at, name, text, sizeof(text) - 1);

	if (n < 0 && errno == EINVAL)
		return take_tree(at, name, type, entry);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	entry->link = strndup(text, (size_t)n);
	entry->kind = ENTRY_LINK;
	return entry->link ? 0 : -ENOMEM;
}

int view_take_entry(int at, const char *name, unsigned char type, struct view_entry *ret_entry)
{
	int r = -EAGAIN;

	/* A target that keeps changing it gets an error. */
	for (int tries = 0; tries < 16 && r == -EAGAIN; tries++) {
		*ret_entry = (struct view_entry){ .tree = -EBADF };
		r = take_link_or_tree(at, name, type, ret_entry);
		if (r < 0)
			ret_entry->tree = fd_close(ret_entry->tree);
	}
	return r;
}

struct view *view_new(void)
{
	struct view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->proc = view->alternatives.tree = view->manual.tree = -EBADF;
	for (size_t i = 0; i < VIEW_TREES; i++)
		view->host[i].tree = -EBADF;
	for (size_t i = 0; i < REQUEST_TOOLS; i++)
		view->extra[i].tree = -EBADF;
	for (size_t i = 0; i < VIEW_DEVICES; i++)
		view->device[i] = -EBADF;
	return view;
}

void view_entry_done(struct view_entry *entry)
{
	entry->tree = fd_close(entry->tree);
	free(entry->link);
	entry->link = NULL;
}

void view_free(struct view *view)
{
	if (!view)
		return;
	for (size_t i = 0; i < VIEW_TREES; i++)
		view_entry_done(&view->host[i]);
	view_entry_done(&view->alternatives);
	view_entry_done(&view->manual);
	for (size_t i = 0; i < REQUEST_TOOLS; i++)
		view_entry_done(&view->extra[i]);
	for (size_t i = 0; i < VIEW_DEVICES; i++)
		(void)fd_close(view->device[i]); /* likewise */
	(void)fd_close(view->proc);		 /* likewise */
	free(view);
}
