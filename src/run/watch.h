/* SPDX-License-Identifier: MIT */
/*
 * While nsjoin is stopped together with its program nobody tells it that somebody else has let the
 * program go on: a process of its own looks, and lets nsjoin go on, too.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The program that is waited for, and what is needed to look at it from where we came from. */
struct watch {
	pid_t program;
	int self_ns_fd;		     /* /proc/self/ns of nsjoin, opened before joining; borrowed */
	bool reaps;		     /* orphans are waited for as well */
	bool pidns_joined;	     /* our children would be seen in the target's pid namespace */
	const struct oom_kills *oom; /* what it may be killed by; borrowed */
	int target_pidfd;	     /* and with whom, where pidns_joined; borrowed */
	const char *target;	     /* how that is called */
};

/*
 * watch_start() - make the looking process, before stopping
 *
 * Never in the target's pid namespace: where we may not turn back to our own there is none.
 * Return: its pid, or -errno where nobody will look.
 */
pid_t watch_start(const struct watch *watch);

/*
 * watch_reports() - the same for a program whose leader reports on @fd that it goes on
 * Return: as watch_start().
 */
pid_t watch_reports(int fd);

/* watch_end() - end it, after going on. @pid: of watch_start() or watch_reports(). */
void watch_end(pid_t pid);
