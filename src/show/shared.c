/* SPDX-License-Identifier: MIT */
/* What is not isolated, in plain words. Pure. */
#include <linux/capability.h>

#include "show/inspection.h"

static bool has_cap(const struct inspection *in, int cap)
{
	return in->has_caps && (in->caps.effective >> cap & 1);
}

/* Its capabilities count on the host: no user namespace is between. */
static bool counts_here(const struct inspection *in)
{
	return ns_has(in->s.same, NS_USER);
}

static int add_clock(const struct inspection *in, struct strv *lines)
{
	const char *may = "whether the target can set it cannot be told";

	if (in->has_caps && (ns_has(in->s.differs, NS_USER) || !has_cap(in, CAP_SYS_TIME)))
		may = "the target cannot set it";
	else if (in->has_caps && counts_here(in))
		may = "the target can set it, for everybody";
	return strv_addf(lines, "the clock: the same for all; %s%s", may,
			 ns_has(in->s.differs, NS_TIME)
				 ? "; its time namespace shifts monotonic and boot time only"
				 : "");
}

static int add_namespaces(const struct inspection *in, struct strv *lines)
{
	/* clang-format off */
	static const char *const what[NS_COUNT] = {
		[NS_USER]   = "users: its uid 0 is your uid 0",
		[NS_MNT]    = "files: it has your mounts",
		[NS_PID]    = "processes: it sees yours",
		[NS_NET]    = "the network: interfaces, ports and abstract sockets are yours",
		[NS_IPC]    = "System V IPC and POSIX message queues are yours",
		[NS_UTS]    = "the hostname is yours",
		[NS_CGROUP] = "cgroups: it sees the paths that you see",
		[NS_TIME]   = NULL, /* the clock's line says it */
	};
	/* clang-format on */
	int r = 0;

	for (enum ns_type t = 0; r == 0 && t < NS_COUNT; t++)
		if (what[t] && ns_has(in->s.same, t))
			r = strv_add(lines, what[t]);
	return r;
}

static int add_capabilities(const struct inspection *in, struct strv *lines)
{
	/* clang-format off */
	static const struct {
		int cap;
		const char *what;
	} rows[] = {
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN: it can mount file systems and is next to root of the host" },
		{ CAP_SYS_MODULE, "CAP_SYS_MODULE: it can load modules into the kernel" },
		{ CAP_SYS_RAWIO, "CAP_SYS_RAWIO: it can reach memory and ports of the hardware" },
		{ CAP_SYS_BOOT, "CAP_SYS_BOOT: it can reboot the host" },
		{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH: it can open files of the host by their handles" },
		{ CAP_MKNOD, "CAP_MKNOD: it can make device files; its device cgroup decides whether they open" },
		{ CAP_BPF, "CAP_BPF: it can load programs into the kernel" },
		{ CAP_SYSLOG, "CAP_SYSLOG: it can read the kernel's log" },
	};
	/* clang-format on */
	int r = 0;

	for (size_t i = 0; counts_here(in) && r == 0 && i < ARRAY_SIZE(rows); i++)
		if (has_cap(in, rows[i].cap))
			r = strv_add(lines, rows[i].what);
	if (r == 0 && counts_here(in) && ns_has(in->s.same, NS_NET) && has_cap(in, CAP_NET_ADMIN))
		r = strv_add(lines, "CAP_NET_ADMIN: it can change your network");
	if (r == 0 && counts_here(in) && ns_has(in->s.same, NS_PID) && has_cap(in, CAP_SYS_PTRACE))
		r = strv_add(lines, "CAP_SYS_PTRACE: it can take over your processes");
	return r;
}

int inspect_shared(const struct inspection *in, struct strv *ret_lines)
{
	int r = strv_add(ret_lines,
			 in->seccomp == SECCOMP_OFF
				 ? "the kernel: the same for all, every system call allowed"
				 : "the kernel: the same for all");

	if (r == 0)
		r = add_clock(in, ret_lines);
	if (r == 0)
		r = add_namespaces(in, ret_lines);
	if (r == 0)
		r = add_capabilities(in, ret_lines);
	return r;
}
