/* SPDX-License-Identifier: MIT */
/*
 * The environment that a target was started with (-e), as a vector for execve(2): never put into
 * our own environment, where it would steer the C library.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/strv.h"

/* More than this is not an environment but an attempt to fill memory. */
enum {
	ENVIRON_SIZE_MAX = 1 << 20
};

struct environ_report {
	bool overwritten; /* not empty, and no NAME=value in it: the process wrote over it */
	bool truncated;	  /* longer than the limit; what was cut is left out */
	size_t dropped;	  /* entries without "=" or without a name; duplicates do not count */
};

/*
 * environ_read() - /proc/PID/environ
 * @proc_fd:    of proc_open()
 * @limit:      read at most so many bytes, ENVIRON_SIZE_MAX as a rule
 * @ret_env:    released by strv_done(); the last of several entries of one name is kept
 * @ret_report: may be NULL
 *
 * Empty for kernel threads and zombies. Needs PTRACE_MODE_READ.
 * Return: 0, -EACCES, -ETIMEDOUT where the process keeps it from us (util/patient.h), -ENOMEM, or
 * another -errno; both results are written on success only.
 */
int environ_read(int proc_fd, size_t limit, struct strv *ret_env,
		 struct environ_report *ret_report);

/* environ_parse() - the same from text of entries that end in NUL (the last one need not). */
int environ_parse(const char *text, size_t size, struct strv *ret_env,
		  struct environ_report *ret_report);

/*
 * environ_drop_loaders() - remove what would make a program of ours load the target's code
 * @env: changed in place
 *
 * For libraries and interpreters (LD_*, PYTHON*, …), shell start files and exported functions, and
 * commands that programs run without being asked to.
 * Return: how many entries were removed.
 */
size_t environ_drop_loaders(struct strv *env);

/*
 * environ_take_places() - have what names files and programs (PATH, HOME, PAGER, …) as in @own
 * @env: changed in place
 * @own: the environment of who has the files that are meant
 *
 * A target may know where its own files are among those of the host.
 * Return: 0 or -ENOMEM.
 */
int environ_take_places(struct strv *env, char *const *own);
