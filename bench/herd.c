/* SPDX-License-Identifier: MIT */
/*
 * herd [-e EMPTY] [-p PARENT] PROCESSES CGROUPS
 *
 * A crowd to look for somebody in: PROCESSES that sleep, nine of ten in CGROUPS below PARENT
 * ("docker") in all hierarchies that are mounted, each of those with pid, mount, network, UTS and
 * IPC namespaces of its own as a container has them, and EMPTY cgroups more beside them. Prints
 * "ID PID" for each, the pid being that of its init, and "ready". All of it is gone again when
 * standard input ends or a signal asks for it: what was started is killed, what was made is removed,
 * and nothing else.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	HIERARCHIES_MAX = 32,
	ID_SIZE = 64 + 1,
	REMOVE_TRIES = 1000 /* of 10 ms: the dead leave their cgroups a little later */
};

static const char mounts[] = "/sys/fs/cgroup";

struct herd {
	const char *parent;
	size_t processes, cgroups, empty;
	int root[HIERARCHIES_MAX];	   /* of the hierarchies */
	bool made_parent[HIERARCHIES_MAX]; /* PARENT was not there */
	size_t hierarchies;
	size_t made; /* cgroups that there may be */
	pid_t *pid;  /* that were started */
	size_t started;
	int signals; /* a signalfd */
	uint64_t seed;
};

static int complain(const char *what)
{
	fprintf(stderr, "herd: %s: %s\n", what, strerror(errno));
	return -1;
}

/* A name as an engine gives it, the same whenever it is asked for. */
static void id_of(const struct herd *h, size_t index, char id[ID_SIZE])
{
	for (unsigned int part = 0; part < 4; part++) {
		uint64_t x = h->seed + (index * 4 + part + 1) * 0x9e3779b97f4a7c15;

		x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
		x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
		(void)snprintf(id + (size_t)part * 16, 17, "%016llx",
			       (unsigned long long)(x ^ x >> 31));
	}
}

static void add_hierarchy(struct herd *h, int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && h->hierarchies < HIERARCHIES_MAX &&
	    faccessat(fd, "cgroup.procs", F_OK, 0) == 0)
		h->root[h->hierarchies++] = fd;
	else if (fd >= 0)
		(void)close(fd); /* it was only looked at */
}

/* cgroup v2 itself, or what is mounted below. A second name of one (cpu,cpuacct) is a link. */
static int find_hierarchies(struct herd *h)
{
	DIR *dir = opendir(mounts);
	struct dirent *entry;

	if (!dir)
		return complain(mounts);
	add_hierarchy(h, dirfd(dir), ".");
	while (h->hierarchies != 1 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			add_hierarchy(h, dirfd(dir), entry->d_name);
	(void)closedir(dir); /* it was only read */
	errno = ENOENT;
	return h->hierarchies > 0 ? 0 : complain(mounts);
}

static int write_at(int dir_fd, const char *name, const char *text, size_t n)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, n);

	if (fd >= 0)
		(void)close(fd); /* a control file reports with write() */
	return written == (ssize_t)n ? 0 : -1;
}

/* A cpuset of v1 takes nobody before it has processors and memory. */
static void inherit(int from_fd, int to_fd, const char *name)
{
	int fd = openat(from_fd, name, O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (fd >= 0)
		(void)close(fd); /* it was only read */
	if (n > 0)
		(void)write_at(to_fd, name, text, (size_t)n); /* joining it will tell */
}

/* Return: 1 where it was made, 0 where it was there, or -1. */
static int make_cgroup(int parent_fd, const char *name)
{
	int fd;

	if (mkdirat(parent_fd, name, 0755) < 0)
		return errno == EEXIST ? 0 : complain(name);
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return complain(name);
	inherit(parent_fd, fd, "cpuset.cpus");
	inherit(parent_fd, fd, "cpuset.mems");
	(void)close(fd); /* a directory */
	return 1;
}

static int make_parents(struct herd *h)
{
	for (size_t i = 0; i < h->hierarchies; i++) {
		int r = make_cgroup(h->root[i], h->parent);

		if (r < 0)
			return -1;
		h->made_parent[i] = r > 0;
	}
	return 0;
}

static void path_of(const struct herd *h, size_t index, char path[PATH_MAX])
{
	char id[ID_SIZE];

	id_of(h, index, id);
	(void)snprintf(path, PATH_MAX, "%s/%s", h->parent, id); /* PARENT was found to be short */
}

static int make_cgroups(struct herd *h)
{
	char path[PATH_MAX];

	path_of(h, h->made++, path);
	for (size_t i = 0; i < h->hierarchies; i++)
		if (make_cgroup(h->root[i], path) < 0)
			return -1;
	return 0;
}

_Noreturn static void sleep_on(void)
{
	for (;;)
		pause();
}

static int join_cgroups(const struct herd *h, size_t index)
{
	char path[PATH_MAX];

	path_of(h, index, path);
	(void)strcat(path, "/cgroup.procs"); /* likewise */
	for (size_t i = 0; i < h->hierarchies; i++)
		if (write_at(h->root[i], path, "0", 1) < 0)
			return complain(path);
	return 0;
}

/* The first of a container: its children die with it. */
_Noreturn static void lead(const struct herd *h, size_t index, size_t members, int ready)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || join_cgroups(h, index) < 0)
		_exit(1);
	while (members-- > 1) {
		pid_t pid = fork();

		if (pid == 0)
			sleep_on();
		if (pid < 0 && complain("fork"))
			_exit(1);
	}
	/* Nobody reads any more: the herd is gone, and so is this. */
	if (write(ready, "", 1) != 1)
		_exit(1);
	sleep_on();
}

/* Starts a container and waits until it is whole. */
static int start_container(struct herd *h, size_t index, size_t members)
{
	const unsigned long spaces =
		CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;
	char id[ID_SIZE], byte;
	int ready[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return complain("pipe");
	pid = (pid_t)syscall(SYS_clone, spaces | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		(void)close(ready[0]); /* to be told when the herd is gone */
		lead(h, index, members, ready[1]);
	}
	(void)close(ready[1]); /* the container's */
	if (pid > 0)
		h->pid[h->started++] = pid;
	n = pid < 0 ? -1 : read(ready[0], &byte, 1);
	(void)close(ready[0]); /* it has served */
	if (n != 1)
		return complain("start a container");
	id_of(h, index, id);
	printf("%s %d\n", id, pid);
	return 0;
}

static int start_loose(struct herd *h)
{
	pid_t self = getpid(), pid = fork();

	if (pid < 0)
		return complain("fork");
	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != self)
			_exit(1);
		sleep_on();
	}
	h->pid[h->started++] = pid;
	return 0;
}

/* Whether somebody wants it to end, at once or within the time. */
static bool is_over(const struct herd *h, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = h->signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	return poll(fds, 2, timeout_ms) != 0;
}

static int gather(struct herd *h)
{
	size_t contained = h->cgroups ? h->processes / 10 * 9 : 0;

	if (make_parents(h) < 0)
		return -1;
	for (size_t i = 0; i < h->cgroups + h->empty && !is_over(h, 0); i++) {
		/* What the division leaves goes to the first. */
		size_t members =
			i < h->cgroups ? contained / h->cgroups + (i < contained % h->cgroups) : 0;

		if (make_cgroups(h) < 0 || (members > 0 && start_container(h, i, members) < 0))
			return -1;
	}
	for (size_t i = contained; i < h->processes && !is_over(h, 0); i++)
		if (start_loose(h) < 0)
			return -1;
	return 0;
}

/* Return: 0, or -1 with errno. */
static int remove_cgroup(int root, const char *path)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	for (int i = 0; i < REMOVE_TRIES; i++) {
		if (unlinkat(root, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -1;
		(void)nanosleep(&pause, NULL); /* all signals are blocked */
	}
	return -1;
}

static int scatter(struct herd *h)
{
	char path[PATH_MAX];
	int r = 0;

	/* Not reaped yet, so that each is still the one that was started. */
	for (size_t i = 0; i < h->started; i++)
		(void)kill(h->pid[i], SIGKILL); /* it may have ended */
	for (size_t i = 0; i < h->started; i++)
		while (waitpid(h->pid[i], NULL, 0) < 0 && errno == EINTR)
			;
	for (size_t k = 0; k < h->made; k++) {
		path_of(h, k, path);
		for (size_t i = 0; i < h->hierarchies; i++)
			if (remove_cgroup(h->root[i], path) < 0)
				r = complain(path);
	}
	for (size_t i = 0; i < h->hierarchies; i++)
		/* Somebody else may have come to live there: then it stays. */
		if (h->made_parent[i] && unlinkat(h->root[i], h->parent, AT_REMOVEDIR) < 0 &&
		    errno != EBUSY && errno != ENOTEMPTY)
			r = complain(h->parent);
	return r;
}

_Noreturn static void usage(void)
{
	fputs("usage: herd [-e EMPTY] [-p PARENT] PROCESSES CGROUPS\n", stderr);
	exit(2);
}

static void take_arguments(struct herd *h, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "e:p:")) != -1) {
		if (c == 'e')
			h->empty = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			h->parent = optarg;
		else
			usage();
	}
	if (argc - optind != 2 || strlen(h->parent) > NAME_MAX || strchr(h->parent, '/'))
		usage();
	h->processes = strtoul(argv[optind], NULL, 10);
	h->cgroups = strtoul(argv[optind + 1], NULL, 10);
}

/* Until all is gone again nothing may end this. Return: a signalfd, or -1. */
static int hold_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set); /* cannot fail, nor can the others */
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGPIPE);
	(void)sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return complain("block signals");
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct herd h = { .parent = "docker", .seed = (uint64_t)getpid() << 32 };
	int r;

	take_arguments(&h, argc, argv);
	h.signals = hold_signals();
	h.pid = calloc(h.processes + 1, sizeof(*h.pid));
	if (h.signals < 0 || !h.pid || find_hierarchies(&h) < 0)
		return 1;
	r = gather(&h);
	if (r == 0 && !is_over(&h, 0)) {
		puts("ready");
		(void)fflush(stdout); /* who reads it waits, or has gone */
		(void)is_over(&h, -1);
	}
	if (scatter(&h) < 0)
		r = -1;
	free(h.pid);
	return r < 0 ? 1 : 0;
}
