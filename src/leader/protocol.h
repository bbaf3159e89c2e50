/* SPDX-License-Identifier: MIT */
/*
 * What nsjoin and the leader of the program's session say to each other: messages over one socket
 * pair of SOCK_SEQPACKET, each a whole struct. Both sides come from one build, so that the structs
 * need no version. Of the kernel's types only: the leader has no C library.
 *
 * The leader is executed as  nsjoin FD FILE ARGV0 [ARGUMENT...]  with the program's environment and
 * with the program's standard input, output and error in place. FD is its end of the socket. It
 * reads one struct leader_job before it does anything that others can see, and then obeys orders and
 * sends reports until the program has ended.
 */
#pragma once

#include <linux/types.h>

enum {
	LEADER_CGROUPS_MAX = 16,
	LEADER_LABEL_MAX = 1024,
	LEADER_PATH_MAX = 64,
	/* How long helpers of the program are waited for that end because it has ended. */
	HELPERS_MS = 100,
};

enum leader_flags {
	LEADER_TTY = 1 << 0,	    /* leader_job.tty becomes the controlling terminal */
	LEADER_FOREGROUND = 1 << 1, /* the program's group has the terminal from the start */
	LEADER_REAP = 1 << 2,	    /* what the program leaves behind is waited for as well */
	LEADER_INSIDE = 1 << 3, /* one more of the leader leads, in the program's pid namespace */
};

struct leader_job {
	__u32 flags;
	__s32 tty;   /* which of 0, 1, 2 is the pty; -1 without one */
	__s32 umask; /* -1: as it is */
	__u64 reset; /* signals that are set back to their defaults: bit N - 1 */
	__u64 mask;  /* signals that the program starts with blocked */
	/* A descriptor with filters that the program loads as its last act, or -1. It holds a __u32
	 * with their number, and each as its __u32 length and so many struct sock_filter. */
	__s32 filter;
	/* What the next exec of the leader's child takes for its security label, with its NUL; empty:
	 * nothing is written. The file that takes it is below the directory, our own /proc. */
	__s32 proc;
	char label_file[LEADER_PATH_MAX];
	char label[LEADER_LABEL_MAX];
	/* The program itself where it is executed by descriptor and not by FILE, or -1. */
	__s32 exe;
	/* Files that the program writes "0" to before it is executed: the cgroups that would not let
	 * the leader make it. */
	__u32 n_cgroups;
	__s32 cgroup[LEADER_CGROUPS_MAX];
};

/* What the leader, or the process that becomes it, tells. */
enum leader_report_kind {
	LEADER_PTY = 1,	    /* carries the master of a pty of the target's */
	LEADER_NO_PTY,	    /* value: the errno; one of the host's is asked for in return */
	LEADER_RUNNING,	    /* the program was executed; carries its pidfd, value: its pid there */
	LEADER_EXEC_FAILED, /* value: the errno; stage: what failed */
	LEADER_STOPPED,	    /* value: the signal */
	LEADER_CONTINUED,
	LEADER_ENDED,	       /* value: the wait status */
	LEADER_FAILED,	       /* value: the errno of becoming the leader */
	LEADER_NOT_FOUND,      /* value: the errno of finding the program's file */
	LEADER_NO_SETNS_PIDFD, /* from before it is the leader: see RUN_NO_SETNS_PIDFD */
};

enum leader_stage {
	LEADER_STAGE_CLONE, /* making the process */
	LEADER_STAGE_LABEL,
	LEADER_STAGE_CGROUP,
	LEADER_STAGE_PREPARE, /* all else before its file is opened */
	LEADER_STAGE_FILTER,
	LEADER_STAGE_EXEC,
};

struct leader_report {
	__u32 kind;
	__s32 value;
	__u32 stage;
};

/* What nsjoin asks for. */
enum leader_order_kind {
	LEADER_ORDER_FOREGROUND = 1, /* the program's group gets the terminal and continues */
	LEADER_ORDER_BACKGROUND,     /* the leader's own group gets it: reading stops the program */
	LEADER_ORDER_CONTINUE,	     /* SIGCONT to the program's group */
	LEADER_ORDER_SLAVE,	     /* after LEADER_NO_PTY: carries the slave of the host's */
};

struct leader_order {
	__u32 kind;
};
