/* SPDX-License-Identifier: MIT */
#include "find/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/cgroot.h"
#include "find/owner.h"
#include "find/unitmain.h"
#include "find/unitpath.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/nearest.h"
#include "util/strv.h"
#include "util/text.h"

enum {
	DEPTH_MAX = 32,
	UNITS_MAX = 1 << 16
};

/* systemd has all of its units in both; before v2 there is only its own tree of v1. */
static const char *const hierarchies[] = { "", "name=systemd" };

static int no_memory(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, ENOMEM, "look for a unit");
}

/* A directory on the way down, and what its parents say of it. */
struct place {
	const char *path;
	bool of_user;
	uid_t owner;
	int hierarchy;
};

static int add(struct units *units, const struct place *in, const char *dir)
{
	struct unit u = { .of_user = in->of_user, .owner = in->owner, .hierarchy = in->hierarchy };

	if (units->n == units->size) {
		size_t size = MAX(units->size * 2, (size_t)32);
		struct unit *more = reallocarray(units->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		units->item = more;
		units->size = size;
	}
	u.name = strdup(unitpath_name(dir));
	if (!u.name || asprintf(&u.path, "%s/%s", in->path, dir) < 0) {
		free(u.name);
		return -ENOMEM;
	}
	units->item[units->n++] = u;
	return 0;
}

static int walk(struct units *units, int dir_fd_consume, const struct place *here, int depth);

static int descend(struct units *units, int dirfd, const char *name, const struct place *here,
		   int depth)
{
	_cleanup_free_ char *path = NULL;
	struct place below = *here;
	struct stat st;
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return 0; /* it was just removed */
	if (fstat(fd, &st) < 0 || asprintf(&path, "%s/%s", here->path, name) < 0) {
		path = NULL;
		(void)fd_close(fd); /* always -EBADF */
		return -ENOMEM;
	}
	below.path = path;
	/* Who owns a directory names what is in it. */
	if (!below.of_user) {
		below.of_user = st.st_uid != 0 && st.st_uid != geteuid();
		below.owner = st.st_uid;
	}
	if (!here->of_user && unitpath_manager_user(name, &below.owner) == 0)
		below.of_user = true;
	return walk(units, fd, &below, depth + 1);
}

static int visit(struct units *units, int dirfd, const char *name, const struct place *here,
		 int depth)
{
	uid_t uid;
	int r = 0;

	if (!unitpath_is_slice(name)) {
		if (unitpath_is_unit(name) && units->n < UNITS_MAX)
			r = add(units, here, name);
		if (unitpath_manager_user(name, &uid) < 0)
			return r;
	}
	return r < 0 || depth >= DEPTH_MAX ? r : descend(units, dirfd, name, here, depth);
}

static int walk(struct units *units, int dir_fd_consume, const struct place *here, int depth)
{
	DIR *dir = fdopendir(dir_fd_consume);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		(void)fd_close(dir_fd_consume); /* always -EBADF */
		return -ENOMEM;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			r = visit(units, dirfd(dir), entry->d_name, here, depth);
	(void)closedir(dir); /* it was only read */
	return r;
}

/* The units of one hierarchy. Return: 0, also where it is not mounted, or -ENOMEM. */
static int list_hierarchy(const struct hostfs *host, int hierarchy, struct units *units)
{
	_cleanup_fd_ int root = cgroot_open(host, hierarchies[hierarchy]);
	_cleanup_free_ char *base = cgroot_manager(host, hierarchies[hierarchy]);
	struct place top = { .path = base, .hierarchy = hierarchy };
	int fd;

	if (!base)
		return -ENOMEM;
	if (root < 0)
		return 0;
	fd = openat(root, *base ? base + 1 : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? 0 : walk(units, fd, &top, 0);
}

int unit_list(const struct hostfs *host, struct units *ret_units, struct error *err)
{
	struct units units = { 0 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(hierarchies) && r == 0 && units.n == 0; i++)
		r = list_hierarchy(host, (int)i, &units);
	if (r < 0) {
		units_done(&units);
		return no_memory(err);
	}
	*ret_units = units;
	return 0;
}

int unit_open(const struct hostfs *host, const struct unit *unit, struct found *ret_found,
	      struct error *err)
{
	_cleanup_fd_ int root = cgroot_open(host, hierarchies[unit->hierarchy]);
	_cleanup_fd_ int fd = -EBADF;
	_cleanup_found_ struct found found = FOUND_NONE;
	int r;

	if (root >= 0)
		fd = openat(root, unit->path + 1, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0, "unit \"%s\" has just ended",
				unit->name);
		return -ESRCH;
	}
	r = unitmain_find(host, fd, unit->name, &found, err);
	if (r < 0)
		return r;
	found.runtime = strdup("unit");
	found.name = strdup(unit->name);
	if (!found.runtime || !found.name)
		return no_memory(err);
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

/* What was asked for. */
struct query {
	const char *word; /* without USER/ */
	bool of_user;	  /* USER/ was typed */
	uid_t user;
};

static bool is_allowed(const struct query *q, const struct unit *u)
{
	if (q->of_user)
		return u->of_user ? u->owner == q->user : q->user == 0;
	return !u->of_user || (u->owner == geteuid() && geteuid() != 0);
}

/* The best match among those that may be meant; *ret_one is one of them. Return: how many. */
static size_t count_best(const struct query *q, const struct units *units,
			 enum unit_match *ret_best, const struct unit **ret_one)
{
	enum unit_match best = UNIT_UNESCAPED;
	size_t n = 0;

	for (size_t i = 0; i < units->n; i++) {
		enum unit_match m = unitpath_match(units->item[i].name, q->word);

		if (m < best || !is_allowed(q, &units->item[i]))
			continue;
		n = m > best ? 1 : n + 1;
		best = m;
		*ret_one = &units->item[i];
	}
	*ret_best = best;
	return n;
}

static int refuse_ambiguous(const struct query *q, const struct units *units, enum unit_match best,
			    struct error *err)
{
	_cleanup_text_ struct text detail = { 0 };
	int r = error_set(err, ERROR_TARGET_AMBIGUOUS, 0, "\"%s\" is the name of several units",
			  q->word);

	for (size_t i = 0; i < units->n; i++) {
		const struct unit *u = &units->item[i];

		if (unitpath_match(u->name, q->word) != best || !is_allowed(q, u))
			continue;
		text_add(&detail, "unit:");
		if (u->of_user)
			text_add(&detail, "%u/", u->owner);
		text_add_escaped(&detail, u->name);
		text_add(&detail, "  ");
		text_add_escaped(&detail, u->path);
		text_add(&detail, "\n");
	}
	error_hint(err, "type one of them as it is listed, or the number of a process");
	if (err)
		err->detail = text_take(&detail);
	return r;
}

/* "did you mean", in the form that was typed: with a suffix or without. */
static void hint_nearest(const struct query *q, const struct units *units, struct error *err)
{
	_cleanup_strv_ struct strv names = { 0 };
	const char *near = NULL;
	bool bare = !strchr(q->word, '.');

	for (size_t i = 0; i < units->n; i++) {
		const char *name = units->item[i].name, *dot = strrchr(name, '.');
		int n = (int)(bare && dot ? (size_t)(dot - name) : strlen(name));

		if (is_allowed(q, &units->item[i]) && strv_addf(&names, "%.*s", n, name) == 0)
			near = nearest_offer(q->word, names.item[names.n - 1], near);
	}
	if (near)
		error_hint(err, "did you mean: -t unit:%s", near);
}

static int refuse_none(const struct query *q, const struct units *units, struct error *err)
{
	for (size_t i = 0; i < units->n; i++) {
		const struct unit *u = &units->item[i];

		if (unitpath_match(u->name, q->word) == UNIT_DIFFERS)
			continue;
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no unit \"%s\" of the system: it belongs to uid %u", q->word,
				u->owner);
		error_hint(err, "if it is what you want: -t unit:%u/%s", u->owner, q->word);
		return -EPERM;
	}
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "no unit \"%s\" has a cgroup", q->word);
	hint_nearest(q, units, err);
	return -ESRCH;
}

int unit_find(const struct hostfs *host, const char *word, struct found *ret_found,
	      struct error *err)
{
	struct query q = { .word = word };
	_cleanup_units_ struct units units = { 0 };
	const struct unit *one = NULL;
	enum unit_match best;
	size_t n;
	int r = owner_split(host, word, &q.user, &q.word);

	if (r < 0)
		return no_memory(err);
	q.of_user = r > 0;
	if (unitpath_is_slice(q.word))
		return error_set(err, ERROR_USAGE, 0,
				 "unit \"%s\": a slice holds units, it has no process of its own",
				 q.word);
	r = unit_list(host, &units, err);
	if (r < 0)
		return r;
	n = count_best(&q, &units, &best, &one);
	if (n == 0)
		return refuse_none(&q, &units, err);
	if (n > 1)
		return refuse_ambiguous(&q, &units, best, err);
	return unit_open(host, one, ret_found, err);
}

void units_done(struct units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		free(units->item[i].name);
		free(units->item[i].path);
	}
	free(units->item);
	*units = (struct units){ 0 };
}
