/* SPDX-License-Identifier: MIT */
/*
 * One target as ps shows it: what find_list() told of it, and what its process tells. Plain values
 * once it was looked at, so that all printing can be tested with literals.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "find/list.h"
#include "sys/nstype.h"
#include "sys/proc.h"
#include "util/macro.h"

/* What has to be read; each costs system calls. */
enum subject_need {
	NEED_STATUS = 1 << 0,  /* uid, user */
	NEED_NS = 1 << 1,      /* namespaces */
	NEED_COMMAND = 1 << 2, /* cmdline, or else stat */
	NEED_STAT = 1 << 3,    /* stat */
	NEED_ROOT = 1 << 4,    /* root */
	NEED_TREE = 1 << 5,    /* pid_above, user_top */
	NEED_ALL = NEED_STATUS | NEED_NS | NEED_COMMAND | NEED_STAT,
};

enum {
	SUBJECT_CMDLINE_MAX = 4096,
	PID_LEVELS = 32, /* MAX_PID_NS_LEVEL */
};

struct subject {
	const struct listed *listed; /* borrowed */
	bool has_uid;
	uint32_t uid; /* effective, as our user namespace sees it */
	char *user;   /* its name in the host's passwd file; heap or NULL */
	ns_set seen;  /* whose inode could be read */
	ns_set same,
		differs; /* known to be ours, known not to be; pid may be known without its inode */
	uint64_t ino[NS_COUNT];
	char *cmdline; /* words that end in NUL, at most SUBJECT_CMDLINE_MAX bytes; heap or NULL */
	size_t cmdline_size;
	bool has_stat;
	struct proc_stat stat;
	char *root; /* what is mounted as its root: "overlay /path", heap or NULL */

	uint64_t pid_above[PID_LEVELS]; /* pid namespaces around its own, innermost first */
	size_t n_pid_above;
	uint64_t user_top;   /* the user namespace that it or its ancestors have below ours, or 0 */
	uint32_t user_owner; /* who made that */
};

/* Who looks: what things are compared with and called by. */
struct viewer {
	ns_set own_seen;
	uint64_t own[NS_COUNT];
	bool foreign; /* the processes are not in our pid namespace */
	char *passwd; /* the host's passwd file, heap or NULL */
	size_t passwd_size;
	uint64_t now;  /* clock ticks since boot */
	uint64_t tick; /* clock ticks in a second */
};

/* viewer_init() - look at ourselves and the host. Nothing of it is needed: what is missing is not shown. */
void viewer_init(const struct hostfs *host, struct viewer *ret_viewer);
void viewer_done(struct viewer *viewer);

/* viewer_user() - the name of a uid on the host. Return: heap, or NULL. */
char *viewer_user(const struct viewer *viewer, uint32_t uid);

/* viewer_age() - seconds since a process was started */
uint64_t viewer_age(const struct viewer *viewer, uint64_t start_time);

/*
 * subject_look() - read what is wanted of the process
 * @needs: of enum subject_need
 *
 * What may not be read stays empty. Its command line may keep us waiting: see patient_do().
 * Return: whether the process still was there afterwards.
 */
bool subject_look(const struct viewer *viewer, const struct listed *listed, unsigned int needs,
		  struct subject *ret_subject);

/*
 * subject_needs_apart() - as much of @needs as a process cannot keep from us (util/patient.h)
 *
 * Its stat is asked for in place of its command line.
 */
unsigned int subject_needs_apart(unsigned int needs);

void subject_done(struct subject *subject);

/*
 * subject_next_word() - the words of its command line
 * @at: offset, 0 at first; moved past the word
 * Return: the word inside the subject, or NULL at the end.
 */
const char *subject_next_word(const struct subject *subject, size_t *at);

#define _cleanup_viewer_ _cleanup_(viewer_done)
