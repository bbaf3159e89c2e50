/* SPDX-License-Identifier: MIT */
#include "find/candidate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/claim.h"
#include "find/ident.h"
#include "find/member.h"
#include "find/process.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

static struct candidate *append(struct candidates *list)
{
	if (list->n == list->size) {
		size_t size = MAX(list->size * 2, (size_t)4);
		struct candidate *more = reallocarray(list->item, size, sizeof(*more));

		if (!more)
			return NULL;
		list->item = more;
		list->size = size;
	}
	list->item[list->n] = (struct candidate){ .init = FOUND_NONE };
	return &list->item[list->n++];
}

struct candidate *candidates_append(struct candidates *list, const char *id)
{
	struct candidate *c = append(list);

	if (!c)
		return NULL;
	c->known.id = strdup(id);
	if (!c->known.id) {
		list->n--;
		return NULL;
	}
	return c;
}

int candidates_add_known_consume(struct candidates *list, struct known *known)
{
	struct candidate *c = append(list);

	if (!c) {
		known_done(known);
		return -ENOMEM;
	}
	c->known = *known;
	*known = (struct known){ 0 };
	return 0;
}

/* Root, the caller himself, and who was asked for. */
static bool is_heard(const struct candidate_scope *scope, uid_t owner)
{
	return owner == 0 || owner == geteuid() || (scope->owner && owner == *scope->owner);
}

static bool is_believed(struct candidate *c, const struct candidate_scope *scope,
			const struct cgname *name, uid_t owner)
{
	uid_t us = geteuid();
	enum distrust why = DISTRUST_NONE;

	if (name->outer[0] && !ident_is_ours(name->outer))
		why = DISTRUST_NESTED;
	else if (!is_heard(scope, owner))
		why = DISTRUST_OWNER;
	else if (us == 0 && name->user_slice && !scope->owner)
		why = DISTRUST_USER_SLICE;
	if (why == DISTRUST_NONE)
		return true;
	c->distrust = why;
	c->owner = owner;
	if (why == DISTRUST_NESTED && !c->within)
		c->within = strdup(name->outer); /* without memory for it there is no hint */
	return false;
}

/* A process of a user's own container must be in a user namespace of his. */
static bool is_owners(const struct candidate *c, const struct found *found)
{
	return c->known.owner == 0 || c->known.owner == geteuid() ||
	       claim_is_users(found, c->known.owner);
}

static void set_init(struct candidate *c, struct found *found, bool by_cgroup)
{
	if (!is_owners(c, found))
		return;
	c->init = *found;
	c->by_cgroup = by_cgroup;
	*found = FOUND_NONE;
}

/* Whether a process belongs to @c by a cgroup that can be believed. */
static bool belongs(struct candidate *c, const struct candidate_scope *scope, int proc_fd,
		    uint64_t *ret_cgroup)
{
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	struct ident_line line;
	struct cgname name = { .runtime = CGNAME_NONE };
	uid_t owner = 0;

	if (ident_text(proc_fd, buf, sizeof(buf), &heap, &text) < 0)
		return false;
	if (c->known.cgroup && !cgname_parse(c->known.cgroup, &name)) {
		/* A path that tells nothing of itself: the state file confirms it. */
		if (!ident_find_path(text, c->known.cgroup, &line))
			return false;
	} else {
		const struct ident_claim claim = claim_of(&c->known);

		if (ident_parse(text, &name, &line) <= 0 || strcmp(name.id, c->known.id) != 0 ||
		    (claim.runtime != CGNAME_NONE && claim.runtime != name.runtime))
			return false;
	}
	/* Above our cgroup namespace the directory cannot be seen: its path has to do. */
	(void)cgtree_owner(scope->tree, line.controllers, line.path, &owner, ret_cgroup);
	if (!is_believed(c, scope, &name, owner))
		return false;
	if (c->cgroup.runtime <= CGNAME_OCI)
		c->cgroup = name;
	return true;
}

static void settle_by_pid(struct candidate *c, const struct candidate_scope *scope)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	int r;

	if (c->known.pid <= 0 || process_try(scope->tree->host, c->known.pid, &found) < 0)
		return;
	r = claim_prove(scope->tree->host, &c->known, &found);
	if (r > 0)
		set_init(c, &found, false);
	else if (r == 0 && belongs(c, scope, found.proc_fd, &found.cgroup))
		set_init(c, &found, true);
	else if (r == 0 && claim_is_monitored(scope->tree->host, &c->known, &found))
		set_init(c, &found, false);
}

/* Whether the state names a cgroup that its path alone does not tell of. */
static bool is_opaque(const struct known *known)
{
	struct cgname name;

	return known->cgroup &&
	       (!cgname_parse(known->cgroup, &name) || strcmp(name.id, known->id) != 0);
}

static void settle_by_path(struct candidate *c, const struct candidate_scope *scope)
{
	struct ident_claim claim = claim_of(&c->known);

	if (is_opaque(&c->known))
		claim.cgroup = c->known.cgroup;
	for (int i = 0; i < CGTREE_HIERARCHIES && !candidate_runs(c); i++) {
		_cleanup_fd_ int fd = cgtree_open_path(scope->tree, i, c->known.cgroup);
		_cleanup_found_ struct found found = FOUND_NONE;
		struct cgname name;
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		(void)cgname_parse(c->known.cgroup, &name); /* its slice and what is around it */
		if (is_believed(c, scope, &name, st.st_uid) &&
		    member_find_init(scope->tree->host, fd, &claim, &found) == 0)
			set_init(c, &found, !claim.cgroup);
	}
}

/* What a runtime says of its own container is its own; a cgroup is a directory of anybody's. */
void candidate_settle(struct candidate *c, const struct candidate_scope *scope)
{
	if (!candidate_is_open(c))
		return;
	settle_by_pid(c, scope);
	if (!candidate_runs(c) && c->known.cgroup && !c->known.start_time)
		settle_by_path(c, scope);
	if (!candidate_runs(c) && find_is_id(c->known.id) && c->known.owner == 0) {
		_cleanup_found_ struct found found = FOUND_NONE;

		if (cgtree_probe(scope->tree, c->known.id, false, &found, &c->cgroup) == 0)
			set_init(c, &found, true);
	}
}

int candidate_take_match(struct candidate *c, const struct candidate_scope *scope,
			 const struct cgmatch *match)
{
	const struct ident_claim claim = { .id = match->name.id, .runtime = match->name.runtime };
	_cleanup_found_ struct found found = FOUND_NONE;
	_cleanup_fd_ int fd = -EBADF;

	if (!is_believed(c, scope, &match->name, match->owner))
		return 0;
	/* A parent that tells nothing may be joined by one that does. */
	if (c->cgroup.runtime <= CGNAME_OCI)
		c->cgroup = match->name;
	if (!c->path) {
		c->path = strdup(match->path);
		if (!c->path)
			return -ENOMEM;
	}
	if (!candidate_is_open(c))
		return 0;
	fd = cgtree_open(scope->tree, match);
	/* It has just been removed, or is empty: it is not running. */
	if (fd >= 0 && member_find_init(scope->tree->host, fd, &claim, &found) == 0)
		set_init(c, &found, true);
	return 0;
}

bool candidate_is_match(const struct candidate *c, const struct cgname *name)
{
	const struct runtime *runtime = c->known.runtime;

	return strcmp(c->known.id, name->id) == 0 &&
	       (find_is_id(name->id) || !runtime || runtime->cgname == name->runtime);
}

static int add_process(struct candidates *list, const struct candidate_scope *scope,
		       const char *prefix, const char *entry)
{
	struct ident_claim claim = { 0 };
	struct candidate *c = NULL;
	struct cgname name;
	_cleanup_fd_ int proc_fd = -EBADF;
	_cleanup_found_ struct found found = FOUND_NONE;
	uint64_t cgroup; /* the member's, not that of the one that it leads to */
	pid_t pid;

	if (parse_pid(entry, &pid) < 0)
		return 0;
	proc_fd = hostfs_proc(scope->tree->host, pid);
	if (proc_fd < 0 || ident_read(proc_fd, &name) <= 0 ||
	    strncmp(name.id, prefix, strlen(prefix)) != 0)
		return 0;
	for (size_t i = 0; i < list->n && !c; i++)
		if (candidate_is_match(&list->item[i], &name))
			c = &list->item[i];
	if (!c)
		c = candidates_append(list, name.id);
	if (!c)
		return -ENOMEM;
	claim.id = name.id;
	/* Any member leads to the first process of its pid namespace; gone: the next one may do. */
	if (candidate_is_open(c) && belongs(c, scope, proc_fd, &cgroup) &&
	    member_pick_init(scope->tree->host, &pid, 1, &claim, &found) == 0)
		set_init(c, &found, true);
	return 0;
}

int candidates_add_processes(struct candidates *list, const struct candidate_scope *scope,
			     const char *prefix)
{
	int fd = openat(scope->tree->host->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		(void)fd_close(fd); /* always -EBADF */
		return r;
	}
	while (r >= 0 && (entry = readdir(dir)))
		r = add_process(list, scope, prefix, entry->d_name);
	(void)closedir(dir); /* it was only read */
	return r;
}

/* Whose word goes before another's: the place in the table, a cgroup alone comes last. */
static size_t rank(const struct candidate *c)
{
	size_t i = 0;

	while (i < runtime_count && runtime_table[i] != c->known.runtime)
		i++;
	return i;
}

/* The better of two for one process, with what only the other one knows. */
static void merge(struct candidate *kept, struct candidate *c)
{
	struct candidate worse = *c;

	if (rank(c) < rank(kept)) {
		worse = *kept;
		*kept = *c;
	}
	if (kept->cgroup.runtime <= CGNAME_OCI)
		kept->cgroup = worse.cgroup;
	if (!kept->path)
		kept->path = steal_pointer(&worse.path);
	if (!kept->known.image)
		kept->known.image = steal_pointer(&worse.known.image);
	candidate_done(&worse);
}

void candidates_merge(struct candidates *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct candidate *c = &list->item[i], *kept = NULL;

		for (size_t k = 0; k < n && candidate_runs(c) && !kept; k++)
			if (candidate_runs(&list->item[k]) && list->item[k].init.pid == c->init.pid)
				kept = &list->item[k];
		if (kept)
			merge(kept, c);
		else
			list->item[n++] = *c;
	}
	list->n = n;
}

static bool lacks_state(const struct candidate *c)
{
	return candidate_runs(c) && !c->known.runtime && find_is_id(c->known.id);
}

bool candidates_lack_state(const struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (lacks_state(&list->item[i]))
			return true;
	return false;
}

/* Whether a runtime says of this id that it does not run, or which process it is. */
static bool is_spoken_for(struct candidates *list, const struct candidate_scope *scope,
			  const char *id)
{
	bool is = false;

	for (size_t i = 0; i < list->n; i++) {
		struct candidate *c = &list->item[i];

		if (!c->known.runtime || !is_heard(scope, c->known.owner) ||
		    strcmp(c->known.id, id) != 0)
			continue;
		candidate_settle(c, scope);
		is = is || candidate_runs(c) || c->known.stopped;
	}
	return is;
}

void candidates_heed_states(struct candidates *list, const struct candidate_scope *scope)
{
	for (size_t i = 0; i < list->n; i++) {
		struct candidate *c = &list->item[i];

		if (!lacks_state(c) || !is_spoken_for(list, scope, c->known.id))
			continue;
		found_done(&c->init);
		c->known.stopped = true; /* no later search is to find the same again */
	}
}

/* Where its runtime says that it does not run, nobody else's word counts. */
bool candidate_is_open(const struct candidate *c)
{
	return !candidate_runs(c) && !c->known.refuse && !c->known.stopped;
}

bool candidate_runs(const struct candidate *c)
{
	return c->init.proc_fd >= 0;
}

int candidate_take(struct candidate *c, struct found *ret_found)
{
	_cleanup_free_ char *runtime = strdup(candidate_runtime(c));
	_cleanup_free_ char *id = strdup(c->known.id);

	if (!runtime || !id)
		return -ENOMEM;
	*ret_found = c->init;
	ret_found->by_cgroup = c->by_cgroup;
	ret_found->runtime = steal_pointer(&runtime);
	ret_found->id = steal_pointer(&id);
	ret_found->name = steal_pointer(&c->known.name);
	ret_found->cgroup_path = steal_pointer(&c->known.cgroup);
	c->init = FOUND_NONE;
	return 0;
}

void candidate_done(struct candidate *c)
{
	known_done(&c->known);
	found_done(&c->init);
	free(c->within);
	free(c->path);
	c->within = c->path = NULL;
}

void candidates_done(struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++)
		candidate_done(&list->item[i]);
	free(list->item);
	*list = (struct candidates){ 0 };
}
