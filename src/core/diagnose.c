/* SPDX-License-Identifier: MIT */
#include "core/diagnose.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/target_parts.h"
#include "sys/caps.h"
#include "sys/nsfd.h"
#include "sys/proc.h"
#include "util/fd.h"

/* Whether a seccomp filter sits on us: then EPERM can be its answer. */
static bool sandboxed(void)
{
	char text[8192];

	return fd_read_file(AT_FDCWD, "/proc/self/status", text, sizeof(text)) > 0 &&
	       (strstr(text, "\nSeccomp:\t2") || strstr(text, "\nSeccomp:\t1"));
}

static int explain_owner(const struct target *t, const char *what, uint32_t uid, struct error *err)
{
	error_set(err, ERROR_PERMISSION, EACCES, "cannot read /proc/%d/%s", t->found.pid, what);
	error_hint(err, "the process belongs to uid %u; run as %sroot", uid,
		   uid == 0 ? "" : "that user, or as ");
	return -EACCES;
}

int target_explain_access(const struct target *t, const char *what, int errnum, struct error *err)
{
	struct proc_stat stat;
	struct stat st;

	if (errnum == ESRCH || errnum == ENOENT) {
		error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d is gone", t->found.pid);
		if (!t->found.id)
			error_hint(err, "containers get a new PID on every start; "
					"use the name instead");
		return -ESRCH;
	}
	if (errnum != EACCES && errnum != EPERM)
		return error_set(err, ERROR_SYSTEM, errnum, "read /proc/%d/%s", t->found.pid, what);
	if (proc_stat_read(t->found.proc_fd, &stat) == -EPERM) {
		error_set(err, ERROR_PERMISSION_HIDEPID, errnum, "cannot read /proc/%d/%s",
			  t->found.pid, what);
		error_hint(err, "/proc is mounted with hidepid; run as root");
		return -errnum;
	}
	/* Who has been given capabilities lacks one more, and not to be somebody else. */
	if (fstat(t->found.proc_fd, &st) == 0 && st.st_uid != geteuid() && geteuid() != 0 &&
	    !caps_have(CAP_SYS_ADMIN))
		return explain_owner(t, what, st.st_uid, err);
	error_set(err, ERROR_PERMISSION, errnum, "cannot read /proc/%d/%s", t->found.pid, what);
	if (!caps_have(CAP_SYS_PTRACE))
		error_hint(err,
			   "the process has privileges that you lack: CAP_SYS_PTRACE is needed");
	else if (errnum == EPERM && sandboxed()) /* not EACCES, by which the kernel refuses */
		error_hint(err, "a seccomp filter confines nsjoin itself here");
	else
		error_hint(
			err,
			"its user namespace is not below yours, or a security module forbids it");
	return -errnum;
}

/* Explains one namespace. Return: whether the cause was found; @err is filled then. */
static bool explain_type(const struct target *t, enum ns_type type, ns_set joined,
			 struct error *err)
{
	const char *name = ns_table[type].name, *link = ns_table[type].link;
	_cleanup_fd_ int opened = -EBADF;
	uint64_t owner, ours, theirs;
	uint32_t uid = 0;
	int fd = t->ns_fd[type], r;

	if (fd < 0)
		fd = opened = nsfd_open_link(t->found.proc_fd, link);
	if (fd < 0) {
		target_explain_access(t, link, -fd, err);
		return true;
	}
	r = nsfd_owner_inode(fd, &owner);
	if (r == -EPERM) {
		error_set(err, ERROR_USERNS_NEEDED, EPERM, "cannot join %s", name);
		error_hint(
			err,
			"it belongs to a user namespace above yours; leave out -%c, or run there",
			ns_table[type].letter);
		return true;
	}
	if (r < 0 || proc_ns_inode(t->self_ns_fd, "user", &ours) < 0)
		return false;
	if (owner == ours) {
		if (caps_have(CAP_SYS_ADMIN))
			return false;
		error_set(err, ERROR_PERMISSION, EPERM, "cannot join %s", name);
		error_hint(err,
			   "you lack CAP_SYS_ADMIN in your user namespace, which owns it; "
			   "run as root, or leave out -%c",
			   ns_table[type].letter);
		return true;
	}
	if (ns_has(joined, NS_USER) || caps_have(CAP_SYS_ADMIN))
		return false;
	opened = fd_close(opened);
	opened = t->found.proc_fd >= 0 ? nsfd_open_link(t->found.proc_fd, "ns/user") : -EBADF;
	error_set(err, ERROR_USERNS_NEEDED, EPERM, "cannot join %s", name);
	if (opened >= 0 && nsfd_inode(opened, &theirs) == 0 && theirs == owner &&
	    nsfd_owner_uid(opened, &uid) == 0)
		error_hint(err, "the user namespace of uid %u owns it: add -U, or run as root",
			   uid);
	else
		error_hint(err, "user namespace %ju owns it: run as root", (uintmax_t)owner);
	return true;
}

static int explain_invalid(const struct target *t, ns_set set, struct error *err)
{
	char buf[NS_NAMES_MAX];

	if (set == NS_BIT(NS_PID)) {
		error_set(err, ERROR_PIDNS_UP, EINVAL, "cannot join pid");
		error_hint(err, "only your own pid namespace or one below it can be joined; "
				"leave out -p, or run on the host");
		return -EINVAL;
	}
	if (set == NS_BIT(NS_USER)) {
		error_set(err, ERROR_SYSTEM, EINVAL, "cannot join user");
		error_hint(err, "it is yours already; leave out -U");
		return -EINVAL;
	}
	return error_set(err, ERROR_SYSTEM, EINVAL, "cannot join %s of \"%s\"", ns_names(set, buf),
			 t->name ? t->name : "FILE");
}

int diagnose_join(const struct target *t, ns_set set, int errnum, struct error *err)
{
	char buf[NS_NAMES_MAX];

	if (errnum == ESRCH) {
		error_set(err, ERROR_TARGET_IS_GONE, 0, "\"%s\" has just exited", t->name);
		return -ESRCH;
	}
	if (errnum == EINVAL)
		return explain_invalid(t, set, err);
	if (errnum == EPERM)
		for (enum ns_type type = 0; type < NS_COUNT; type++)
			if (ns_has(set, type) && explain_type(t, type, set, err))
				return -errnum;
	error_set(err, errnum == EPERM ? ERROR_PERMISSION : ERROR_SYSTEM, errnum, "cannot join %s",
		  ns_names(set, buf));
	if (errnum == EPERM && !caps_have(CAP_SYS_ADMIN))
		error_hint(err, "CAP_SYS_ADMIN is needed: run as root");
	else if (errnum == EPERM && sandboxed())
		error_hint(err, "a seccomp filter confines nsjoin itself here");
	else if (errnum == EPERM && ns_has(set, NS_MNT) && !caps_have(CAP_SYS_CHROOT))
		error_hint(err, "CAP_SYS_CHROOT is needed for mnt");
	return -errnum;
}
