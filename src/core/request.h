/* SPDX-License-Identifier: MIT */
/*
 * What was asked for, as plain values: no descriptor is open and nothing was looked up yet. Strings
 * point into argv.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/nstype.h"

enum id_kind {
	ID_UNSET,
	ID_NUMBER, /* number: digits are always an id, never a name */
	ID_NAME,   /* name: looked up in the passwd or group file that the program will see */
	ID_FOLLOW, /* the target's own */
};

struct id_request {
	enum id_kind kind;
	uint32_t number;
	const char *name;
};

enum dir_kind {
	DIR_UNSET,
	DIR_TARGET, /* option without argument: the target's own */
	DIR_PATH,
};

struct dir_request {
	enum dir_kind kind;
	const char *path;
};

/* What a process of the target has and the caller may not: the words of --as-target=LIST. */
enum as_part {
	AS_IDS,
	AS_CAPS,
	AS_NNP,
	AS_SECCOMP,
	AS_LSM,
	AS_CGROUP,
	AS_ENV,
	AS_CWD,
	AS_RLIMITS, /* and niceness, scheduling, umask */
	AS_OOM,
	AS_COUNT,
};

/* Sets of parts have a bit for each. */
#define AS_BIT(part) (UINT32_C(1) << (part))
#define AS_ALL	     (AS_BIT(AS_COUNT) - 1)

enum {
	REQUEST_KEEP_FDS = 16
}; /* how often --keep-fd can be given */

/* -H: what is the root directory. */
enum view_kind {
	VIEW_NONE,
	VIEW_TARGET, /* the target's, with the host's tools in a directory of it */
	VIEW_HOST,   /* the caller's, read-only, with the target's tree at a directory of it */
};

/* -R: what can be mounted afresh. */
enum remount_part {
	REMOUNT_PROC = 1,
	REMOUNT_SYS = 2,
	REMOUNT_ETC = 4,
	REMOUNT_ALL = REMOUNT_PROC | REMOUNT_SYS | REMOUNT_ETC,
};

enum {
	REQUEST_TOOLS = 8
}; /* how often --tools-from can be given */

enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* --pty: which streams of the program are a pty of nsjoin's own. */
enum pty_mode {
	PTY_AUTO, /* those that are a terminal, where the program is isolated from it */
	PTY_ALWAYS,
	PTY_NEVER,
};

/* What ps and inspect were asked for. */
struct show_request {
	char **words;	     /* patterns of ps, the target of inspect; NULL terminated; in argv */
	const char *columns; /* -o: the columns of ps, the field of inspect; or NULL */
	bool processes;	     /* -a: not only what has a name */
	bool targets_only;   /* -q */
	bool no_headings, tree;
	bool patterns; /* completed is what ps is asked for: the host is none of it */
	enum color_when color;
};

struct request {
	const char *target;    /* TARGET as typed, or NULL */
	const char *host_root; /* --host-root=DIR, or NULL */

	bool all;		       /* -a */
	ns_set spare;		       /* set by request_settle(): what -a leaves alone */
	ns_set wanted;		       /* asked for by letter, with or without FILE */
	const char *ns_file[NS_COUNT]; /* FILE, or ":NSID", or NULL: the target's */
	int net_socket;		       /* -N: a descriptor number of the target's, or -1 */
	bool user_parent;

	struct id_request uid, gid; /* -S, -G */
	bool preserve_credentials, keep_caps;

	struct dir_request root, wd; /* -r, -w */
	const char *wdns;	     /* -W: a path to change to after joining, or NULL */
	bool env, join_cgroup, follow_context, no_fork;

	bool become;	 /* set by request_settle(): no namespace option, a process of the target */
	bool want_parts; /* --as-target was given */
	bool parts_named;     /* … with what to take, and not only with what to leave out */
	uint32_t as_target;   /* bits of enum as_part; made final by request_settle() */
	bool privileged;      /* keep the caller's privileges where the target's would be taken */
	bool want_shell;      /* --shell was given */
	const char *shell;    /* --shell=PATH, or NULL */
	unsigned int remount; /* -R: a set of enum remount_part */
	unsigned int remount_named; /* of that what -R=LIST has named: it must be possible */
	bool host_tools;	    /* -H */
	enum view_kind view;	    /* --view; made final by request_settle() */
	const char *tools_from[REQUEST_TOOLS]; /* --tools-from */
	size_t n_tools_from;
	bool host_exe; /* -X: PROGRAM is the caller's file, executed by descriptor */
	enum pty_mode pty;
	bool stdio_pass; /* the caller's own descriptors as standard streams */

	int keep_fd[REQUEST_KEEP_FDS]; /* --keep-fd */
	size_t n_keep_fd;

	struct show_request show; /* instead of most of the above */

	bool dry_run, json;
	int verbosity; /* enum log_level */
	bool errors_json;

	char **program; /* PROGRAM and its arguments, NULL terminated; NULL: a shell */
	/*
	 * Letter of the option right before PROGRAM, where PROGRAM is a path that it could have taken
	 * as its FILE or DIR, had it been attached ("-n /run/netns/x"); else 0. For hints only.
	 */
	char unattached;
	char before_program; /* the same, whatever PROGRAM looks like; for hints only */
};

/* request_init() - the empty request: nothing asked for */
void request_init(struct request *req);

/*
 * request_has_namespace() - whether a namespace option was given
 *
 * This decides between the two ways in: with one, just these are joined and the caller's privileges
 * are kept; without, the program becomes a process of the target.
 */
bool request_has_namespace(const struct request *req);

/*
 * request_settle() - write out what the two ways in imply, once all options are known
 *
 * Becoming a process of the target means all of its namespaces and all of its parts, or those that
 * --as-target leaves; with --privileged its environment and directory only.
 */
void request_settle(struct request *req);

/*
 * request_use_static_shell() - of a settled request without a program: with -X busybox sh after all
 * Never more privileges than request_use_tools() leaves.
 */
void request_use_static_shell(struct request *req);

/*
 * request_use_tools() - settle a request as if -H had been typed, too
 *
 * What a settled one implies is not to be told from what was asked for. Never more privileges than
 * without.
 */
void request_use_tools(struct request *req);

/* request_takes() - whether this part of the target is taken on */
bool request_takes(const struct request *req, enum as_part part);

enum {
	REQUEST_PARTS_MAX = 128 /* for request_without() */
};

/*
 * request_without() - what to type to leave out @part, beside what is left out already
 *
 * For hints: the last --as-target of a command line is the one that counts.
 * Return: @buf, "--as-target=-cgroup,-seccomp".
 */
const char *request_without(const struct request *req, enum as_part part,
			    char buf[REQUEST_PARTS_MAX]);

/*
 * request_parse_parts() - the LIST of --as-target
 * @list:      "ids,caps": these; "-cgroup": all but this
 * @ret_parts: bits of enum as_part
 * @ret_named: whether some were named to be taken
 * Return: 0, or -EINVAL where a word is none of them.
 */
int request_parse_parts(const char *list, uint32_t *ret_parts, bool *ret_named);
