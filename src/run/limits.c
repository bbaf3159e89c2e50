/* SPDX-License-Identifier: MIT */
/* The steps that leave the program with no more than the target has: capabilities, limits, modes. */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/ioprio.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/calls.h"
#include "sys/caps.h"
#include "sys/procroot.h"
#include "util/fd.h"

static int write_oom(const char *text)
{
	_cleanup_fd_ int root = proc_root_open();
	_cleanup_fd_ int fd =
		root < 0 ? root : proc_root_open_self(root, "oom_score_adj", O_WRONLY);

	return fd < 0 ? fd : fd_write_all(fd, text, strlen(text));
}

/* Nothing of the target's sees us yet: nobody is let in while we show ourselves. */
static int write_oom_hidden(const char *text)
{
	int r = prctl(PR_SET_DUMPABLE, 1) < 0 ? -errno : write_oom(text);

	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	return r;
}

int step_oom(struct run *run, const struct step *step, struct error *err)
{
	char text[sizeof("-1000")];
	int r;

	(void)run;
	(void)snprintf(text, sizeof(text), "%d", step->oom.score); /* fits: the kernel's range */
	r = step->oom.hidden ? write_oom_hidden(text) : write_oom(text);
	if (r < 0)
		return error_set(err, ERROR_PERMISSION, -r, "set oom_score_adj to %s", text);
	return 0;
}

int step_sched(struct run *run, const struct step *step, struct error *err)
{
	const struct sched_param none = { 0 };

	(void)run;
	if (step->sched.set_policy && call_sched_setscheduler(0, step->sched.policy, &none) < 0)
		return error_set(err, ERROR_PERMISSION, errno, "set the scheduling policy");
	if (step->sched.set_nice && call_setpriority(PRIO_PROCESS, 0, step->sched.nice) < 0)
		return error_set(err, ERROR_PERMISSION, errno, "set the niceness to %d",
				 step->sched.nice);
	if (step->sched.set_io &&
	    call_ioprio_set(IOPRIO_WHO_PROCESS, 0, step->sched.io_priority) < 0)
		return error_set(err, ERROR_PERMISSION, errno,
				 "set the priority of input and output");
	/* The processes that are made from here on have it for their default as well. */
	if (step->sched.set_slack &&
	    prctl(PR_SET_TIMERSLACK, (unsigned long)step->sched.slack, 0UL, 0UL, 0UL) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "set the timer slack");
	return 0;
}

int step_personality(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	if (call_personality(step->personality) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "set the personality");
	return 0;
}

/* A cpuset that was joined has set them; it also bounds what can be set here. */
int step_affinity(struct run *run, const struct step *step, struct error *err)
{
	const uint64_t *cpus = run->target->facts.limits.cpus;
	cpu_set_t set;

	(void)step;
	CPU_ZERO(&set);
	for (size_t cpu = 0; cpu < CPU_WORDS * 64; cpu++)
		if (cpus[cpu / 64] >> (cpu % 64) & 1)
			CPU_SET(cpu, &set);
	if (call_sched_setaffinity(0, sizeof(set), &set) < 0)
		return error_set(err, ERROR_PERMISSION, errno, "run on the target's processors");
	return 0;
}

static int set_limit(int kind, const struct rlimit_fact *to, struct error *err)
{
	const struct rlimit limit = { to->soft, to->hard };

	if (call_setrlimit(kind, &limit) < 0)
		return error_set(err, ERROR_PERMISSION, errno, "set resource limit %d", kind);
	return 0;
}

/* The soft limits stay what they are: nsjoin itself still has things to do. */
int step_raise(struct run *run, const struct step *step, struct error *err)
{
	int r = 0;

	for (int kind = 0; kind < RLIMIT_KINDS && r == 0; kind++) {
		const struct rlimit_fact to = { run->target->facts.ours.rlimit[kind].soft,
						run->plan->rlimit[kind].hard };

		if (step->limits & (UINT32_C(1) << kind))
			r = set_limit(kind, &to, err);
	}
	return r;
}

int step_rlimits(struct run *run, const struct step *step, struct error *err)
{
	int r = 0;

	for (int kind = 0; kind < RLIMIT_KINDS && r == 0; kind++)
		if (step->limits & (UINT32_C(1) << kind))
			r = set_limit(kind, &run->plan->rlimit[kind], err);
	return r;
}

int step_umask(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	/* Returns the old one, which never has other bits. */
	if (call_umask((mode_t)step->mode) & ~(mode_t)0777)
		return error_set(err, ERROR_SYSTEM, 0, "cannot set the umask");
	return 0;
}

/*
 * Not by the library: it would read the set from /proc/PID/status, which may be the target's by now.
 */
int step_bounding(struct run *run, const struct step *step, struct error *err)
{
	uint64_t drop = run->target->facts.all_caps & ~step->bounding;

	for (unsigned long cap = 0; cap < CAPS_MAX; cap++) {
		if (!(drop >> cap & 1))
			continue;
		/* One that is gone already can be given up again. */
		if (prctl(PR_CAPBSET_DROP, cap, 0UL, 0UL, 0UL) < 0)
			return error_set(err, ERROR_PERMISSION, errno,
					 "give up capability %lu for good", cap);
	}
	return 0;
}

/*
 * CAP_SYS_PTRACE is a right over the processes that are seen, but for this call: it takes a pidfd, and
 * whoever is connected to a socket of the host's gets one of the process at its other end. The number
 * is the same on all processors; x32 has a bit more.
 */
int step_only_seen(struct run *run, const struct step *step, struct error *err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~UINT32_C(0x40000000)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };

	(void)run;
	(void)step;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return error_set(err, ERROR_SYSTEM, errno,
				 "keep processes of the host's out of reach");
	return 0;
}

int step_nnp(struct run *run, const struct step *step, struct error *err)
{
	(void)run;
	(void)step;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "set no_new_privs");
	return 0;
}

/* What the library has been told, as the kernel has it. */
static int check_caps(const struct step *step, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint64_t permitted, effective, inheritable, ambient = 0;

	if (syscall(SYS_capget, &header, data) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "read capabilities");
	permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	effective = data[0].effective | (uint64_t)data[1].effective << 32;
	inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	/* What is ambient is inheritable, always: there is no need to ask for others. */
	for (unsigned long cap = 0; cap < CAPS_MAX; cap++)
		if ((inheritable >> cap & 1) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0UL, 0UL) == 1)
			ambient |= UINT64_C(1) << cap;
	if (permitted != step->caps.permitted || effective != step->caps.effective ||
	    inheritable != step->caps.ambient || ambient != step->caps.ambient)
		return error_set(err, ERROR_PERMISSION, 0,
				 "the kernel did not set the target's capabilities");
	return 0;
}

static int choose_cap(const struct capng *capng, const struct step *step, unsigned int cap)
{
	uint64_t bit = UINT64_C(1) << cap;
	unsigned int type = 0;

	if (step->caps.permitted & bit)
		type |= CAPNG_PERMITTED;
	if (step->caps.effective & bit)
		type |= CAPNG_EFFECTIVE;
	/* The kernel takes no ambient capability that is not inheritable. */
	if (step->caps.ambient & bit)
		type |= CAPNG_INHERITABLE | CAPNG_AMBIENT;
	return type ? capng->update(CAPNG_ADD, (capng_type_t)type, cap) : 0;
}

int step_caps(struct run *run, const struct step *step, struct error *err)
{
	const struct capng *capng = &run->capng;

	capng->clear(CAPNG_SELECT_ALL);
	capng->setpid((int)syscall(SYS_gettid));
	for (unsigned int cap = 0; cap < CAPS_MAX; cap++)
		if (choose_cap(capng, step, cap) < 0)
			return error_set(err, ERROR_SYSTEM, EINVAL,
					 "take the target's capabilities");
	errno = 0;
	if (capng->apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT) < 0)
		return error_set(err, ERROR_PERMISSION, errno ? errno : EPERM,
				 "take the target's capabilities");
	return check_caps(step, err);
}
