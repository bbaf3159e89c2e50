/* SPDX-License-Identifier: MIT */
#include "find/candidate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/ident.h"
#include "find/member.h"
#include "find/process.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

static struct candidate *get(struct candidates *list, const char *id)
{
	struct candidate *c;

	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i].id, id) == 0)
			return &list->item[i];
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 4;
		struct candidate *more = reallocarray(list->item, size, sizeof(*more));

		if (!more)
			return NULL;
		list->item = more;
		list->size = size;
	}
	c = &list->item[list->n++];
	*c = (struct candidate){ .init = FOUND_NONE };
	memcpy(c->id, id, strlen(id) + 1);
	return c;
}

/* Where we ourselves live within a container, what it contains is not nested for us. */
static bool is_our_container(const char *id)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct cgname ours;

	return self >= 0 && ident_read(self, &ours) > 0 &&
	       (strcmp(ours.id, id) == 0 || strcmp(ours.outer, id) == 0);
}

static bool is_believed(struct candidate *c, const struct cgname *name, uid_t owner)
{
	uid_t us = geteuid();
	enum distrust why = DISTRUST_NONE;

	if (name->outer[0] && !is_our_container(name->outer))
		why = DISTRUST_NESTED;
	else if (owner != 0 && owner != us)
		why = DISTRUST_OWNER;
	else if (us == 0 && name->user_slice)
		why = DISTRUST_USER_SLICE;
	if (why == DISTRUST_NONE)
		return true;
	c->distrust = why;
	c->owner = owner;
	return false;
}

static int add_cgroup(struct candidates *list, struct cgtree *tree, const struct cgmatch *match)
{
	struct candidate *c;
	_cleanup_fd_ int fd = -EBADF;

	if (!parse_hex(match->name.id, FIND_ID_MAX) || strlen(match->name.id) != FIND_ID_MAX)
		return 0;
	c = get(list, match->name.id);
	if (!c)
		return -ENOMEM;
	if (!is_believed(c, &match->name, match->owner))
		return 0;
	/* A parent that tells nothing may be joined by one that does. */
	if (c->cgroup.runtime <= CGNAME_OCI)
		c->cgroup = match->name;
	if (candidate_runs(c))
		return 0;
	fd = cgtree_open(tree, match);
	if (fd >= 0)					     /* else it has just been removed */
		(void)member_find_init(fd, c->id, &c->init); /* empty: it is not running */
	return 0;
}

int candidates_add_cgroups(struct candidates *list, struct cgtree *tree,
			   const struct cgmatches *matches, const char *prefix)
{
	for (size_t i = 0; i < matches->n; i++) {
		int r = 0;

		if (strncmp(matches->item[i].name.id, prefix, strlen(prefix)) == 0)
			r = add_cgroup(list, tree, &matches->item[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether a process belongs to @c by a cgroup that can be believed. */
static bool belongs(struct candidate *c, struct cgtree *tree, int proc_fd)
{
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	struct ident_line line;
	struct cgname name;
	uid_t owner = 0;

	if (ident_text(proc_fd, buf, sizeof(buf), &heap, &text) < 0 ||
	    ident_parse(text, &name, &line) <= 0 || strcmp(name.id, c->id) != 0)
		return false;
	/* Above our cgroup namespace the directory cannot be seen: its path has to do. */
	(void)cgtree_owner(tree, line.controllers, line.path, &owner);
	if (!is_believed(c, &name, owner))
		return false;
	if (c->cgroup.runtime <= CGNAME_OCI)
		c->cgroup = name;
	return true;
}

static int add_docker(struct candidates *list, struct cgtree *tree,
		      const struct docker_container *known)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	struct candidate *c = get(list, known->id);

	if (!c)
		return -ENOMEM;
	c->docker = true;
	if (!c->name) {
		c->name = strdup(known->name);
		if (!c->name)
			return -ENOMEM;
	}
	if (candidate_runs(c) || known->pid == 0 || process_try(known->pid, &found) < 0 ||
	    !belongs(c, tree, found.proc_fd))
		return 0;
	c->init = found;
	found = FOUND_NONE;
	return 0;
}

int candidates_add_docker(struct candidates *list, struct cgtree *tree,
			  const struct docker_list *known)
{
	for (size_t i = 0; i < known->n; i++) {
		int r = add_docker(list, tree, &known->item[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_process(struct candidates *list, struct cgtree *tree, const char *prefix,
		       const char *entry)
{
	struct candidate *c;
	struct cgname name;
	_cleanup_fd_ int proc_fd = -EBADF;
	pid_t pid;

	if (parse_pid(entry, &pid) < 0)
		return 0;
	proc_fd = proc_open(pid);
	if (proc_fd < 0 || ident_read(proc_fd, &name) <= 0 || !parse_hex(name.id, FIND_ID_MAX) ||
	    strlen(name.id) != FIND_ID_MAX || strncmp(name.id, prefix, strlen(prefix)) != 0)
		return 0;
	c = get(list, name.id);
	if (!c)
		return -ENOMEM;
	/* Any member leads to the first process of its pid namespace. */
	if (!candidate_runs(c) && belongs(c, tree, proc_fd))
		(void)member_pick_init(&pid, 1, c->id, &c->init); /* gone: the next one may do */
	return 0;
}

int candidates_add_processes(struct candidates *list, struct cgtree *tree, const char *prefix)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r >= 0 && (entry = readdir(dir)))
		r = add_process(list, tree, prefix, entry->d_name);
	(void)closedir(dir); /* it was only read */
	return r;
}

bool candidate_runs(const struct candidate *c)
{
	return c->init.proc_fd >= 0;
}

const char *candidate_runtime(const struct candidate *c)
{
	return c->docker ? "docker" : cgname_runtime_name(c->cgroup.runtime);
}

int candidate_take(struct candidate *c, struct found *ret_found)
{
	_cleanup_free_ char *runtime = strdup(candidate_runtime(c));
	_cleanup_free_ char *id = strdup(c->id);

	if (!runtime || !id)
		return -ENOMEM;
	*ret_found = c->init;
	ret_found->runtime = steal_pointer(&runtime);
	ret_found->id = steal_pointer(&id);
	ret_found->name = steal_pointer(&c->name);
	c->init = FOUND_NONE;
	return 0;
}

void candidates_done(struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->item[i].name);
		found_done(&list->item[i].init);
	}
	free(list->item);
	*list = (struct candidates){ 0 };
}
