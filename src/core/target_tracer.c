/* SPDX-License-Identifier: MIT */
/*
 * What takes a look at all processes. Who among those that will see the program may look into it: that
 * the target may not is not enough, since another container can share its pid namespace, and what -H
 * has started there can have been made to stay, with the capability that it was given. And with whom a
 * pid namespace began, where the kernel does not say so.
 */
#include "core/target_parts.h"

#include <dirent.h>
#include <linux/capability.h>

#include "sys/caps.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/parse.h"

struct place {
	uint64_t pid, user; /* inodes */
};

static bool read_place(int proc_fd, struct place *ret)
{
	return proc_ns_inode(proc_fd, "ns/pid", &ret->pid) == 0 &&
	       proc_ns_inode(proc_fd, "ns/user", &ret->user) == 0;
}

static bool is_tracer(pid_t pid, const struct place *where)
{
	_cleanup_fd_ int fd = proc_open(pid);
	struct caps_sets caps;
	struct place place;

	return fd >= 0 && read_place(fd, &place) && place.pid == where->pid &&
	       place.user == where->user && caps_read(fd, &caps) == 0 &&
	       (caps.permitted | caps.effective) >> CAP_SYS_PTRACE & 1;
}

static bool is_init(pid_t pid, const struct place *where)
{
	_cleanup_fd_ int fd = proc_open(pid);
	struct proc_status status = { 0 };
	uint64_t pidns;
	bool is;

	if (fd < 0 || proc_ns_inode(fd, "ns/pid", &pidns) < 0 || pidns != where->pid ||
	    proc_status_read(fd, &status) < 0)
		return false;
	is = status.nspid_last == 1;
	proc_status_done(&status);
	return is;
}

/* Return: the first process of which it is true, or 0. */
static pid_t look_for(bool (*is)(pid_t pid, const struct place *where), const struct place *where)
{
	const struct dirent *entry;
	pid_t pid, found = 0;
	DIR *dir = opendir("/proc");

	while (dir && found == 0 && (entry = readdir(dir)))
		if (parse_pid(entry->d_name, &pid) == 0 && is(pid, where))
			found = pid;
	if (dir)
		(void)closedir(dir); /* read-only */
	return found;
}

pid_t target_find_init(const struct target *t)
{
	struct place where = { 0 };

	return proc_ns_inode(t->found.proc_fd, "ns/pid", &where.pid) < 0
		       ? 0
		       : look_for(is_init, &where);
}

bool target_has_tracer(const struct target *t)
{
	struct place where;

	if (!ns_has(t->facts.present & ~t->facts.same, NS_PID) ||
	    proc_ns_inode(t->found.proc_fd, "ns/pid", &where.pid) < 0 ||
	    proc_ns_inode(t->self_ns_fd, "user", &where.user) < 0)
		return false;
	return look_for(is_tracer, &where) > 0;
}
