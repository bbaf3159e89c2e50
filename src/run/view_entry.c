/* SPDX-License-Identifier: MIT */
/* Holding what two root directories have, before there is a third one to put it in. */
#include "run/view.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "run/mountcall.h"
#include "util/fd.h"

const char *const view_devices[VIEW_DEVICES] = {
	"null", "zero", "full", "random", "urandom", "tty"
};

/* What it is is asked of what is held: a name can mean something else a moment later. */
static int take_tree(int at, const char *name, struct view_entry *entry)
{
	struct stat st;

	entry->tree = tree_clone(at, name, AT_SYMLINK_NOFOLLOW);
	if (entry->tree < 0 && errno == ENOENT)
		return 0;
	if (entry->tree < 0 || fstatat(entry->tree, "", &st, AT_EMPTY_PATH) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -EAGAIN; /* it was none when it was read */
	entry->kind = S_ISDIR(st.st_mode) ? ENTRY_DIR : ENTRY_FILE;
	return 0;
}

/* A link first: taking a tree of it and letting go again has the kernel wait for all processors. */
static int take_link_or_tree(int at, const char *name, struct view_entry *entry)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(at, name, text, sizeof(text) - 1);

	if (n < 0 && errno == EINVAL)
		return take_tree(at, name, entry);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	entry->link = strndup(text, (size_t)n);
	entry->kind = ENTRY_LINK;
	return entry->link ? 0 : -ENOMEM;
}

int view_take_entry(int at, const char *name, struct view_entry *ret_entry)
{
	int r = -EAGAIN;

	/* A target that keeps changing it gets an error. */
	for (int tries = 0; tries < 16 && r == -EAGAIN; tries++) {
		*ret_entry = (struct view_entry){ .tree = -EBADF };
		r = take_link_or_tree(at, name, ret_entry);
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
	view->raw = view->proc = view->alternatives.tree = view->manual.tree = -EBADF;
	for (size_t i = 0; i < VIEW_TREES; i++)
		view->host[i].tree = -EBADF;
	for (size_t i = 0; i < REQUEST_TOOLS; i++)
		view->extra[i].tree = -EBADF;
	for (size_t i = 0; i < VIEW_DEVICES; i++)
		view->device[i] = -EBADF;
	return view;
}

static void entry_done(struct view_entry *entry)
{
	(void)fd_close(entry->tree); /* always -EBADF */
	free(entry->name);
	free(entry->link);
}

void view_free(struct view *view)
{
	if (!view)
		return;
	for (size_t i = 0; i < VIEW_TREES; i++)
		entry_done(&view->host[i]);
	entry_done(&view->alternatives);
	entry_done(&view->manual);
	for (size_t i = 0; i < REQUEST_TOOLS; i++)
		entry_done(&view->extra[i]);
	for (size_t i = 0; i < VIEW_DEVICES; i++)
		(void)fd_close(view->device[i]); /* likewise */
	for (size_t i = 0; i < view->n_own; i++)
		entry_done(&view->own[i]);
	(void)fd_close(view->proc); /* likewise */
	(void)fd_close(view->raw);  /* likewise */
	free(view);
}
