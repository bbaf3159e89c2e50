/* SPDX-License-Identifier: MIT */
#include "sys/nstype.h"

#include <linux/sched.h>
#include <string.h>

/* clang-format off */
const struct ns_info ns_table[NS_COUNT] = {
	[NS_USER]   = { "user",   "ns/user",   "CLONE_NEWUSER",   CLONE_NEWUSER,   'U', "user" },
	[NS_MNT]    = { "mnt",    "ns/mnt",    "CLONE_NEWNS",     CLONE_NEWNS,     'm', "mnt" },
	[NS_PID]    = { "pid",    "ns/pid",    "CLONE_NEWPID",    CLONE_NEWPID,    'p', "pid_for_children" },
	[NS_NET]    = { "net",    "ns/net",    "CLONE_NEWNET",    CLONE_NEWNET,    'n', "net" },
	[NS_IPC]    = { "ipc",    "ns/ipc",    "CLONE_NEWIPC",    CLONE_NEWIPC,    'i', "ipc" },
	[NS_UTS]    = { "uts",    "ns/uts",    "CLONE_NEWUTS",    CLONE_NEWUTS,    'u', "uts" },
	[NS_CGROUP] = { "cgroup", "ns/cgroup", "CLONE_NEWCGROUP", CLONE_NEWCGROUP, 'C', "cgroup" },
	[NS_TIME]   = { "time",   "ns/time",   "CLONE_NEWTIME",   CLONE_NEWTIME,   'T', "time" },
};
/* clang-format on */

uint32_t ns_clone_flags(ns_set set)
{
	uint32_t flags = 0;

	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (ns_has(set, t))
			flags |= ns_table[t].clone_flag;
	return flags;
}

enum ns_type ns_from_clone_flag(uint32_t flag)
{
	enum ns_type t = 0;

	while (t < NS_COUNT && ns_table[t].clone_flag != flag)
		t++;
	return t;
}

const char *ns_names(ns_set set, char *buf)
{
	char *p = buf;

	*p = '\0';
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		if (!ns_has(set, t))
			continue;
		if (p != buf)
			*p++ = ' ';
		p = stpcpy(p, ns_table[t].name);
	}
	return buf;
}
