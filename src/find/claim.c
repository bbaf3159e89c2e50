/* SPDX-License-Identifier: MIT */
#include "find/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "find/ident.h"
#include "find/procscan.h"
#include "sys/nsfd.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"

struct ident_claim claim_of(const struct known *known)
{
	struct ident_claim claim = { .id = known->id };

	/* An id of hex digits is its own proof, a name may be taken by another runtime as well. */
	if (!find_is_id(known->id))
		claim.runtime = known->runtime->cgname;
	return claim;
}

enum {
	CLOCK_SLACK = 2 /* seconds: the boot time is only known that exactly */
};

/* When a process was started, by the wall clock. */
static int64_t started_at(const struct proc_stat *stat)
{
	struct timespec now, up;
	long ticks = sysconf(_SC_CLK_TCK);

	if (ticks <= 0 || clock_gettime(CLOCK_REALTIME, &now) < 0 ||
	    clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return INT64_MAX;
	return now.tv_sec - up.tv_sec + (int64_t)(stat->start_time / (uint64_t)ticks);
}

/* Whether the parent is the monitor of this very container. */
static bool is_child_of_monitor(const struct hostfs *host, const struct known *known, pid_t ppid)
{
	_cleanup_procscan_item_ struct procscan_item parent = { 0 };
	const char *id = NULL;

	if (ppid <= 0 || procscan_one(host, ppid, &parent) <= 0 ||
	    (parent.uid != 0 && parent.uid != known->owner))
		return false;
	if (parent.kind == PROCSCAN_CONMON)
		id = procscan_option(&parent, "-c");
	else if (parent.kind == PROCSCAN_SHIM)
		id = procscan_option(&parent, "-id");
	return id && strcmp(id, known->id) == 0;
}

int claim_prove(const struct hostfs *host, const struct known *known, const struct found *found)
{
	struct proc_stat stat;
	uint64_t inode;

	if (proc_stat_read(found->proc_fd, &stat) < 0 || stat.state == 'Z' || stat.state == 'X' ||
	    stat.kernel_thread)
		return -ESRCH;
	if (known->pidfd_inode && found->pidfd >= 0 && pidfd_inode(found->pidfd, &inode) == 0)
		return inode == known->pidfd_inode ? 1 : -ESRCH;
	if (known->start_time)
		return stat.start_time == known->start_time ? 1 : -ESRCH;
	if (!known->pid_written)
		return 0;
	if (is_child_of_monitor(host, known, stat.ppid))
		return 1;
	return known->pid_written + CLOCK_SLACK >= started_at(&stat) ? 1 : -ESRCH;
}

bool claim_is_monitored(const struct hostfs *host, const struct known *known,
			const struct found *found)
{
	struct proc_stat stat;

	return proc_stat_read(found->proc_fd, &stat) == 0 &&
	       is_child_of_monitor(host, known, stat.ppid);
}

bool claim_is_users(const struct found *found, uid_t owner)
{
	_cleanup_fd_ int ns = nsfd_open_link(found->proc_fd, "ns/user");
	uint64_t theirs, ours;
	uint32_t uid;

	/* Our own user namespace is nobody's container. */
	return ns >= 0 && nsfd_inode(ns, &theirs) == 0 &&
	       proc_ns_inode(AT_FDCWD, "/proc/self/ns/user", &ours) == 0 && theirs != ours &&
	       nsfd_owner_uid(ns, &uid) == 0 && uid == owner;
}
