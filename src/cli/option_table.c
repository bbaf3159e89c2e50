/* SPDX-License-Identifier: MIT */
/* The one table of options. */
#include <string.h>

#include "cli/options.h"

static const char group_target[] = "Target";
static const char group_ns[] = "Namespaces (of the target, or of FILE; FILE must be attached)";
static const char group_run[] = "How PROGRAM runs";
static const char group_other[] = "Other";

/* clang-format off */
const struct option_row option_table[OPTION_COUNT] = {
	[OPTION_TARGET] = { 't', "target", ARG_REQUIRED, "TARGET", group_target,
		"process or container, see TARGET", COMPLETE_TARGET, NULL, true },

	[OPTION_HOST_ROOT] = { 0, "host-root", ARG_REQUIRED, "DIR", group_target,
		"where the host's tree is seen", COMPLETE_DIR, NULL, false },

	[OPTION_ALL] = { 'a', "all", ARG_NONE, NULL, group_ns,
		"all that differ from yours", COMPLETE_NOTHING, NULL, true },
	[OPTION_MOUNT] = { 'm', "mount", ARG_NSFILE, "FILE", group_ns,
		"mounts: the files", COMPLETE_FILE, NULL, true },
	[OPTION_UTS] = { 'u', "uts", ARG_NSFILE, "FILE", group_ns,
		"hostname", COMPLETE_FILE, NULL, true },
	[OPTION_IPC] = { 'i', "ipc", ARG_NSFILE, "FILE", group_ns,
		"System V IPC and POSIX message queues", COMPLETE_FILE, NULL, true },
	[OPTION_NET] = { 'n', "net", ARG_NSFILE, "FILE", group_ns,
		"network", COMPLETE_FILE, NULL, true },
	[OPTION_PID] = { 'p', "pid", ARG_NSFILE, "FILE", group_ns,
		"processes", COMPLETE_FILE, NULL, true },
	[OPTION_USER] = { 'U', "user", ARG_NSFILE, "FILE", group_ns,
		"users and groups", COMPLETE_FILE, NULL, true },
	[OPTION_CGROUP] = { 'C', "cgroup", ARG_NSFILE, "FILE", group_ns,
		"the view of the cgroups", COMPLETE_FILE, NULL, true },
	[OPTION_TIME] = { 'T', "time", ARG_NSFILE, "FILE", group_ns,
		"monotonic and boot clocks", COMPLETE_FILE, NULL, true },
	[OPTION_NET_SOCKET] = { 'N', "net-socket", ARG_REQUIRED, "FD", group_ns,
		"network of the target's socket FD", COMPLETE_NOTHING, NULL, true },
	[OPTION_USER_PARENT] = { 0, "user-parent", ARG_NONE, NULL, group_ns,
		"parent of the user namespace", COMPLETE_NOTHING, NULL, true },

	[OPTION_SETUID] = { 'S', "setuid", ARG_REQUIRED, "USER", group_run,
		"user id or name, or follow for the target's", COMPLETE_USER, "follow", true },
	[OPTION_SETGID] = { 'G', "setgid", ARG_REQUIRED, "GROUP", group_run,
		"group id or name, or follow for the target's", COMPLETE_GROUP, "follow", true },
	[OPTION_PRESERVE_CREDENTIALS] = { 0, "preserve-credentials", ARG_NONE, NULL, group_run,
		"keep uid, gid and groups in a user namespace", COMPLETE_NOTHING, NULL, true },
	[OPTION_KEEP_CAPS] = { 0, "keep-caps", ARG_NONE, NULL, group_run,
		"keep capabilities in a user namespace", COMPLETE_NOTHING, NULL, true },
	[OPTION_ROOT] = { 'r', "root", ARG_OPTIONAL, "DIR", group_run,
		"root directory: the target's, or DIR", COMPLETE_DIR, NULL, true },
	[OPTION_WD] = { 'w', "wd", ARG_OPTIONAL, "DIR", group_run,
		"working directory: the target's, or DIR", COMPLETE_DIR, NULL, true },
	[OPTION_WDNS] = { 'W', "wdns", ARG_REQUIRED, "DIR", group_run,
		"working directory, opened after joining", COMPLETE_NOTHING, NULL, true },
	[OPTION_ENV] = { 'e', "env", ARG_NONE, NULL, group_run,
		"the target's environment", COMPLETE_NOTHING, NULL, true },
	[OPTION_JOIN_CGROUP] = { 'c', "join-cgroup", ARG_NONE, NULL, group_run,
		"be counted and limited with the target", COMPLETE_NOTHING, NULL, true },
	[OPTION_FOLLOW_CONTEXT] = { 'Z', "follow-context", ARG_NONE, NULL, group_run,
		"the target's SELinux or AppArmor label", COMPLETE_NOTHING, NULL, true },
	[OPTION_NO_FORK] = { 'F', "no-fork", ARG_NONE, NULL, group_run,
		"execute without forking", COMPLETE_NOTHING, NULL, true },
	[OPTION_HOST_TOOLS] = { 'H', "host-tools", ARG_NONE, NULL, group_run,
		"your programs, for targets without any", COMPLETE_NOTHING, NULL, false },
	[OPTION_VIEW] = { 0, "view", ARG_REQUIRED, "WHAT", group_run,
		"with -H: what / is, target or host", COMPLETE_WORDS, "target host", false },
	[OPTION_TOOLS_FROM] = { 0, "tools-from", ARG_REQUIRED, "DIR", group_run,
		"with -H: take programs from there; repeatable", COMPLETE_DIR, NULL, false },
	[OPTION_REMOUNT] = { 'R', "remount", ARG_OPTIONAL, "LIST", group_run,
		"without -m: the target's proc, sys and etc", COMPLETE_WORDS, "proc sys etc", false },
	[OPTION_HOST_EXE] = { 'X', "host-exe", ARG_NONE, NULL, group_run,
		"PROGRAM is your static file, not the target's", COMPLETE_NOTHING, NULL, false },
	[OPTION_PRIVILEGED] = { 0, "privileged", ARG_NONE, NULL, group_run,
		"keep your privileges (no namespace option)", COMPLETE_NOTHING, NULL, false },
	[OPTION_AS_TARGET] = { 0, "as-target", ARG_OPTIONAL, "LIST", group_run,
		"take the target's limits: all, or LIST", COMPLETE_WORDS,
		"ids caps nnp seccomp lsm cgroup env cwd rlimits oom", false },
	[OPTION_SHELL] = { 0, "shell", ARG_OPTIONAL, "PATH", group_run,
		"start a shell: the one at PATH", COMPLETE_NOTHING, NULL, false },
	[OPTION_PTY] = { 0, "pty", ARG_OPTIONAL, "WHEN", group_run,
		"a terminal of its own: auto, always or never", COMPLETE_WORDS,
		"auto always never", false },
	[OPTION_STDIO] = { 0, "stdio", ARG_REQUIRED, "HOW", group_run,
		"relay or pass your standard streams", COMPLETE_WORDS, "relay pass", false },
	[OPTION_KEEP_FD] = { 0, "keep-fd", ARG_REQUIRED, "N", group_run,
		"let PROGRAM have descriptor N; may be repeated", COMPLETE_NOTHING, NULL, false },

	[OPTION_DRY_RUN] = { 0, "dry-run", ARG_NONE, NULL, group_other,
		"print what would be done, change nothing", COMPLETE_NOTHING, NULL, false },
	[OPTION_JSON] = { 0, "json", ARG_NONE, NULL, group_other,
		"with --dry-run: for programs", COMPLETE_NOTHING, NULL, false },
	[OPTION_ERRORS] = { 0, "errors", ARG_REQUIRED, "FORMAT", group_other,
		"how errors are written: text or json", COMPLETE_WORDS, "text json", false },
	[OPTION_VERBOSE] = { 'v', "verbose", ARG_NONE, NULL, group_other,
		"say what is done; -vv: every step", COMPLETE_NOTHING, NULL, false },
	[OPTION_QUIET] = { 'q', "quiet", ARG_NONE, NULL, group_other,
		"no notes, errors only", COMPLETE_NOTHING, NULL, false },
	[OPTION_HELP] = { 'h', "help", ARG_NONE, NULL, group_other,
		"print this help", COMPLETE_NOTHING, NULL, true },
	[OPTION_VERSION] = { 'V', "version", ARG_NONE, NULL, group_other,
		"print the version", COMPLETE_NOTHING, NULL, true },
};
/* clang-format on */

enum option_id option_by_letter(char letter)
{
	enum option_id id = 0;

	if (!letter)
		return OPTION_COUNT;
	while (id < OPTION_COUNT && option_table[id].letter != letter)
		id++;
	return id;
}

enum option_id option_by_name(const char *name, size_t n)
{
	enum option_id id = 0;

	while (id < OPTION_COUNT &&
	       (strlen(option_table[id].name) != n || memcmp(option_table[id].name, name, n) != 0))
		id++;
	return id;
}
