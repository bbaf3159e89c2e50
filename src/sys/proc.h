/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID through one directory descriptor. The descriptor is bound to the process, not to its
 * number: once the process has been reaped every look-up below it fails with ESRCH, even if the
 * number is in use again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* TASK_COMM_LEN is 16, a kernel worker's comm in stat can be longer (since Linux 4.18): 64. */
enum {
	PROC_COMM_MAX = 65
};

struct proc_stat {
	pid_t pid;
	char comm[PROC_COMM_MAX]; /* chosen by the process itself: escape before printing */
	char state;		  /* 'Z' and 'X' are dead, 'D' may be frozen */
	pid_t ppid;
	uint64_t
		start_time; /* field 22: clock ticks since boot; tells apart two uses of one number */
	bool kernel_thread; /* PF_KTHREAD */
};

/* More groups than this are cut off by no real system; NGROUPS_MAX is 65536. */
enum {
	PROC_GROUPS_MAX = 65536
};

struct proc_status {
	uint32_t uid[4],
		gid[4];	  /* real, effective, saved, file system; seen from our user namespace */
	uint32_t *groups; /* heap */
	size_t n_groups;
	pid_t tgid;
	pid_t nspid_last;   /* pid in the innermost namespace */
	size_t nspid_depth; /* number of NSpid columns; 1: it lives in our own pid namespace */
};

/*
 * proc_open() - /proc/PID as a directory
 * Return: an owned descriptor, or -errno: -ENOENT where there is no such process or hidepid hides it.
 */
int proc_open(pid_t pid);

/*
 * proc_stat_read() - /proc/PID/stat
 * @proc_fd: of proc_open()
 * Return: 0, -ESRCH where the process is gone, -EBADMSG where the text is not a stat line.
 */
int proc_stat_read(int proc_fd, struct proc_stat *ret_stat);

/* proc_stat_parse() - the same from text. comm may hold blanks and parentheses. */
int proc_stat_parse(const char *text, struct proc_stat *ret_stat);

/*
 * proc_status_text() - all of a status file
 * @dir_fd:   the directory of a process or a thread
 * @ret_text: heap
 * Return: 0, or -errno: -ESRCH where it is gone.
 */
int proc_status_text(int dir_fd, char **ret_text);

/* proc_status_read() - ids, groups and pids of /proc/PID/status. Return: as proc_stat_read(). */
int proc_status_read(int proc_fd, struct proc_status *ret_status);

/* proc_status_parse() - the same from text; unknown lines are skipped. */
int proc_status_parse(const char *text, struct proc_status *ret_status);

void proc_status_done(struct proc_status *status);

/*
 * proc_switches_read() - how often a thread has given the processor away, by itself or not (since
 * Linux 2.6.23): as long as this stays the same, it has not run
 * Return: 0, -EBADMSG where the text says nothing about it, or another -errno.
 */
int proc_switches_read(int proc_fd, uint64_t *ret_switches);

/* proc_switches_parse() - the same from the text of a status file */
int proc_switches_parse(const char *text, uint64_t *ret_switches);

/*
 * proc_ignored_read() - the signals that this process ignores: bit N - 1 for signal N
 * Return: 0, -EBADMSG where the text says nothing about it, or another -errno.
 */
int proc_ignored_read(uint64_t *ret_signals);

/* proc_ignored_parse() - the same from the text of a status file */
int proc_ignored_parse(const char *text, uint64_t *ret_signals);

/*
 * proc_ns_inode() - the inode of one namespace link
 * @dirfd: /proc/PID, or /proc/self/ns with @name the bare link name
 *
 * Read from the link's text, "net:[4026531840]" (since Linux 3.8): to follow the link takes twice as
 * long, since the kernel makes an inode for who has none.
 * Needs PTRACE_MODE_READ on the process (own processes without dumpable cleared, or CAP_SYS_PTRACE).
 * Return: 0, -EACCES, -ENOENT where the kernel lacks the type or the process is a zombie, -EBADMSG
 * where it is no such link.
 */
int proc_ns_inode(int dirfd, const char *name, uint64_t *ret_inode);

/*
 * proc_is_first_cgroupns() - whether a link is that of the first cgroup namespace, as where the kernel
 * has no others: paths in /proc/PID/cgroup start at the root of the hierarchy there
 * @dirfd, @name: as for proc_ns_inode()
 */
bool proc_is_first_cgroupns(int dirfd, const char *name);
