/* SPDX-License-Identifier: MIT */
#include "find/unitmain.h"

#include <errno.h>
#include <unistd.h>

#include "find/cgprocs.h"
#include "find/children.h"
#include "find/procscan.h"
#include "sys/environ.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"
#include "util/text.h"

enum {
	LISTED_MAX = 16
};

static bool was_told_its_pid(const struct hostfs *host, pid_t pid)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	_cleanup_strv_ struct strv env = { 0 };
	const char *value;
	pid_t told;

	if (proc_fd < 0 || environ_read(proc_fd, ENVIRON_SIZE_MAX, &env, NULL) < 0)
		return false;
	value = strv_env_get(env.item, "SYSTEMD_EXEC_PID");
	return value && parse_pid(value, &told) == 0 && told == pid;
}

static int refuse_ambiguous(const struct cgprocs *procs, const char *name, struct error *err)
{
	_cleanup_text_ struct text detail = { 0 };
	size_t listed = 0;
	int r = error_set(err, ERROR_TARGET_AMBIGUOUS, 0,
			  "unit \"%s\" has several processes that could be its main one", name);

	for (size_t i = 0; i < procs->n && listed < LISTED_MAX; i++) {
		if (!procs->item[i].top)
			continue;
		listed++;
		text_add(&detail, "%d  ", procs->item[i].pid);
		text_add_escaped(&detail, procs->item[i].comm);
		text_add(&detail, "  uid %u\n", procs->item[i].uid);
	}
	error_hint(err, "type the number of one of them");
	if (err)
		err->detail = text_take(&detail);
	return r;
}

/*
 * The environment is each process's own: what claims to be the main process has to be nobody's child
 * here, the only one that claims it, and not a lesser user's where an older one is root's.
 */
static int pick(const struct hostfs *host, const struct cgprocs *procs,
		const struct cgproc **ret_main)
{
	const struct cgproc *oldest = NULL, *claimant = NULL;

	for (size_t i = 0; i < procs->n; i++) {
		const struct cgproc *p = &procs->item[i];

		if (!p->top)
			continue;
		if (!oldest)
			oldest = p;
		if (!was_told_its_pid(host, p->pid))
			continue;
		if (claimant)
			return -ENOTUNIQ;
		claimant = p;
	}
	if (claimant && claimant != oldest && claimant->uid != oldest->uid && claimant->uid != 0)
		return -ENOTUNIQ;
	*ret_main = claimant ? claimant : cgprocs_first(host, procs);
	return *ret_main ? 0 : -ESRCH;
}

static bool is_monitor(const struct hostfs *host, pid_t pid)
{
	_cleanup_procscan_item_ struct procscan_item item = { .pid = 0 };

	return procscan_one(host, pid, &item) > 0 &&
	       (item.kind == PROCSCAN_CONMON || item.kind == PROCSCAN_NSPAWN ||
		item.kind == PROCSCAN_LXC_MONITOR);
}

/* From a monitor, whose handles are held, to what it watches over: its child while both live. */
static int hop(const struct hostfs *host, struct found *monitor)
{
	_cleanup_found_ struct found payload = FOUND_NONE;
	struct proc_stat stat;
	uint64_t start_time;
	pid_t pid;

	if (children_payload(host, monitor->pid, &pid, &start_time) < 0 ||
	    cgprocs_open(host, pid, start_time, &payload) < 0 ||
	    proc_stat_read(payload.proc_fd, &stat) < 0 || stat.ppid != monitor->pid ||
	    (monitor->pidfd >= 0 && pidfd_exited(monitor->pidfd)))
		return -ESRCH;
	found_done(monitor);
	*monitor = payload;
	payload = FOUND_NONE;
	return 0;
}

static int open_main(const struct hostfs *host, int cgroup_fd, struct cgprocs *procs,
		     struct found *ret_found)
{
	const struct cgproc *main_process = NULL;
	int r = cgprocs_list(host, cgroup_fd, procs);

	if (r == 0)
		r = pick(host, procs, &main_process);
	if (r == 0)
		r = cgprocs_take(host, cgroup_fd, main_process, ret_found);
	if (r == 0 && is_monitor(host, ret_found->pid))
		r = hop(host, ret_found);
	return r;
}

int unitmain_find(const struct hostfs *host, int cgroup_fd, const char *name,
		  struct found *ret_found, struct error *err)
{
	_cleanup_cgprocs_ struct cgprocs procs = { 0 };
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = open_main(host, cgroup_fd, &procs, &found);

	if (r == -ENOTUNIQ)
		return refuse_ambiguous(&procs, name, err);
	if (r == -ESRCH) {
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "unit \"%s\" has no process", name);
		return -ESRCH;
	}
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "look for the process of unit \"%s\"",
				 name);
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}
