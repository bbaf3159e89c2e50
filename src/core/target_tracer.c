/* SPDX-License-Identifier: MIT */
/*
 * Who among the processes that will see the program may look into it. That the target may not is not
 * enough: another container can share its pid namespace, and what -H has started there can have been
 * made to stay, with the capability that it was given.
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

bool target_has_tracer(const struct target *t)
{
	struct place where;
	const struct dirent *entry;
	bool found = false;
	pid_t pid;
	DIR *dir;

	if (!ns_has(t->facts.present & ~t->facts.same, NS_PID) ||
	    proc_ns_inode(t->found.proc_fd, "ns/pid", &where.pid) < 0 ||
	    proc_ns_inode(t->self_ns_fd, "user", &where.user) < 0)
		return false;
	dir = opendir("/proc");
	while (dir && !found && (entry = readdir(dir)))
		found = parse_pid(entry->d_name, &pid) == 0 && is_tracer(pid, &where);
	if (dir)
		(void)closedir(dir); /* read-only */
	return found;
}
