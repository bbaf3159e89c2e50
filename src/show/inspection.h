/* SPDX-License-Identifier: MIT */
/* All that inspect knows of a target, as plain values: looked at in one place, printed in others. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "show/limits.h"
#include "show/subject.h"
#include "sys/caps.h"
#include "sys/confine.h"
#include "sys/mounts.h"
#include "sys/proclimits.h"
#include "util/strv.h"

struct inspect_owner {
	bool known;
	uint64_t ino; /* of the user namespace that owns it */
	uint32_t uid; /* who made that */
};

enum answer {
	ANSWER_UNKNOWN,
	ANSWER_NO,
	ANSWER_YES,
};

enum seccomp_mode {
	SECCOMP_UNKNOWN,
	SECCOMP_OFF,
	SECCOMP_STRICT,
	SECCOMP_FILTER,
};

struct inspection {
	struct listed listed;  /* strings and handles are this struct's own */
	struct subject s;      /* of it */
	const char *host_root; /* where it was looked for, or NULL; borrowed */
	char *typed;	       /* TARGET as typed; heap */
	char *part_of;	       /* what holds it, as -t takes it: itself, another, or NULL; heap */
	char *part_of_name;    /* its name, or NULL; heap; untrusted */
	time_t started;	       /* 0: not known */
	pid_t pid_inside;      /* in its own pid namespace; 0: not known */

	bool has_status;
	struct proc_status status;
	bool has_inside; /* the ids that it has in its own user namespace */
	uint32_t uid_inside, gid_inside;
	bool has_caps;
	struct caps_sets caps;
	enum seccomp_mode seccomp;
	enum answer no_new_privs;
	bool has_modes, has_sched;
	struct proc_modes modes;
	struct proc_sched sched;
	int oom_score_adj;    /* with the former */
	char *cwd;	      /* as its root directory has it; heap, or NULL */
	enum answer labelled; /* by a security module */
	char *label;	      /* heap */

	struct inspect_owner owner[NS_COUNT];
	struct mount_root root; /* type NULL: not known */
	char *shell;		/* heap; NULL: see shell_note */
	char *shell_note;	/* heap; why there is none */
	struct strv cgroup;	/* "controllers:path" of each hierarchy */
	bool paused;		/* one of them is frozen */
	struct limit limit[LIMIT_COUNT];
	struct proclimits rlimits; /* its own, beside those of its cgroups */
};

void inspection_done(struct inspection *in);

/* inspect_shared() - what is not isolated, in plain words, a sentence each. Return: 0 or -ENOMEM. */
int inspect_shared(const struct inspection *in, struct strv *ret_lines);

#define _cleanup_inspection_ _cleanup_(inspection_done)
