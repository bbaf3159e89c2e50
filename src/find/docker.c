/* SPDX-License-Identifier: MIT */
#include "find/docker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/dockerdoc.h"
#include "find/dockerlive.h"
#include "find/dockerroot.h"
#include "find/dockeruser.h"
#include "find/find.h"
#include "find/kube.h"
#include "find/state.h"
#include "find/vm.h"
#include "sys/jsondoc.h"
#include "util/fd.h"
#include "util/macro.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789_.-";

bool docker_is_name(const char *text)
{
	return text[0] && !strchr("_.-", text[0]) && text[strspn(text, letters)] == '\0';
}

/* What is looked for below one root. */
struct finder {
	const struct known_filter *filter;
	const char *root;
	const struct cgmatches *running; /* are read before the others; or NULL */
	struct dockerdoc_text doc;	 /* the last one that was read */
	struct dockerdoc_text options;	 /* and what its container was made with */
	bool all_read;			 /* every container was looked at */
	bool has_pods;			 /* and one of them is a pod's sandbox */
	struct known_list *list;	 /* borrowed */
};

static void finder_done(struct finder *f)
{
	free(f->doc.text);
	free(f->options.text);
}

/* State that another user could have written is no state of this daemon. */
static bool is_trusted(const struct finder *f, const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid() ||
		(f->filter->owner && st->st_uid == *f->filter->owner)) &&
	       !(st->st_mode & S_IWOTH);
}

/* What cri-dockerd makes is of a pod. Docker's name remains what it is called. */
static int fill_pod(const struct finder *f, struct known *known)
{
	char *name;
	int r;

	if (f->filter->name) /* also the sandbox, which then is meant itself */
		return 0;
	name = strdup(known->name);
	r = name ? kube_parse_name(name, known) : -ENOMEM;
	if (r < 0) {
		free(name);
		return r;
	}
	free(known->name);
	known->name = name;
	return 0;
}

/* Return: 0, or a negative errno with @err filled: no JSON reader. */
static int fill_refuse(struct finder *f, int dir_fd, struct known *known, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	const char *runtime;
	int r;

	if (dockerdoc_load(&f->options, dir_fd, known->id, "hostconfig.json") < 0 ||
	    !vm_is_mentioned(f->options.text, f->options.n))
		return 0;
	r = state_parse(f->options.text, f->options.n, &json, err);
	if (r <= 0)
		return r;
	runtime = jsondoc_string(&json, "Runtime");
	known->refuse = runtime ? vm_of_runtime(runtime) : NULL;
	return 0;
}

static int add_known(struct finder *f, struct dockerdoc *doc, int dir_fd, uid_t owner,
		     struct error *err)
{
	struct known known = {
		.runtime = &runtime_docker,
		.id = strdup(doc->id),
		.name = strdup(doc->name),
		.state_root = strdup(f->root),
		.image = steal_pointer(&doc->image),
		.owner = owner,
		.stopped = !doc->running,
		.pid = doc->pid,
	};
	int r;

	if (!known.id || !known.name || !known.state_root || fill_pod(f, &known) < 0) {
		known_done(&known);
		return state_no_memory(err);
	}
	r = fill_refuse(f, dir_fd, &known, err);
	if (r < 0) {
		known_done(&known);
		return r;
	}
	return known_list_add_consume(f->list, &known) < 0 ? state_no_memory(err) : 1;
}

static int add_parsed(struct finder *f, int dir_fd, const char *id, uid_t owner, struct error *err)
{
	_cleanup_dockerdoc_ struct dockerdoc doc = { .id = NULL };
	const char *wanted = f->filter->name;
	int r = dockerdoc_read(f->doc.text, f->doc.n, &doc, err);

	if (r <= 0)
		return r;
	if (strcmp(doc.id, id) != 0 || (wanted && strcmp(doc.name, wanted) != 0))
		return 0;
	return add_known(f, &doc, dir_fd, owner, err);
}

static bool begins(const char *at, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - at) >= n && memcmp(at, with, n) == 0;
}

/*
 * Whether the document is worth reading: what is looked for stands in it as "/NAME" does. Slashes
 * are few, and memchr(3) is three times as fast as a search for the whole.
 */
static bool may_match(struct finder *f)
{
	const char *name = f->filter->name, *end = f->doc.text + f->doc.n;
	bool found = !name && !f->filter->pod;

	for (const char *at = f->doc.text; !found; at++) {
		at = memchr(at, '/', (size_t)(end - at));
		if (!at)
			break;
		if (at == f->doc.text || at[-1] != '"')
			continue;
		if (begins(at, end, "/k8s_POD_"))
			f->has_pods = true;
		if (name)
			found = begins(at + 1, end, name) &&
				begins(at + 1 + strlen(name), end, "\"");
		else
			found = begins(at, end, "/k8s_");
	}
	return found;
}

/* Return: 1 where it was added, 0 where not, or a negative errno with @err filled. */
static int add_one(int dir_fd, const char *id, struct finder *f, struct error *err)
{
	struct stat st;

	if (dockerdoc_load(&f->doc, dir_fd, id, "config.v2.json") < 0)
		return 0; /* removed meanwhile, or not a container */
	if (!may_match(f))
		return 0;
	if (fstatat(dir_fd, id, &st, AT_SYMLINK_NOFOLLOW) < 0 || !is_trusted(f, &st))
		return 0;
	return add_parsed(f, dir_fd, id, st.st_uid, err);
}

static bool is_running(const struct finder *f, const char *id)
{
	for (size_t i = 0; f->filter->name && f->running && i < f->running->n; i++)
		if (strcmp(f->running->item[i].name.id, id) == 0)
			return true;
	return false;
}

/*
 * By a name those that run are looked at first: a daemon gives each name once, and what is found
 * there saves reading all that lies about. Return: as add_one().
 */
static int add_running(int dir_fd, struct finder *f, struct error *err)
{
	int r = 0;

	if (!f->filter->name || !f->running)
		return 0;
	for (size_t i = 0; i < f->running->n && r == 0; i++)
		if (find_is_id(f->running->item[i].name.id))
			r = add_one(dir_fd, f->running->item[i].name.id, f, err);
	return r;
}

static int add_all(DIR *dir, struct finder *f, struct error *err)
{
	int r = add_running(dirfd(dir), f, err);

	if (r != 0)
		return r < 0 ? r : 0;
	for (int i = 0; i < STATE_DIR_MAX && r >= 0; i++) {
		const struct dirent *entry = readdir(dir);
		const char *id = entry ? entry->d_name : NULL;

		f->all_read = !entry;
		if (!entry)
			break;

		if (!find_is_id(id) || !known_filter_takes_id(f->filter, id) || is_running(f, id))
			continue;
		r = add_one(dirfd(dir), id, f, err);
		/* A daemon gives each name once. */
		if (r > 0 && f->filter->name)
			break;
	}
	return r < 0 ? r : 0;
}

static int open_containers(const struct hostfs *host, const char *root, struct finder *f,
			   int *ret_fd, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (asprintf(&path, "%s/containers", root) < 0) {
		path = NULL;
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for containers");
	}
	fd = hostfs_open(host, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd == -EACCES ? -EACCES : -ENOENT;
	if (fstat(fd, &st) < 0 || !is_trusted(f, &st))
		return -ENOENT;
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* Return: as docker_list_root(). */
static int list_root(const struct hostfs *host, struct finder *f, struct error *err)
{
	_cleanup_fd_ int fd = -EBADF;
	DIR *dir;
	int r;

	r = open_containers(host, f->root, f, &fd, err);
	if (r < 0)
		return r;
	dir = fdopendir(fd);
	if (!dir)
		return error_set(err, ERROR_SYSTEM, errno, "read \"%s/containers\"", f->root);
	(void)fd_steal(&fd); /* closedir() closes it */
	r = add_all(dir, f, err);
	finder_done(f);
	(void)closedir(dir); /* it was only read */
	return r;
}

int docker_list_root(const struct hostfs *host, const char *root, const struct known_filter *filter,
		     struct known_list *list, struct error *err)
{
	struct finder finder = { .filter = filter, .root = root, .list = list };

	return list_root(host, &finder, err);
}

/* Docker knows no names of other letters. */
static bool can_match(const struct known_filter *filter)
{
	return !filter->name || docker_is_name(filter->name);
}

/* @ret_podless: whether all of it was read, and none of it is a pod's; may be NULL */
static int list_roots(struct runtime_context *ctx, const struct strv *roots,
		      const struct known_filter *filter, struct known_list *list, bool *ret_podless,
		      struct error *err)
{
	bool podless = filter->name != NULL;

	for (size_t i = 0; i < roots->n; i++) {
		struct finder finder = {
			.filter = filter,
			.root = roots->item[i],
			.running = filter->name ? dockerlive_list(ctx) : NULL,
			.list = list,
		};
		int r = list_root(ctx->host, &finder, err);

		if (r == -EACCES)
			ctx->unreadable++;
		else if (r < 0 && r != -ENOENT)
			return r;
		podless = podless &&
			  (r == -ENOENT || (r == 0 && finder.all_read && !finder.has_pods));
	}
	if (ret_podless)
		*ret_podless = *ret_podless || podless;
	return 0;
}

static int docker_list(struct runtime_context *ctx, const struct known_filter *filter,
		       struct known_list *list, struct error *err)
{
	_cleanup_strv_ struct strv of_user = { 0 };
	const struct strv *roots = &of_user;
	int r;

	if (!can_match(filter))
		return 0;
	if (filter->owner && *filter->owner != 0) {
		r = dockerroot_user(ctx, *filter->owner, &of_user, err);
		return r < 0 ? r : list_roots(ctx, roots, filter, list, NULL, err);
	}
	/* For the same word as the name of a pod not all of it is read once more. */
	if (filter->pod && ctx->seen.docker_podless)
		return 0;
	r = dockerroot_usual(ctx, &roots, err);
	return r < 0 ? r : list_roots(ctx, roots, filter, list, &ctx->seen.docker_podless, err);
}

/* What the daemons tell beyond the usual places. */
static int docker_list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			       struct known_list *list, struct error *err)
{
	_cleanup_strv_ struct strv roots = { 0 };
	const struct strv *usual = NULL;
	int r;

	if (!can_match(filter) || (filter->owner && *filter->owner != 0))
		return 0;
	r = dockerroot_usual(ctx, &usual, err);
	for (size_t i = 0; r >= 0 && i < usual->n; i++)
		if (strv_add(&roots, usual->item[i]) < 0)
			r = state_no_memory(err);
	if (r >= 0)
		r = dockerroot_scanned(ctx, &roots, err);
	for (size_t i = usual->n; i < roots.n && r >= 0; i++) {
		const struct strv one = { .item = &roots.item[i], .n = 1 };

		r = list_roots(ctx, &one, filter, list, NULL, err);
	}
	return r < 0 ? r : docker_list_users(ctx, filter, list, err);
}

const struct runtime runtime_docker = {
	.name = "docker",
	.cgname = CGNAME_DOCKER,
	.list = docker_list,
	.list_scanned = docker_list_scanned,
	.has_strangers = dockerlive_has_strangers,
};
