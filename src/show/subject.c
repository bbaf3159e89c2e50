/* SPDX-License-Identifier: MIT */
#include "show/subject.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "show/root.h"
#include "sys/nsfd.h"
#include "sys/passwd.h"
#include "sys/pidfd.h"
#include "sys/pidns.h"
#include "sys/proc.h"
#include "util/fd.h"

static ns_set read_inodes(int proc_fd, uint64_t *ino)
{
	ns_set seen = 0;

	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (proc_ns_inode(proc_fd, ns_table[t].link, &ino[t]) == 0)
			seen |= NS_BIT(t);
	return seen;
}

static void read_passwd(const struct hostfs *host, struct viewer *viewer)
{
	ssize_t n = hostfs_read(host, "/etc/passwd", PASSWD_SIZE_MAX, &viewer->passwd);

	if (n >= 0)
		viewer->passwd_size = (size_t)n;
}

void viewer_init(const struct hostfs *host, struct viewer *ret_viewer)
{
	_cleanup_fd_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct viewer viewer = { .foreign = host->foreign, .tick = (uint64_t)sysconf(_SC_CLK_TCK) };
	struct timespec now = { 0 };

	if (self >= 0)
		viewer.own_seen = read_inodes(self, viewer.own);
	(void)clock_gettime(CLOCK_BOOTTIME, &now); /* since Linux 2.6.39; without it no age */
	viewer.now = (uint64_t)now.tv_sec * viewer.tick +
		     (uint64_t)now.tv_nsec * viewer.tick / 1000000000u;
	read_passwd(host, &viewer);
	*ret_viewer = viewer;
}

void viewer_done(struct viewer *viewer)
{
	free(viewer->passwd);
	*viewer = (struct viewer){ 0 };
}

char *viewer_user(const struct viewer *viewer, uint32_t uid)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	if (!viewer->passwd ||
	    passwd_find_uid(viewer->passwd, viewer->passwd_size, uid, &entry) < 0)
		return NULL;
	return steal_pointer(&entry.name);
}

uint64_t viewer_age(const struct viewer *viewer, uint64_t start_time)
{
	return viewer->now > start_time ? (viewer->now - start_time) / viewer->tick : 0;
}

static void look_at_status(const struct viewer *viewer, int proc_fd, struct subject *s)
{
	struct proc_status status;

	if (proc_status_read(proc_fd, &status) < 0)
		return;
	s->has_uid = true;
	s->uid = status.uid[1];
	s->user = viewer_user(viewer, s->uid);
	/* Anybody may read this, where the links are for those who may trace the process. */
	if (status.nspid_depth > 0 && !viewer->foreign)
		*(status.nspid_depth > 1 ? &s->differs : &s->same) |= NS_BIT(NS_PID);
	proc_status_done(&status);
}

static void look_at_namespaces(const struct viewer *viewer, int proc_fd, struct subject *s)
{
	ns_set known;

	s->seen = read_inodes(proc_fd, s->ino);
	known = s->seen & viewer->own_seen;
	s->same &= ~known;
	s->differs &= ~known;
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		if (ns_has(known, t))
			*(s->ino[t] == viewer->own[t] ? &s->same : &s->differs) |= NS_BIT(t);
}

/* As much as fits: a command line may be as long as memory. */
static void look_at_command(int proc_fd, struct subject *s)
{
	_cleanup_fd_ int fd = openat(proc_fd, "cmdline", O_RDONLY | O_CLOEXEC);
	char *buf = malloc(SUBJECT_CMDLINE_MAX + 1);
	ssize_t n = fd >= 0 && buf ? read(fd, buf, SUBJECT_CMDLINE_MAX) : -1;

	if (n <= 0) {
		free(buf);
		return;
	}
	buf[n] = '\0';
	s->cmdline = buf;
	s->cmdline_size = (size_t)n;
}

static void look_at_pid_tree(int proc_fd, struct subject *s)
{
	int fd[PID_LEVELS];
	int n = pidns_open_below(proc_fd, fd, PID_LEVELS);

	for (int i = 0; i < n; i++) {
		if (i > 0 && nsfd_inode(fd[i], &s->pid_above[s->n_pid_above]) == 0)
			s->n_pid_above++;
		(void)fd_close(fd[i]); /* always -EBADF */
	}
}

/* Up to the user namespace whose parent is ours. */
static void look_at_user_tree(const struct viewer *viewer, int proc_fd, struct subject *s)
{
	_cleanup_fd_ int fd = nsfd_open_link(proc_fd, "ns/user");

	while (fd >= 0) {
		uint64_t ino;
		int parent;

		if (nsfd_inode(fd, &ino) < 0 || ino == viewer->own[NS_USER])
			return;
		s->user_top = ino;
		if (nsfd_owner_uid(fd, &s->user_owner) < 0)
			s->user_owner = UINT32_MAX;
		parent = nsfd_open_parent(fd);
		(void)fd_close(fd); /* always -EBADF */
		fd = parent;
	}
}

bool subject_look(const struct viewer *viewer, const struct listed *listed, unsigned int needs,
		  struct subject *ret_subject)
{
	struct subject s = { .listed = listed };
	int proc_fd = listed->found.proc_fd;
	char state;

	if (needs & (NEED_STATUS | NEED_NS))
		look_at_status(viewer, proc_fd, &s);
	if (needs & NEED_NS)
		look_at_namespaces(viewer, proc_fd, &s);
	if (needs & NEED_COMMAND)
		look_at_command(proc_fd, &s);
	/* Making it costs the kernel as much as all the rest. */
	if ((needs & NEED_STAT) || ((needs & NEED_COMMAND) && !s.cmdline))
		s.has_stat = proc_stat_read(proc_fd, &s.stat) == 0;
	if (needs & NEED_ROOT)
		s.root = root_describe(proc_fd);
	if (needs & NEED_TREE) {
		look_at_pid_tree(proc_fd, &s);
		look_at_user_tree(viewer, proc_fd, &s);
	}
	state = s.has_stat ? s.stat.state : 'R';
	if (state == 'Z' || state == 'X' ||
	    (listed->found.pidfd >= 0 && pidfd_exited(listed->found.pidfd))) {
		subject_done(&s);
		return false;
	}
	*ret_subject = s;
	return true;
}

unsigned int subject_needs_apart(unsigned int needs)
{
	return needs & NEED_COMMAND ? (needs ^ NEED_COMMAND) | NEED_STAT : needs;
}

void subject_done(struct subject *subject)
{
	free(subject->user);
	free(subject->cmdline);
	free(subject->root);
	*subject = (struct subject){ 0 };
}

const char *subject_next_word(const struct subject *subject, size_t *at)
{
	const char *word;

	if (*at >= subject->cmdline_size)
		return NULL;
	word = subject->cmdline + *at;
	*at += strlen(word) + 1;
	return word;
}
