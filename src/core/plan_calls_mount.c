/* SPDX-License-Identifier: MIT */
/* The calls of -R and -H: what is mounted where. */
#include "core/plan_calls_part.h"

static void add_sys(struct calls *calls, const struct facts *facts)
{
	calls_add(calls, "mount(\"sysfs\", \"/sys\", \"sysfs\", "
			 "MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)");
	if (facts->sys_cgroup)
		calls_add(calls, "mount(cgroups, \"/sys/fs/cgroup\", NULL, MS_BIND|MS_REC, NULL)");
}

static void add_etc(struct calls *calls, const struct plan *plan, uint32_t which,
		    const struct facts *facts)
{
	if (ns_has(plan->join, NS_USER)) {
		calls_add(calls, "setfsgid(0)");
		calls_add(calls, "setfsuid(0)");
	}
	calls_add(calls, "mount(\"tmpfs\", \"/proc\", \"tmpfs\", MS_NOSUID|MS_NODEV|MS_NOEXEC, "
			 "\"mode=0755,size=1m\")");
	for (enum etc_file i = 0; i < ETC_COUNT; i++) {
		if (!(which & (1U << i)))
			continue;
		calls_add(calls, "fchmod(\"/proc/%s\", 0444)", etc_table[i].name);
		if (i < ETC_TEXTS && facts->etc_size[i] > 0)
			calls_add(calls, "write(\"/proc/%s\", %zu bytes)", etc_table[i].name,
				  facts->etc_size[i]);
	}
	calls_add(calls, "mount(NULL, \"/proc\", NULL, "
			 "MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC|MS_REMOUNT, NULL)");
	for (enum etc_file i = 0; i < ETC_COUNT; i++)
		if (which & (1U << i))
			calls_add(calls, "mount(\"/proc/%s\", \"%s\", NULL, MS_BIND, NULL)",
				  etc_table[i].name, etc_table[i].path);
	if (!(plan->remount & REMOUNT_PROC))
		calls_add(calls, "umount2(\"/proc\", MNT_DETACH)");
}

/* In outline: how often each is done depends on what the target's root directory holds by then. */
static void add_view(struct calls *calls)
{
	calls_add(calls, "unshare(CLONE_NEWNS)");
	calls_add(calls, "mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL)");
	calls_add(calls,
		  "open_tree(each entry of the target's root, OPEN_TREE_CLONE|AT_RECURSIVE)");
	calls_add(calls, "move_mount(each entry, in a tmpfs)");
	calls_add(calls, "pivot_root(\".\", \".\")");
	calls_add(calls, "mount(your program trees below the target's)");
	calls_add(calls, "mount(NULL, \"/\", NULL, "
			 "MS_RDONLY|MS_NOSUID|MS_NODEV|MS_REMOUNT|MS_BIND, NULL)");
}

static void add_tmp(struct calls *calls, const struct facts *facts)
{
	if (facts->has_tmp)
		calls_add(calls, "mount(\"tmpfs\", \"/tmp\", \"tmpfs\", MS_NOSUID|MS_NODEV, "
				 "\"mode=1777\")");
	if (facts->has_shm)
		calls_add(calls, "mount(\"tmpfs\", \"/dev/shm\", \"tmpfs\", MS_NOSUID|MS_NODEV, "
				 "\"mode=1777\")");
}

static void add_tree(struct calls *calls, const struct facts *facts)
{
	calls_add(calls, "move_mount(tree, \"%s\")", facts->tree_place);
	calls_add(calls, "mount_setattr(\"%s\", AT_RECURSIVE, MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV)",
		  facts->tree_place);
}

static void add_read_only(struct calls *calls, const struct step *step)
{
	calls_add(calls, "mount_setattr(\"/\", AT_RECURSIVE, MOUNT_ATTR_RDONLY)");
	if (step->locks)
		calls_add(calls,
			  "mount(NULL, \"/proc\", NULL, as before|MS_REMOUNT|MS_BIND, NULL)");
}

static void add_own(struct calls *calls)
{
	calls_add(calls, "unshare(CLONE_NEWNS)");
	calls_add(calls, "mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL)");
}

void calls_mount(struct calls *calls, const struct plan *plan, const struct step *step,
		 const struct facts *facts)
{
	if (step->kind == STEP_OWN_MOUNTS)
		add_own(calls);
	else if (step->kind == STEP_MOUNT_PROC)
		calls_add(calls, "mount(\"proc\", \"/proc\", \"proc\", "
				 "MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)");
	else if (step->kind == STEP_MOUNT_SYS)
		add_sys(calls, facts);
	else if (step->kind == STEP_MOUNT_ETC)
		add_etc(calls, plan, step->etc, facts);
	else if (step->kind == STEP_TAKE_TREE)
		calls_add(calls, "open_tree(the target's root, OPEN_TREE_CLONE|AT_RECURSIVE)");
	else if (step->kind == STEP_TAKE_TOOLS)
		calls_add(calls, "open_tree(your program trees, OPEN_TREE_CLONE|AT_RECURSIVE)");
	else if (step->kind == STEP_BUILD_VIEW)
		add_view(calls);
	else if (step->kind == STEP_READ_ONLY)
		add_read_only(calls, step);
	else if (step->kind == STEP_MOUNT_TMP)
		add_tmp(calls, facts);
	else if (step->kind == STEP_SHOW_TREE)
		add_tree(calls, facts);
}
