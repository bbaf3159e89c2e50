/* SPDX-License-Identifier: MIT */
#include "core/plan_calls.h"

#include <inttypes.h>
#include <limits.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plan_calls_part.h"
#include "core/plan_limits.h"

void calls_add(struct calls *calls, const char *fmt, ...)
{
	struct call *call = &calls->call[calls->n++];
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&call->text, fmt, args) < 0)
		call->text = NULL;
	va_end(args);
}

static void add_setns_target(struct calls *calls, ns_set set)
{
	struct text flags = { 0 };
	_cleanup_free_ char *names = NULL;

	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (ns_has(set, t))
			text_add(&flags, "%s%s", flags.used ? "|" : "", ns_table[t].clone_name);
	names = text_take(&flags);
	calls_add(calls, "setns(pidfd, %s)", names ? names : "?");
}

static bool is_another_user(const struct plan *plan)
{
	return plan_find(plan, STEP_UID) || plan_find(plan, STEP_GID);
}

static void add_close(struct calls *calls, const struct plan *plan, const struct facts *facts)
{
	uint64_t given = is_another_user(plan) ? facts->keep_named : 0;
	unsigned int first = 3;

	for (size_t i = 0; i < facts->n_keep_fd; i++) {
		unsigned int kept = (unsigned int)facts->keep_fd[i];

		if (kept > first)
			calls_add(calls, "close_range(%u, %u, CLOSE_RANGE_CLOEXEC)", first,
				  kept - 1);
		calls_add(calls, "fcntl(%u, F_SETFD, 0)", kept);
		if (given >> i & 1)
			calls_add(calls, "fchown(pipe)");
		first = kept + 1;
	}
	calls_add(calls, "close_range(%u, %u, CLOSE_RANGE_CLOEXEC)", first, UINT_MAX);
}

static void add_fork(struct calls *calls, const struct plan *plan, enum fork_kind kind,
		     const struct facts *facts)
{
	switch (kind) {
	case FORK_VFORK:
		calls_add(calls, "vfork()");
		break;
	case FORK_CGROUP:
		calls_add(calls, "clone3(CLONE_INTO_CGROUP, \"%s\")",
			  facts->cgroup_path[facts->cgroup_v2]);
		break;
	case FORK_CGROUP_SHARED:
		calls_add(calls, "clone3(CLONE_VM|CLONE_INTO_CGROUP, \"%s\")",
			  facts->cgroup_path[facts->cgroup_v2]);
		break;
	case FORK_COPY:
		calls_add(calls, "fork()");
		break;
	case FORK_SHARED:
		calls_add(calls, "clone(CLONE_VM)");
		break;
	}
	/* The child lets go of the caller's at once. */
	for (int i = 0; i < STREAMS; i++)
		if (plan->isolates && plan->stream[i].way == WAY_PIPE)
			calls_add(calls, "dup2(pipe, %d)", i);
}

static void add_own_cgroup(struct calls *calls, const struct facts *facts)
{
	const char *file = facts->cgroup_path[facts->cgroup_v2];
	int n = (int)(strrchr(file, '/') - file);

	calls_add(calls, "mkdir(\"%.*s\", 0755)", n, file);
	for (size_t i = 0; i < facts->own_cgroup; i++)
		calls_add(calls, "bpf(BPF_PROG_ATTACH, \"%.*s\")", n, file);
}

/* One for each open file of the caller's, where the program is another user. */
static void add_streams(struct calls *calls, const struct plan *plan)
{
	bool given = is_another_user(plan);

	for (int i = 0; i < STREAMS && given; i++)
		if (plan->stream[i].way == WAY_PIPE && plan->stream[i].with == i)
			calls_add(calls, "fchown(pipe)");
}

/* What the program's process will use, and the leader is handed through its exec. */
static void add_kept(struct calls *calls, const struct plan *plan, size_t leader,
		     const struct facts *facts)
{
	for (size_t i = leader; i < plan->n; i++) {
		const struct step *step = &plan->step[i];

		if (step->kind == STEP_CGROUP)
			calls_add(calls, "fcntl(\"%s\", F_SETFD, 0)",
				  facts->cgroup_path[step->cgroup]);
	}
}

/* What is called the file that stands in for the caller's, or NULL where that one is executed. */
static const char *exe_role(const struct plan *plan)
{
	if (plan_find(plan, STEP_SHOW_EXE))
		return "exe";
	return plan_find(plan, STEP_COPY_EXE) ? "memfd" : NULL;
}

static void add_leader(struct calls *calls, const struct plan *plan, size_t leader,
		       const struct facts *facts)
{
	for (int i = 0; i < STREAMS; i++)
		if (plan->stream[i].way == WAY_PTY)
			calls_add(calls, "dup2(pty, %d)", i);
	calls_add(calls, "fcntl(control, F_SETFD, 0)");
	add_kept(calls, plan, leader, facts);
	if (exe_role(plan))
		calls_add(calls, "fcntl(%s, F_SETFD, 0)", exe_role(plan));
	calls_add(calls, "execveat(leader)");
	calls_add(calls, "prctl(PR_SET_DUMPABLE, 0)");
	calls_add(calls, "setsid()");
	if (plan_has_pty(plan))
		calls_add(calls, "ioctl(pty, TIOCSCTTY, 0)");
	if (facts->label)
		calls_add(calls, "write(\"%s\", \"%s\")", facts->label_file, facts->label);
	if (plan_reaps_inside(plan)) {
		/* From here on a process in the target's pid namespace. */
		calls_add(calls, "clone()");
		calls_add(calls, "setpgid(0, 0)");
		calls_add(calls, "prctl(PR_SET_PDEATHSIG, SIGKILL)");
	}
	if (plan_reaps(plan))
		calls_add(calls, "prctl(PR_SET_CHILD_SUBREAPER, 1)");
	calls_add(calls, "clone(CLONE_PIDFD)");
	/* From here on the program's process itself. */
	calls_add(calls, "setpgid(0, 0)");
	if (plan_has_pty(plan))
		calls_add(calls, "ioctl(pty, TIOCSPGRP) if in the foreground");
	calls_add(calls, "prctl(PR_SET_PDEATHSIG, SIGKILL)");
	if (exe_role(plan))
		calls_add(calls, "fcntl(%s, F_SETFD, FD_CLOEXEC)", exe_role(plan));
}

static void add_groups(struct calls *calls, const struct step *step)
{
	struct text list = { 0 };
	_cleanup_free_ char *ids = NULL;

	for (size_t i = 0; i < step->groups.n; i++)
		text_add(&list, "%s%" PRIu32, i ? ", " : "", step->groups.list[i]);
	ids = text_take(&list);
	calls_add(calls, "setgroups(%zu, [%s])", step->groups.n, ids ? ids : "?");
}

static void add_join(struct calls *calls, enum ns_type type, const struct facts *facts)
{
	calls_add(calls, "setns(%s:[%" PRIu64 "], %s)", ns_table[type].name, facts->ino[type],
		  ns_table[type].clone_name);
}

static void add_exec(struct calls *calls, const struct plan *plan, const struct step *step)
{
	if (!step->exec.by_fd)
		calls_add(calls, step->exec.search ? "execve(\"%s\" in PATH)" : "execve(\"%s\")",
			  step->exec.file);
	else if (exe_role(plan))
		calls_add(calls, "execveat(%s, AT_EMPTY_PATH)", exe_role(plan));
	else
		calls_add(calls, "execveat(\"%s\", AT_EMPTY_PATH)", step->exec.file);
}

/* "RLIMIT_NOFILE" */
static void put_limit_name(struct text *t, int kind)
{
	text_add(t, "RLIMIT_");
	for (const char *name = rlimit_name(kind); *name; name++)
		text_add(t, "%c", *name - 'a' + 'A');
}

static void put_limit(struct text *t, const char *key, uint64_t value)
{
	if (value == UINT64_MAX)
		text_add(t, "%s=RLIM64_INFINITY", key);
	else
		text_add(t, "%s=%" PRIu64, key, value);
}

static void add_limits(struct calls *calls, const struct step *step, const struct plan *plan,
		       const struct facts *facts)
{
	for (int kind = 0; kind < RLIMIT_KINDS; kind++) {
		const struct rlimit_fact *to = &plan->rlimit[kind];
		struct text t = { 0 };
		_cleanup_free_ char *value = NULL;

		if (!(step->limits & (UINT32_C(1) << kind)))
			continue;
		put_limit_name(&t, kind);
		text_add(&t, ", {");
		put_limit(&t, "rlim_cur",
			  step->kind == STEP_RAISE ? facts->ours.rlimit[kind].soft : to->soft);
		put_limit(&t, ", rlim_max", to->hard);
		value = text_take(&t);
		calls_add(calls, "prlimit64(0, %s}, NULL)", value ? value : "?");
	}
}

/* Real time is never planned; more than the level is not told apart before Linux 6.5. */
static const char *io_class(int priority)
{
	return IOPRIO_PRIO_CLASS(priority) == IOPRIO_CLASS_BE	  ? "BE"
	       : IOPRIO_PRIO_CLASS(priority) == IOPRIO_CLASS_IDLE ? "IDLE"
								  : "NONE";
}

static void add_sched(struct calls *calls, const struct step *step)
{
	const char *policy = step->sched.policy == SCHED_BATCH	? "SCHED_BATCH"
			     : step->sched.policy == SCHED_IDLE ? "SCHED_IDLE"
								: "SCHED_OTHER";

	if (step->sched.set_policy)
		calls_add(calls, "sched_setscheduler(0, %s, [0])", policy);
	if (step->sched.set_nice)
		calls_add(calls, "setpriority(PRIO_PROCESS, 0, %d)", step->sched.nice);
	if (step->sched.set_io)
		calls_add(calls,
			  "ioprio_set(IOPRIO_WHO_PROCESS, 0, "
			  "IOPRIO_PRIO_VALUE(IOPRIO_CLASS_%s, %lu))",
			  io_class(step->sched.io_priority),
			  IOPRIO_PRIO_DATA(step->sched.io_priority));
	if (step->sched.set_slack)
		calls_add(calls, "prctl(PR_SET_TIMERSLACK, %d)", step->sched.slack);
}

static void add_affinity(struct calls *calls, const struct facts *facts)
{
	struct text list = { 0 };
	_cleanup_free_ char *cpus = NULL;

	for (unsigned int cpu = 0; cpu < CPU_WORDS * 64; cpu++)
		if (facts->limits.cpus[cpu / 64] >> (cpu % 64) & 1)
			text_add(&list, "%s%u", list.used ? " " : "", cpu);
	cpus = text_take(&list);
	calls_add(calls, "sched_setaffinity(0, %u, [%s])", CPU_WORDS * 8, cpus ? cpus : "?");
}

static void add_oom(struct calls *calls, const struct step *step)
{
	if (step->oom.hidden)
		calls_add(calls, "prctl(PR_SET_DUMPABLE, 1)");
	calls_add(calls, "write(\"/proc/thread-self/oom_score_adj\", \"%d\")", step->oom.score);
	if (step->oom.hidden)
		calls_add(calls, "prctl(PR_SET_DUMPABLE, 0)");
}

static void add_filter_read(struct calls *calls)
{
	calls_add(calls, "ptrace(PTRACE_SEIZE, thread)");
	calls_add(calls, "ptrace(PTRACE_INTERRUPT, thread)");
	calls_add(calls, "ptrace(PTRACE_SECCOMP_GET_FILTER, thread, each)");
	calls_add(calls, "ptrace(PTRACE_DETACH, thread)");
}

static void add_filter(struct calls *calls, const struct step *step)
{
	if (step->filter.raise)
		calls_add(calls, "capset(effective = permitted)");
	calls_add(calls, "seccomp(SECCOMP_SET_MODE_FILTER, 0, each)");
}

static void add_caps(struct calls *calls, const struct step *step)
{
	calls_add(calls,
		  "capset(effective=%016" PRIx64 ", permitted=%016" PRIx64
		  ", inheritable=%016" PRIx64 ")",
		  step->caps.effective, step->caps.permitted, step->caps.ambient);
	calls_add(calls, "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)");
	if (step->caps.ambient)
		calls_add(calls,
			  "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each of %016" PRIx64 ")",
			  step->caps.ambient);
}

static void add_exe_overlay(struct calls *calls, const struct facts *facts)
{
	calls_add(calls, "fsopen(\"overlay\", FSOPEN_CLOEXEC)");
	calls_add(calls,
		  "fsconfig(overlay, FSCONFIG_SET_STRING, \"lowerdir\", \"%s:" PLAN_OTHER_LOWER
		  "\", 0)",
		  facts->exe_dir);
	calls_add(calls, "fsconfig(overlay, FSCONFIG_CMD_CREATE, NULL, NULL, 0)");
	calls_add(calls, "fsmount(overlay, FSMOUNT_CLOEXEC, "
			 "MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV)");
}

/* Of all that is executed and that the target may get hold of. */
static const char seals[] = "F_SEAL_SEAL|F_SEAL_SHRINK|F_SEAL_GROW|F_SEAL_WRITE|F_SEAL_EXEC";

size_t step_calls(const struct plan *plan, size_t i, const struct facts *facts,
		  struct call call[STEP_CALLS_MAX])
{
	const struct step *step = &plan->step[i];
	struct calls calls = { .call = call };

	switch (step->kind) {
	case STEP_HIDE:
		calls_add(&calls, "prctl(PR_SET_DUMPABLE, 0)");
		break;
	case STEP_LABEL:
		if (plan->isolates)
			calls_add(&calls, "fcntl(proc, F_SETFD, 0)");
		else
			calls_add(&calls, "write(\"%s\", \"%s\")", facts->label_file, step->path);
		break;
	case STEP_JOIN_TARGET:
		add_setns_target(&calls, step->set);
		break;
	case STEP_JOIN_NS:
		add_join(&calls, step->type, facts);
		break;
	case STEP_VERIFY:
		break;
	case STEP_ROOT:
		calls_add(&calls, "fchdir(root)");
		calls_add(&calls, "chroot(\".\")");
		break;
	case STEP_CHROOT:
		calls_add(&calls, "chdir(\"%s\")", step->path);
		calls_add(&calls, "chroot(\".\")");
		break;
	case STEP_CWD:
		calls_add(&calls, "fchdir(wd)");
		break;
	case STEP_CHDIR:
		calls_add(&calls, "chdir(\"%s\")", step->path);
		break;
	case STEP_FORK:
		add_fork(&calls, plan, step->fork, facts);
		break;
	case STEP_DIE_WITH:
		calls_add(&calls, "prctl(PR_SET_PDEATHSIG, SIGKILL)");
		break;
	case STEP_REAP:
		calls_add(&calls, "prctl(PR_SET_DUMPABLE, 0)");
		calls_add(&calls, "prctl(PR_SET_CHILD_SUBREAPER, 1)");
		calls_add(&calls, "vfork()");
		/* From here on the program's process itself. */
		calls_add(&calls, "prctl(PR_SET_PDEATHSIG, SIGKILL)");
		break;
	case STEP_OWN_CGROUP:
		add_own_cgroup(&calls, facts);
		break;
	case STEP_CGROUP:
		calls_add(&calls, "write(\"%s\", \"0\")", facts->cgroup_path[step->cgroup]);
		break;
	case STEP_GROUPS:
		add_groups(&calls, step);
		break;
	case STEP_GID:
		calls_add(&calls, "setresgid(%" PRIu32 ", %" PRIu32 ", %" PRIu32 ")", step->id,
			  step->id, step->id);
		break;
	case STEP_UID:
		calls_add(&calls, "setresuid(%" PRIu32 ", %" PRIu32 ", %" PRIu32 ")", step->id,
			  step->id, step->id);
		break;
	case STEP_HOLD_CAPS:
		calls_add(&calls, "prctl(PR_SET_KEEPCAPS, 1)");
		break;
	case STEP_KEEP_CAPS:
		calls_add(&calls, "capset(effective = inheritable = permitted)");
		calls_add(&calls, "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)");
		calls_add(&calls, "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each permitted)");
		break;
	case STEP_OWN_MOUNTS:
	case STEP_MOUNT_PROC:
	case STEP_MOUNT_SYS:
	case STEP_MOUNT_ETC:
	case STEP_TAKE_TREE:
	case STEP_TAKE_TOOLS:
	case STEP_BUILD_VIEW:
	case STEP_READ_ONLY:
	case STEP_MOUNT_TMP:
	case STEP_SHOW_TREE:
		calls_mount(&calls, plan, step, facts);
		break;
	case STEP_SHOW_EXE:
		add_exe_overlay(&calls, facts);
		break;
	case STEP_COPY_EXE:
		calls_add(&calls, "memfd_create(\"%s\", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)",
			  plan_exe_name(facts->exe));
		calls_add(&calls, "sendfile(memfd, \"%s\")", facts->exe);
		calls_add(&calls, "fchmod(memfd, 0555)");
		calls_add(&calls, "fcntl(memfd, F_ADD_SEALS, %s)", seals);
		break;
	case STEP_FILTER_READ:
		add_filter_read(&calls);
		break;
	case STEP_OOM:
		add_oom(&calls, step);
		break;
	case STEP_SCHED:
		add_sched(&calls, step);
		break;
	case STEP_PERSONALITY:
		calls_add(&calls, "personality(0x%x)", step->personality);
		break;
	case STEP_AFFINITY:
		add_affinity(&calls, facts);
		break;
	case STEP_RAISE:
	case STEP_RLIMITS:
		add_limits(&calls, step, plan, facts);
		break;
	case STEP_BOUNDING:
		calls_add(&calls, "prctl(PR_CAPBSET_DROP, each but %016" PRIx64 ")",
			  step->bounding);
		break;
	case STEP_UMASK:
		calls_add(&calls, step->mode ? "umask(0%o)" : "umask(%o)", step->mode);
		break;
	case STEP_ONLY_SEEN:
		calls_add(&calls, "seccomp(SECCOMP_SET_MODE_FILTER, 0, no pidfd_getfd)");
		break;
	case STEP_NNP:
		calls_add(&calls, "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)");
		break;
	case STEP_FILTER:
		add_filter(&calls, step);
		break;
	case STEP_CAPS:
		add_caps(&calls, step);
		break;
	case STEP_CLOSE:
		add_close(&calls, plan, facts);
		break;
	case STEP_STREAMS:
		add_streams(&calls, plan);
		break;
	case STEP_PTY:
		calls_add(&calls, "open(\"/dev/pts/ptmx\")");
		calls_add(&calls, "ioctl(ptmx, TIOCSPTLCK, 0)");
		calls_add(&calls, "ioctl(ptmx, TIOCGPTPEER)");
		break;
	case STEP_SEAL:
		calls_add(&calls,
			  "memfd_create(\"nsjoin\", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)");
		calls_add(&calls, "fchmod(leader, 0111)");
		calls_add(&calls, "fchown(leader, 4294967294, 4294967294)");
		calls_add(&calls, "fcntl(leader, F_ADD_SEALS, %s)", seals);
		break;
	case STEP_KEYRING:
		calls_add(&calls, "keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)");
		break;
	case STEP_LEADER:
		add_leader(&calls, plan, i, facts);
		break;
	case STEP_EXEC:
		add_exec(&calls, plan, step);
		break;
	}
	return calls.n;
}

void calls_done(struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(calls[i].text);
}
