/* SPDX-License-Identifier: MIT */
#include "core/plan_remount.h"

#include <errno.h>

#include "core/plan_order.h"
#include "core/plan_view.h"

/* clang-format off */
const struct etc_row etc_table[ETC_COUNT] = {
	[ETC_RESOLV]   = { "/etc/resolv.conf", "resolv.conf" },
	[ETC_HOSTS]    = { "/etc/hosts",       "hosts" },
	[ETC_HOSTNAME] = { "/etc/hostname",    "hostname" },
	[ETC_NSCD]     = { "/run/nscd/socket", "nscd" },
	[ETC_RESOLVED] = { "/run/systemd/resolve/io.systemd.Resolve", "resolved" },
};
/* clang-format on */

static int refuse(const char *why, const char *hint, struct error *err)
{
	error_set(err, ERROR_USAGE, 0, "-R: %s", why);
	error_hint(err, "%s", hint);
	return -EINVAL;
}

static int check(const struct request *req, const struct facts *facts, const struct plan *plan,
		 struct error *err)
{
	if (req->become || plan_leaves_files(req, facts))
		return refuse("with the target's files its own /proc, /sys and /etc are seen",
			      "leave out -R, or -m, -a and -r", err);
	if (!facts->caller_admin && !ns_has(plan->join, NS_USER)) {
		error_set(err, ERROR_PERMISSION, 0,
			  "-R: mounting takes CAP_SYS_ADMIN, which you lack");
		error_hint(err, "add -U where the user namespace is yours, or run as root");
		return -EPERM;
	}
	if ((req->remount & REMOUNT_PROC) && ns_has(plan->join, NS_PID) && req->no_fork)
		return refuse("with -F the program itself is not in the pid namespace",
			      "leave out -F, or name the others: -R=sys,etc", err);
	return 0;
}

/* What was named and cannot be: a list is meant as it stands, -R alone is what there is. */
static int check_named(const struct request *req, unsigned int parts, struct error *err)
{
	unsigned int lacks = req->remount_named & ~parts;

	if (!lacks)
		return 0;
	if (lacks & REMOUNT_PROC)
		return refuse("a fresh /proc takes a pid namespace to be joined", "add -p", err);
	if (lacks & REMOUNT_SYS)
		return refuse("a fresh /sys takes a network namespace to be joined", "add -n", err);
	return refuse("there is no target whose files could be shown", "add -t TARGET", err);
}

static uint32_t etc_wanted(const struct facts *facts, struct plan *plan)
{
	uint32_t wanted = 0;

	for (enum etc_file i = 0; i < ETC_COUNT; i++) {
		bool text = i < ETC_TEXTS, found = text && facts->etc_found[i];

		if (facts->etc_ours[i] && (found || i != ETC_HOSTNAME))
			wanted |= 1U << i;
		else if (found && !facts->etc_ours[i])
			plan_note(plan, true, "you have no %s to show the one of %s in place of",
				  etc_table[i].path, facts->target);
	}
	return wanted;
}

int plan_remount(const struct request *req, const struct facts *facts, struct plan *plan,
		 struct error *err)
{
	unsigned int parts = 0;
	uint32_t etc = 0;
	int r;

	if (!req->remount)
		return 0;
	r = check(req, facts, plan, err);
	if (r < 0)
		return r;
	if (ns_has(plan->join, NS_PID))
		parts |= REMOUNT_PROC;
	if (ns_has(plan->join, NS_NET))
		parts |= REMOUNT_SYS;
	if (facts->pid > 0)
		parts |= REMOUNT_ETC;
	r = check_named(req, parts, err);
	if (r < 0)
		return r;
	parts &= req->remount;
	if (parts & REMOUNT_ETC)
		etc = etc_wanted(facts, plan);
	if (req->view == VIEW_NONE && !(parts & (REMOUNT_PROC | REMOUNT_SYS)) && !etc) {
		plan_note(plan, true, "-R: nothing of the target's differs from yours");
		return 0;
	}
	plan->remount = parts;
	plan_add(plan, STEP_OWN_MOUNTS, "what is mounted from here on is the program's alone");
	plan_view_host(req, facts, plan);
	if (parts & REMOUNT_SYS)
		plan_add(plan, STEP_MOUNT_SYS, "/sys/class/net tells of the network joined");
	if (etc)
		plan_add(plan, STEP_MOUNT_ETC, "names resolve as they do for the target")->etc =
			etc;
	/* Last: the texts above are brought in by way of /proc. */
	if (parts & REMOUNT_PROC)
		plan_add(plan, STEP_MOUNT_PROC, "/proc tells of the processes joined");
	return 0;
}
