/* SPDX-License-Identifier: MIT */
/*
 * -H: copies of trees of mounts. The kernel gives one only to a process in the mount namespace that
 * the tree belongs to (EINVAL for all others, by whatever path), and with CAP_SYS_ADMIN there.
 */
#include "run/steps.h"

#include <dirent.h>
#include <errno.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/errand.h"
#include "run/mountcall.h"
#include "run/view.h"
#include "sys/beneath.h"
#include "sys/idmap.h"
#include "util/fd.h"
#include "util/log.h"

/* ---- the target's, for who stays here */

struct fetch {
	const struct target *target;
	int tree; /* or -errno */
};

static int go_there(const struct target *t)
{
	if (t->tree_user_fd >= 0 && setns(t->tree_user_fd, CLONE_NEWUSER) < 0)
		return -errno;
	if (t->tree_mnt_fd >= 0 && setns(t->tree_mnt_fd, CLONE_NEWNS) < 0)
		return -errno;
	return 0;
}

static int fetch_tree(void *ctx)
{
	struct fetch *fetch = ctx;
	int r = go_there(fetch->target);

	if (r == 0) {
		r = tree_clone(fetch->target->tree_fd, "", AT_EMPTY_PATH);
		if (r < 0)
			r = -errno;
	}
	fetch->tree = r;
	return 0;
}

static int explain(const char *what, const char *name, int errnum, struct error *err)
{
	error_set(err, errnum == EPERM ? ERROR_PERMISSION : ERROR_SYSTEM, errnum, "-H: take %s%s",
		  what, name);
	if (errnum == EPERM)
		error_hint(err, "a seccomp filter may forbid it, or CAP_SYS_ADMIN is missing: run "
				"as root");
	return -errnum;
}

int step_take_tree(struct run *run, const struct step *step, struct error *err)
{
	struct fetch fetch = { run->target, -ECHILD };
	int r = errand_run(fetch_tree, &fetch);

	(void)step;
	if (r < 0 || fetch.tree < 0)
		return explain("the tree of ", run->target->name, r < 0 ? -r : -fetch.tree, err);
	run->tree_fd = fetch.tree;
	return 0;
}

/* ---- the host's, for who leaves */

struct take {
	const struct target *target;
	struct view *view;
	int (*what)(const struct target *t, struct view *view);
	uint64_t attrs; /* what is taken has them, and keeps them where the view is another's */
	int r;
};

static const uint64_t closed = ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV;
static const uint64_t shown = ATTR_RDONLY | ATTR_NOSUID;

/* Return: the user namespace that the copy will belong to, or -EBADF where none has to be made. */
static int owner_of_copy(const struct target *t)
{
	return t->lock_user_fd >= 0 ? t->lock_user_fd : t->tree_user_fd;
}

/*
 * The view belongs to the target's user namespace, whose root could make what is read-only in it
 * writable: and where it is a user of the host's who owns files in our trees, write to them. What is
 * read-only when a copy of the mounts is made for another user namespace stays so for good.
 */
static int lock(uint64_t attrs)
{
	if (call_unshare(CLONE_NEWNS) < 0)
		return -errno;
	return tree_restrict(AT_FDCWD, "/", attrs, MS_PRIVATE) < 0 ? -errno : 0;
}

/* An ordinary user owns only a copy of our mounts, made in his user namespace. */
static int own_copy(int user)
{
	if (setns(user, CLONE_NEWUSER) < 0 || call_unshare(CLONE_NEWNS) < 0)
		return -errno;
	return call_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

/* Where the target's root is one who may own files of ours, and it is not ours to lock them before. */
static bool locks_below(const struct target *t)
{
	uint32_t inside;

	return t->lock_user_fd < 0 && t->tree_user_fd >= 0 &&
	       (!t->maps.known || idmap_to_inside(&t->maps.uid, geteuid(), &inside));
}

static int take_read_only(int root, const char *name, struct view_entry *entry)
{
	int r = view_take_entry(root, name, DT_UNKNOWN, entry);

	if (r == 0 && (entry->kind == ENTRY_DIR || entry->kind == ENTRY_FILE) &&
	    tree_restrict(entry->tree, "", closed, MS_PRIVATE) < 0)
		r = -errno;
	return r;
}

/* By their paths: an ordinary user has been given another copy of the mounts since. */
static int take_trees(const struct target *t, struct view *view)
{
	_cleanup_fd_ int root = open(t->tools_base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root < 0 ? -errno : 0;

	for (size_t i = 0; i < VIEW_TREES && r == 0; i++)
		r = take_read_only(root, view_trees[i], &view->host[i]);
	if (r == 0)
		r = take_read_only(root, "etc/alternatives", &view->alternatives);
	if (r == 0)
		r = take_read_only(root, VIEW_MANUAL, &view->manual);
	for (size_t i = 0; i < t->n_tools_extra && r == 0; i++)
		r = take_read_only(AT_FDCWD, t->tools_extra[i], &view->extra[i]);
	return r;
}

/* Where the target has a /dev of its own that one is shown, and ours are not needed. */
static bool has_devices(const struct target *t)
{
	_cleanup_fd_ int own = beneath_open(t->tree_fd, "dev/null", O_PATH,
					    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

	return own >= 0;
}

static int take_devices(const struct target *t, struct view *view)
{
	_cleanup_fd_ int dev = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)t;
	if (dev < 0)
		return -errno;
	for (size_t i = 0; i < VIEW_DEVICES; i++) {
		view->device[i] = tree_clone(dev, view_devices[i], AT_SYMLINK_NOFOLLOW);
		/* As in a container, which may have less of a /dev: then so has the view. */
		if (i > 0 && view->device[i] < 0 && errno == ENOENT)
			continue;
		/* What is written goes to the device; mode and owner are the host's file's. */
		if (view->device[i] < 0 ||
		    tree_restrict(view->device[i], "", shown, MS_PRIVATE) < 0)
			return -errno;
	}
	return 0;
}

static int take_there(void *ctx)
{
	struct take *take = ctx;

	take->r = take->what(take->target, take->view);
	return 0;
}

/* What an ordinary user owns a copy of he locks for one more user namespace, below the target's. */
static int take_below(void *ctx)
{
	struct take *take = ctx;
	int r = own_copy(take->target->tree_user_fd);

	if (r == 0 && tree_restrict(AT_FDCWD, "/", take->attrs, MS_PRIVATE) < 0)
		r = -errno;
	if (r == 0)
		r = errand_run_below(take_there, take);
	if (r < 0)
		take->r = r;
	return 0;
}

static int take_work(void *ctx)
{
	struct take *take = ctx;
	int user = owner_of_copy(take->target), r = 0;

	if (take->target->lock_user_fd >= 0)
		r = lock(take->attrs);
	if (r == 0 && user >= 0)
		r = own_copy(user);
	take->r = r == 0 ? take->what(take->target, take->view) : r;
	return 0;
}

/* A process that goes elsewhere for them comes back with the descriptors alone. */
static int run_take(struct take *take, int (*work)(void *ctx))
{
	int r;

	/* Who is killed on the way has taken nothing, whatever was taken before. */
	take->r = -ECHILD;
	r = owner_of_copy(take->target) < 0 ? work(take) : errand_run(work, take);
	return r < 0 ? r : take->r;
}

/* All but those of the host's root's, who is nobody in a user namespace of an ordinary user's. */
static bool takes_own_trees(const struct target *t)
{
	return t->n_tools_extra > 0 || strcmp(t->tools_base, "/") != 0;
}

static int take_tools(struct take *take)
{
	int r = -EPERM;

	if (!locks_below(take->target))
		return run_take(take, take_work);
	r = run_take(take, take_below);
	if (r != -EPERM && r != -ENOSPC)
		return r;
	/* A security module or a limit forbids the namespace: nothing has been taken yet. */
	if (take->what == take_trees && takes_own_trees(take->target))
		log_note("your programs cannot be locked: the root of %s can change those among "
			 "them that are yours",
			 take->target->name);
	return run_take(take, take_work);
}

int step_take_tools(struct run *run, const struct step *step, struct error *err)
{
	struct take take = { run->target, view_new(), take_trees, closed, 0 };
	int r;

	(void)step;
	run->view = take.view;
	if (!take.view)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-H: take your programs");
	r = take_tools(&take);
	if (r == 0 && !has_devices(run->target)) {
		take.what = take_devices;
		take.attrs = shown; /* else they could not be opened */
		r = take_tools(&take);
	}
	return r < 0 ? explain("your programs", "", -r, err) : 0;
}
