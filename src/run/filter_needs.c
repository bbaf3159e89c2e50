/* SPDX-License-Identifier: MIT */
/* What starting the program takes after the filters were loaded, and whether they let it pass. */
#include "run/filter.h"

#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "sys/seccomp.h"

const char *filters_forbid(const struct filters *filters, unsigned int by)
{
	static const struct {
		int nr;
		uint64_t arg;
		enum needed_by by;
		const char *name;
	} needed[] = {
		{ SYS_execve, 0, BY_EXEC, "execve" },
		{ SYS_capset, 0, BY_STEPS, "capset" },
		{ SYS_prctl, PR_SET_PDEATHSIG, BY_STEPS, "prctl" },
		{ SYS_prctl, PR_SET_DUMPABLE, BY_LEADER, "prctl" },
		{ SYS_prctl, PR_SET_PDEATHSIG, BY_LEADER, "prctl" },
		{ SYS_fcntl, 0, BY_LEADER, "fcntl" },
		{ SYS_execveat, 0, BY_LEADER, "execveat" },
		{ SYS_setsid, 0, BY_LEADER, "setsid" },
		{ SYS_setpgid, 0, BY_LEADER, "setpgid" },
		{ SYS_recvfrom, 0, BY_LEADER, "recvfrom" },
		{ SYS_sendmsg, 0, BY_LEADER, "sendmsg" },
		{ SYS_rt_sigprocmask, 0, BY_LEADER, "rt_sigprocmask" },
		{ SYS_rt_sigaction, 0, BY_LEADER, "rt_sigaction" },
		{ SYS_signalfd4, 0, BY_LEADER, "signalfd4" },
		{ SYS_pipe2, 0, BY_LEADER, "pipe2" },
		{ SYS_clone, CLONE_PIDFD | SIGCHLD, BY_LEADER, "clone" },
		{ SYS_wait4, 0, BY_LEADER, "wait4" },
		{ SYS_ppoll, 0, BY_LEADER, "ppoll" },
		{ SYS_faccessat, 0, BY_REST, "faccessat" },
		{ SYS_newfstatat, 0, BY_REST, "newfstatat" },
		{ SYS_prctl, PR_SET_CHILD_SUBREAPER, BY_REST, "prctl" },
		{ SYS_dup3, 0, BY_REST, "dup3" },
		{ SYS_read, 0, BY_REST, "read" },
		{ SYS_write, 0, BY_REST, "write" },
		{ SYS_close, 0, BY_REST, "close" },
		{ SYS_ioctl, 0, BY_REST, "ioctl" },
		{ SYS_kill, 0, BY_REST, "kill" },
		{ SYS_getpid, 0, BY_REST, "getpid" },
		{ SYS_umask, 0, BY_REST, "umask" },
		{ SYS_openat, 0, BY_REST, "openat" },
		{ SYS_exit_group, 0, BY_REST, "exit_group" },
	};
	const uint32_t *word = filters->text;

	for (uint32_t n = *word++; n > 0; n--, word += 1 + *word * FILTERS_INSN_WORDS) {
		const void *code = word + 1;

		/* One that has it seem to succeed would leave out all that come after it. */
		if (n > 1 && !seccomp_allows(code, *word, SYS_seccomp, SECCOMP_SET_MODE_FILTER))
			return "seccomp";
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
			if ((by & FILTERS_BY(needed[i].by)) &&
			    !seccomp_allows(code, *word, needed[i].nr, needed[i].arg))
				return needed[i].name;
	}
	return NULL;
}
