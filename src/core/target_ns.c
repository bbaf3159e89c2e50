/* SPDX-License-Identifier: MIT */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "find/process.h"
#include "sys/caps.h"
#include "sys/nsfd.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/parse.h"

static int open_path(const char *file, enum ns_type type, struct target *t, struct error *err)
{
	int r = nsfd_open_file(file, type, &t->ns_fd[type], err);

	if (r != -ENOENT || strchr(file, '/'))
		return r;
	/* Of --user=root another tool makes a user, and -u is short for it there. */
	if (type == NS_USER || type == NS_UTS)
		error_hint(err, "-%c is a namespace; as a user: -S %s", ns_table[type].letter,
			   file);
	else
		error_hint(err, "of a container: -t %s -%c", file, ns_table[type].letter);
	return r;
}

static int open_file(const struct request *req, enum ns_type type, struct target *t,
		     struct error *err)
{
	const char *file = req->ns_file[type];
	uint64_t nsid;

	if (file[0] != ':')
		return open_path(file, type, t, err);
	if (parse_uint64(file + 1, UINT64_MAX, &nsid) < 0)
		return error_set(err, ERROR_USAGE, 0, "\"%s\" is not a namespace id", file);
	return nsfd_open_by_id(type, nsid, &t->ns_fd[type], err);
}

/* Taking a descriptor is like attaching a debugger, which Yama may forbid (since Linux 3.4). */
static int explain_getfd(const struct request *req, const struct target *t, int errnum,
			 struct error *err)
{
	char scope[sizeof("0\n") +
		   1]; /* one byte more: the reader wants room for what is not there */
	ssize_t n =
		fd_read_file(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", scope, sizeof(scope));
	bool yama = errnum == EPERM && n > 0 && scope[0] != '0' && !caps_have(CAP_SYS_PTRACE);

	/* It takes the rights that reading what is open takes. */
	if (!yama)
		return target_explain_access(t, "fd", errnum, err);
	error_set(err, ERROR_PERMISSION_YAMA, errnum, "-N: take descriptor %d of \"%s\"",
		  req->net_socket, t->name);
	error_hint(err, "kernel.yama.ptrace_scope is %c: only root may", scope[0]);
	return -errnum;
}

/* A descriptor is taken by a pidfd, and that is opened by a number. */
static int refuse_unnumbered(const struct request *req, const struct target *t, struct error *err)
{
	if (req->host_root)
		return error_set(err, ERROR_USAGE, 0,
				 "-N: no descriptor of \"%s\" can be taken: its number means "
				 "nothing here",
				 t->name);
	return error_set(err, ERROR_KERNEL_TOO_OLD, 0, "-N needs Linux 5.6");
}

static int open_socket_namespace(const struct request *req, struct target *t, struct error *err)
{
	_cleanup_fd_ int sock = pidfd_getfd_of(t->found.pidfd, req->net_socket);

	if (t->found.pidfd < 0 || sock == -ENOSYS)
		return refuse_unnumbered(req, t, err);
	if (sock == -EBADF)
		return error_set(err, ERROR_USAGE, 0, "-N: \"%s\" has no descriptor %d", t->name,
				 req->net_socket);
	if (sock < 0)
		return explain_getfd(req, t, -sock, err);
	t->ns_fd[NS_NET] = nsfd_of_socket(sock);
	if (t->ns_fd[NS_NET] == -ENOTTY)
		return error_set(err, ERROR_USAGE, 0, "-N: descriptor %d of \"%s\" is not a socket",
				 req->net_socket, t->name);
	if (t->ns_fd[NS_NET] < 0)
		return error_set(err, ERROR_PERMISSION, -t->ns_fd[NS_NET],
				 "-N: the network namespace of descriptor %d of \"%s\"",
				 req->net_socket, t->name);
	return 0;
}

/* The parent of -U=FILE, or of the target's user namespace. */
static int open_user_parent(const struct request *req, struct target *t, struct error *err)
{
	_cleanup_fd_ int child = -EBADF;
	int r;

	if (req->ns_file[NS_USER]) {
		r = open_file(req, NS_USER, t, err);
		if (r < 0)
			return r;
		child = fd_steal(&t->ns_fd[NS_USER]);
	} else {
		child = nsfd_open_link(t->found.proc_fd, "ns/user");
		if (child < 0)
			return target_explain_access(t, "ns/user", -child, err);
	}
	t->ns_fd[NS_USER] = nsfd_open_parent(child);
	if (t->ns_fd[NS_USER] == -EPERM) {
		error_set(err, ERROR_USERNS_NEEDED, EPERM, "--user-parent");
		error_hint(err,
			   "the parent user namespace is not below yours; leave the option out");
		return -EPERM;
	}
	if (t->ns_fd[NS_USER] < 0)
		return error_set(err, ERROR_SYSTEM, -t->ns_fd[NS_USER], "--user-parent");
	return 0;
}

static int own_inode(struct target *t, enum ns_type type, struct error *err)
{
	const char *name = ns_table[type].current;
	int r = proc_ns_inode(t->self_ns_fd, name, &t->facts.own[type]);

	if (r == -ENOENT && type == NS_PID)
		/* The namespace for our children has no init yet: we have asked for a new one. */
		return 0;
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read /proc/self/ns/%s", name);
	return 0;
}

/* Whether a pod without a process has it, by a file of its runtime's. */
static bool is_pinned(const struct target *t, enum ns_type type)
{
	return t->found.pinned && t->found.pinned[type] >= 0;
}

/* Whether @type is joined from a descriptor of its own. */
static bool is_separate(const struct request *req, const struct target *t, enum ns_type type)
{
	return req->ns_file[type] || (type == NS_NET && req->net_socket >= 0) ||
	       (type == NS_USER && req->user_parent) || is_pinned(t, type);
}

static int open_separate(const struct request *req, enum ns_type type, struct target *t,
			 struct error *err)
{
	int r = 0;

	if (type == NS_USER && req->user_parent)
		r = open_user_parent(req, t, err);
	else if (type == NS_NET && req->net_socket >= 0)
		r = open_socket_namespace(req, t, err);
	else if (req->ns_file[type])
		r = open_file(req, type, t, err);
	else
		t->ns_fd[type] = fd_steal(&t->found.pinned[type]);
	if (r < 0)
		return r;
	r = nsfd_inode(t->ns_fd[type], &t->facts.ino[type]);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "%s namespace", ns_table[type].name);
	return 0;
}

/* Return: 1 where the target has the type, 0 where this kernel does not, or -errno. */
static int look_at_link(const struct request *req, enum ns_type type, struct target *t,
			struct error *err)
{
	const char *link = ns_table[type].link;
	int r = proc_ns_inode(t->found.proc_fd, link, &t->facts.ino[type]);

	if (r == 0) {
		t->facts.by_pidfd |= NS_BIT(type);
		return 1;
	}
	if (r != -ENOENT)
		return target_explain_access(t, link, -r, err);
	if (proc_ns_inode(t->self_ns_fd, ns_table[type].name, &t->facts.own[type]) == 0)
		return process_explain_end(&t->found, err);
	if (req->wanted & NS_BIT(type))
		return error_set(err, ERROR_KERNEL_TOO_OLD, 0,
				 "this kernel has no %s namespaces (-%c)", ns_table[type].name,
				 ns_table[type].letter);
	return 0;
}

static int look_at(const struct request *req, enum ns_type type, struct target *t,
		   struct error *err)
{
	bool separate = is_separate(req, t, type);
	int r = separate ? open_separate(req, type, t, err) : look_at_link(req, type, t, err);

	if (r < 0 || !(separate || r > 0))
		return r;
	r = own_inode(t, type, err);
	if (r < 0)
		return r;
	t->facts.present |= NS_BIT(type);
	if (t->facts.own[type] == t->facts.ino[type])
		t->facts.same |= NS_BIT(type);
	return 0;
}

static ns_set asked_for(const struct request *req)
{
	ns_set set = req->all ? NS_ALL & ~req->spare : req->wanted;

	/* Mounting in a user namespace that was joined, or with what we have: the caller's are kept. */
	if (req->all && req->view == VIEW_HOST && caps_have(CAP_SYS_ADMIN))
		set &= ~NS_BIT(NS_USER);
	if (req->net_socket >= 0)
		set |= NS_BIT(NS_NET);
	if (req->user_parent)
		set |= NS_BIT(NS_USER);
	return set;
}

static int check_has_target(const struct request *req, const struct target *t, ns_set asked,
			    struct error *err)
{
	if (t->found.proc_fd >= 0)
		return 0;
	for (enum ns_type type = 0; type < NS_COUNT; type++) {
		if (!ns_has(asked, type) || req->ns_file[type] || is_pinned(t, type))
			continue;
		error_set(err, ERROR_NO_TARGET, 0, "no target");
		error_hint(err, "nsjoin -t TARGET …, or name a file: -%c/path/to/namespace",
			   ns_table[type].letter);
		return -EINVAL;
	}
	return 0;
}

/* A process that has called unshare(CLONE_NEWPID) is not itself in what its children are in. */
static void compare_pid_for_children(struct target *t)
{
	uint64_t children;

	if (!ns_has(t->facts.by_pidfd, NS_PID))
		return;
	/* Absent where the new namespace has no process yet: there is nothing to say then. */
	if (proc_ns_inode(t->found.proc_fd, "ns/pid_for_children", &children) == 0)
		t->facts.pid_children_differ = children != t->facts.ino[NS_PID];
}

int target_open_namespaces(const struct request *req, struct target *t, struct error *err)
{
	ns_set asked = asked_for(req);
	ns_set join, separate;
	int r = check_has_target(req, t, asked, err);

	if (r < 0)
		return r;
	t->self_ns_fd = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->self_ns_fd < 0)
		return error_set(err, ERROR_SYSTEM, errno, "open /proc/self/ns");
	for (enum ns_type type = 0; type < NS_COUNT && r >= 0; type++)
		if (ns_has(asked, type))
			r = look_at(req, type, t, err);
	if (r < 0)
		return r;
	compare_pid_for_children(t);

	join = t->facts.present & ~t->facts.same;
	separate = join & ~t->facts.by_pidfd;
	/* Root needs no owners for one call by pidfd; for everybody else they tell what will fail. */
	if (!t->facts.setns_pidfd || (separate && ns_has(join, NS_USER)) || geteuid() != 0)
		return target_open_links(req, t, err);
	return 0;
}

/* Our user namespace and the one that is the target's, or will be joined; 0 where unknown. */
struct users {
	uint64_t ours, theirs;
};

static struct users look_at_users(const struct target *t)
{
	struct users users = { .theirs = t->facts.ino[NS_USER] };

	if (proc_ns_inode(t->self_ns_fd, "user", &users.ours) < 0)
		users.ours = 0;
	if (users.theirs == 0 && t->found.proc_fd >= 0 &&
	    proc_ns_inode(t->found.proc_fd, "ns/user", &users.theirs) < 0)
		users.theirs = 0;
	return users;
}

static enum ns_owner owner_of(const struct target *t, enum ns_type type, const struct users *users)
{
	uint64_t owner;
	int r = nsfd_owner_inode(t->ns_fd[type], &owner);

	if (r == -EPERM)
		return OWNER_ABOVE;
	if (r < 0)
		return OWNER_UNKNOWN; /* before Linux 4.9: the kernel will decide */
	if (owner == users->ours)
		return OWNER_OURS;
	return owner == users->theirs ? OWNER_TARGET : OWNER_OTHER;
}

int target_open_links(const struct request *req, struct target *t, struct error *err)
{
	ns_set join = t->facts.present & ~t->facts.same;
	struct users users;

	(void)req; /* what was asked for is in the facts by now */
	for (enum ns_type type = 0; type < NS_COUNT; type++) {
		if (!ns_has(join, type))
			continue;
		if (t->ns_fd[type] < 0)
			t->ns_fd[type] = nsfd_open_link(t->found.proc_fd, ns_table[type].link);
		if (t->ns_fd[type] < 0)
			return target_explain_access(t, ns_table[type].link, -t->ns_fd[type], err);
	}
	users = look_at_users(t);
	t->facts.caller_admin = caps_have(CAP_SYS_ADMIN);
	for (enum ns_type type = 0; type < NS_COUNT; type++)
		if (ns_has(join, type) && type != NS_USER)
			t->facts.owner[type] = owner_of(t, type, &users);
	return 0;
}
