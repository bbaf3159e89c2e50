/* SPDX-License-Identifier: MIT */
#include "find/lxc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find/children.h"
#include "find/ident.h"
#include "find/lxcsock.h"
#include "find/procscan.h"
#include "find/state.h"
#include "sys/beneath.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

enum place_kind {
	PLACE_LXC,	/* a directory with a file "config" for each */
	PLACE_INSTANCE, /* an entry for each, PROJECT_INSTANCE but in the default project */
	PLACE_VM,	/* likewise; virtual machines */
};

struct place {
	const char *path; /* the lxcpath, where it is one */
	enum place_kind kind;
	const char *above; /* which places that follow each other share; or NULL */
};

static const struct place places[] = {
	{ "/var/lib/lxc", PLACE_LXC, NULL },
	{ "/var/lib/incus/containers", PLACE_INSTANCE, "/var/lib/incus" },
	{ "/var/lib/incus/virtual-machines", PLACE_VM, "/var/lib/incus" },
	{ "/var/lib/lxd/containers", PLACE_INSTANCE, "/var/lib/lxd" },
	{ "/var/lib/lxd/virtual-machines", PLACE_VM, "/var/lib/lxd" },
	{ "/var/snap/lxd/common/lxd/containers", PLACE_INSTANCE, "/var/snap/lxd" },
	{ "/var/snap/lxd/common/lxd/virtual-machines", PLACE_VM, "/var/snap/lxd" },
};

struct query {
	struct runtime_context *ctx;
	const struct known_filter *filter;
	struct known_list *list;
	bool sockets_read;
	struct lxcsock sockets;
};

/* Projects have no underscore in their names, and instances none in theirs. */
static const char *short_name(enum place_kind kind, const char *entry)
{
	const char *underscore = strrchr(entry, '_');

	return kind != PLACE_LXC && underscore && underscore[1] ? underscore + 1 : entry;
}

/* Takes @name over. */
static int add(struct query *q, const struct place *place, const char *id, char *name, uid_t owner,
	       bool running, struct error *err)
{
	struct known k = {
		.runtime = &runtime_lxc,
		.id = strdup(id),
		.name = name,
		.state_root = strdup(place->path),
		.owner = owner,
		.stopped = !running,
	};

	if (place->kind == PLACE_VM)
		k.refuse = "it is a virtual machine, whose processes run on another kernel";
	if (!k.id || !k.name || !k.state_root) {
		known_done(&k);
		return state_no_memory(err);
	}
	return known_list_add_consume(q->list, &k) < 0 ? state_no_memory(err) : 0;
}

/* The value of a line "KEY = VALUE", the last one of several. Return: heap, or NULL: none, or empty. */
static char *config_value(const char *text, const char *key)
{
	const char *found = NULL;
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, "\n \t");
		if (strncmp(line, key, n) == 0 && line[n + strspn(line + n, " \t")] == '=')
			found = line + n + strspn(line + n, " \t") + 1;
	}
	if (!found)
		return NULL;
	found += strspn(found, " \t");
	n = strcspn(found, " \t\r\n");
	return n > 0 ? strndup(found, n) : NULL;
}

static char *config_path(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s/config", dir, name) < 0 ? NULL : path;
}

/* Proxmox numbers its containers: what users call them is the host name. */
static char *name_of(struct query *q, const struct place *place, const char *entry)
{
	_cleanup_free_ char *path = config_path(place->path, entry);
	_cleanup_free_ char *text = NULL;
	char *name = NULL;

	if (path && place->kind == PLACE_LXC && parse_digits(entry) &&
	    state_text(q->ctx, path, &text) >= 0)
		name = config_value(text, "lxc.uts.name");
	return name ? name : strdup(short_name(place->kind, entry));
}

static bool has_config(struct query *q, const struct place *place, const char *entry)
{
	_cleanup_free_ char *path = config_path(place->path, entry);
	_cleanup_fd_ int fd = -EBADF;

	if (!path)
		return false;
	fd = hostfs_open(q->ctx->host, path, O_PATH);
	return fd >= 0 || fd == -EACCES;
}

/* They are read where somebody asks: the kernel has to list all sockets of the host for it. */
static int read_sockets(struct query *q)
{
	int r = q->sockets_read ? 0 : lxcsock_read(q->ctx->host, &q->sockets);

	q->sockets_read = r == 0;
	return r;
}

static bool is_running(struct query *q, const struct place *place, const char *entry)
{
	return place->kind == PLACE_VM ||
	       (read_sockets(q) == 0 && lxcsock_has(&q->sockets, place->path, entry));
}

static int list_place(struct query *q, const struct place *place, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *entry;
	int r = 0;

	if (state_dir_open(q->ctx, place->path, &dir) < 0)
		return 0;
	while (r == 0 && (entry = state_dir_next(&dir))) {
		char *name;

		if (place->kind == PLACE_LXC && !has_config(q, place, entry))
			continue;
		name = name_of(q, place, entry);
		if (name && !known_filter_takes(q->filter, 0, entry, name))
			free(name);
		else
			r = add(q, place, entry, name, 0, is_running(q, place, entry), err);
	}
	return r;
}

static int list_places(struct query *q, struct error *err)
{
	const char *asked = NULL;
	bool lacks = false;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && r == 0; i++) {
		const char *above = places[i].above;

		if (above && (!asked || strcmp(asked, above) != 0)) {
			lacks = hostfs_lacks(q->ctx->host, above);
			asked = above;
		}
		if (!above || !lacks)
			r = list_place(q, &places[i], err);
	}
	return r;
}

static bool is_usual(const char *lxcpath)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strcmp(places[i].path, lxcpath) == 0)
			return true;
	return false;
}

/* Elsewhere only the socket tells, and there is one of a name. */
static bool is_listed(const struct query *q, const char *lxcpath, const char *name)
{
	if (!is_usual(lxcpath))
		return false;
	for (size_t i = 0; i < q->list->n; i++) {
		const struct known *k = &q->list->item[i];

		if (k->runtime == &runtime_lxc && strcmp(k->state_root, lxcpath) == 0 &&
		    strcmp(k->id, name) == 0)
			return true;
	}
	return false;
}

/*
 * Whose the directory of a container is. A socket can name any directory: it has to be one of a
 * container, and no link may lead to it, as somebody else's directory would be taken for root's.
 */
static int owner_of(const struct hostfs *host, const char *lxcpath, const char *name,
		    uid_t *ret_owner)
{
	_cleanup_free_ char *path = config_path(lxcpath, name);
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (!path)
		return -ENOMEM;
	fd = beneath_open(host->root_fd, path, O_PATH | O_NOFOLLOW,
			  RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (fd == -EACCES && geteuid() != 0) {
		*ret_owner = 0; /* a guess, which gives nobody more than his own rights */
		return 0;
	}
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -ENOENT;
	*ret_owner = st.st_uid;
	return 0;
}

/*
 * Whether one that is asked for can run without being at the usual places. LXC locks root's below
 * /run/lxc wherever they are kept; those of users, each below a directory of his own, are no answer
 * to root unless he asks for that user's. Of another host's /run there may be nothing to be seen.
 */
static bool may_be_elsewhere(struct runtime_context *ctx, const struct known_filter *filter)
{
	return (!filter->name && !filter->prefix) || filter->owner || geteuid() != 0 ||
	       *ctx->host->dir || !hostfs_lacks(ctx->host, "/run/lxc");
}

/* The containers at other places, and those of users: their monitors' sockets name them. */
static int list_sockets(struct query *q, struct error *err)
{
	int r = read_sockets(q);

	if (r < 0)
		return state_no_memory(err);

	for (size_t i = 0; i < q->sockets.n && r == 0; i++) {
		_cleanup_free_ char *lxcpath = strdup(q->sockets.path[i]);
		char *slash = lxcpath ? strrchr(lxcpath, '/') : NULL;
		const struct place place = { .path = lxcpath, .kind = PLACE_LXC };
		uid_t owner;

		if (!lxcpath)
			return state_no_memory(err);
		if (lxcpath[0] != '/' || slash == lxcpath || !slash[1] || strstr(lxcpath, "/.."))
			continue;
		*slash = '\0';
		/* The name first: it costs nothing. */
		if ((!q->filter->name || strcmp(q->filter->name, slash + 1) == 0) &&
		    !is_listed(q, lxcpath, slash + 1) &&
		    owner_of(q->ctx->host, lxcpath, slash + 1, &owner) == 0 &&
		    known_filter_takes(q->filter, owner, slash + 1, slash + 1))
			r = add(q, &place, slash + 1, strdup(slash + 1), owner, true, err);
	}
	return r;
}

int lxc_split_monitor(char *cmdline, const char **ret_lxcpath, const char **ret_name)
{
	static const char title[] = "[lxc monitor] ";
	char *lxcpath = cmdline + strlen(title), *space;

	if (strncmp(cmdline, title, strlen(title)) != 0)
		return -EBADMSG;
	space = strrchr(lxcpath, ' ');
	if (lxcpath[0] != '/' || !space || space == lxcpath || !space[1] || strchr(space, '/'))
		return -EBADMSG;
	*space = '\0';
	*ret_lxcpath = lxcpath;
	*ret_name = space + 1;
	return 0;
}

/* The first process, and the name of its cgroup: "NAME-1" where another container has "NAME". */
static int fill_from_monitor(const struct hostfs *host, pid_t monitor, struct known *k)
{
	_cleanup_fd_ int proc_fd = -EBADF;
	struct cgname cgroup;

	if (children_payload(host, monitor, &k->pid, &k->start_time) < 0)
		return 0; /* it is just starting, or has ended */
	proc_fd = hostfs_proc(host, k->pid);
	if (proc_fd < 0 || ident_read(proc_fd, &cgroup) <= 0 || cgroup.runtime != CGNAME_LXC ||
	    strcmp(cgroup.id, k->id) == 0)
		return 0;
	free(k->id);
	k->id = strdup(cgroup.id);
	return k->id ? 0 : -ENOMEM;
}

static enum place_kind kind_of(const char *lxcpath)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strcmp(places[i].path, lxcpath) == 0)
			return places[i].kind;
	return PLACE_LXC;
}

static int add_monitor(struct query *q, const struct procscan_item *item, struct error *err)
{
	_cleanup_known_ struct known k = { .runtime = &runtime_lxc, .owner = item->uid };
	_cleanup_free_ char *cmdline = strdup(item->cmdline);
	const char *lxcpath, *name;
	struct place place;

	if (!cmdline)
		return state_no_memory(err);
	if (lxc_split_monitor(cmdline, &lxcpath, &name) < 0)
		return 0;
	place = (struct place){ .path = lxcpath, .kind = kind_of(lxcpath) };
	k.id = strdup(name);
	k.name = name_of(q, &place, name);
	k.state_root = strdup(lxcpath);
	if (!k.id || !k.name || !k.state_root || fill_from_monitor(q->ctx->host, item->pid, &k) < 0)
		return state_no_memory(err);
	if (!known_filter_takes(q->filter, k.owner, k.id, k.name) &&
	    !known_filter_takes(q->filter, k.owner, name, k.name))
		return 0;
	return known_list_add_consume(q->list, &k) < 0 ? state_no_memory(err) : 0;
}

static int list_monitors(struct query *q, struct error *err)
{
	int r = procscan_run(q->ctx->scan, q->ctx->host, err);

	for (size_t i = 0; i < q->ctx->scan->n && r == 0; i++)
		if (q->ctx->scan->item[i].kind == PROCSCAN_LXC_MONITOR)
			r = add_monitor(q, &q->ctx->scan->item[i], err);
	return r;
}

static int lxc_list(struct runtime_context *ctx, const struct known_filter *filter,
		    struct known_list *list, struct error *err)
{
	struct query q = { .ctx = ctx, .filter = filter, .list = list };
	int r;

	if (filter->pod)
		return 0;
	r = list_places(&q, err);
	if (r == 0 && may_be_elsewhere(ctx, filter))
		r = list_sockets(&q, err);
	lxcsock_done(&q.sockets);
	return r;
}

static int lxc_list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			    struct known_list *list, struct error *err)
{
	struct query q = { .ctx = ctx, .filter = filter, .list = list };

	return list_monitors(&q, err);
}

static const char *const schemes[] = { "incus", "lxd", NULL };

const struct runtime runtime_lxc = {
	.name = "lxc",
	.schemes = schemes,
	.cgname = CGNAME_LXC,
	.list = lxc_list,
	.list_scanned = lxc_list_scanned,
};
