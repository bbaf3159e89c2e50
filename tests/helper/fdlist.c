/* SPDX-License-Identifier: MIT */
/*
 * The program that is entered with: prints what it was given, one fact per line.
 *
 *   fdlist [WORD...]   facts whose line starts with one of the words; all without
 *   fdlist --status=N  ends with status N
 *
 * Needs no file: it asks by system call, and works in an empty container. /proc is used where it
 * is there, to name descriptors.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	FD_LIMIT = 4096
};

static char **words;

static bool is_wanted(const char *line)
{
	for (char **w = words; *w; w++) {
		size_t n = strlen(*w);

		if (strncmp(line, *w, n) == 0 && (line[n] == ' ' || line[n] == '\0'))
			return true;
	}
	return !*words;
}

/* One line, if it is wanted. */
__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	char line[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (is_wanted(line))
		puts(line);
}

static void say_descriptor(int fd)
{
	char path[64], name[4096];
	struct stat st;
	ssize_t n;

	if (fcntl(fd, F_GETFD) < 0 || fstat(fd, &st) < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	if (n < 0)
		n = snprintf(name, sizeof(name), "mode=%o ino=%ju", st.st_mode,
			     (uintmax_t)st.st_ino);
	name[n] = '\0';
	say("fd %d %s", fd, name);
}

/* Where there is no /proc each number is tried, which strace(1) takes a quarter of a second for. */
static void say_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	struct statfs fs;

	if (dir && fstatfs(dirfd(dir), &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC) {
		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir))
				say_descriptor(atoi(entry->d_name));
	} else {
		for (int fd = 0; fd < FD_LIMIT; fd++)
			if (!dir || fd != dirfd(dir))
				say_descriptor(fd);
	}
	if (dir)
		closedir(dir);
}

static void say_ids(void)
{
	gid_t groups[256];
	char text[4096] = "";
	size_t used = 0;
	uid_t u[3];
	gid_t g[3];
	int n;

	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	say("uid %u %u %u %d", u[0], u[1], u[2], setfsuid((uid_t)-1));
	say("gid %u %u %u %d", g[0], g[1], g[2], setfsgid((gid_t)-1));
	n = getgroups(256, groups);
	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %u", groups[i]);
	say("groups%s", text);
}

static void say_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t bounding = 0, ambient = 0;

	syscall(SYS_capget, &header, data);
	for (unsigned int cap = 0; cap < 64; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			bounding |= UINT64_C(1) << cap;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
			ambient |= UINT64_C(1) << cap;
	}
	say("capinh %08x%08x", data[1].inheritable, data[0].inheritable);
	say("capprm %08x%08x", data[1].permitted, data[0].permitted);
	say("capeff %08x%08x", data[1].effective, data[0].effective);
	say("capbnd %016jx", (uintmax_t)bounding);
	say("capamb %016jx", (uintmax_t)ambient);
	say("nnp %d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say("seccomp %d", prctl(PR_GET_SECCOMP));
}

/* Of ourselves through a pidfd (since Linux 6.11), else through /proc, which may not show us. */
static int open_namespace(int pidfd, unsigned int request, const char *name)
{
	char path[64];
	int fd = ioctl(pidfd, request, 0);

	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void say_namespaces(void)
{
	static const char *const name[] = { "cgroup", "ipc",
					    "mnt",    "net",
					    "pid",    "pid_for_children",
					    "time",   "time_for_children",
					    "user",   "uts" };
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct stat st;

	for (unsigned int i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		/* PIDFD_GET_*_NAMESPACE are numbered from 1 in this very order. */
		int fd = open_namespace(pidfd, _IO(0xFF, i + 1), name[i]);

		if (fd >= 0 && fstat(fd, &st) == 0)
			say("ns %s %ju", name[i], (uintmax_t)st.st_ino);
		close(fd);
	}
	close(pidfd);
}

static void say_directories(void)
{
	char path[4096];
	struct stat st;
	mode_t mask = umask(0);
	long n;

	umask(mask);
	/* The system call itself: the C library hides what the kernel says of unreachable ones. */
	n = syscall(SYS_getcwd, path, sizeof(path));
	say("cwd %s", n < 0 ? strerror(errno) : path);
	if (stat(".", &st) == 0)
		say("cwdino %ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	if (stat("/", &st) == 0)
		say("rootino %ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	say("umask %03o", mask);
}

static void say_signals(void)
{
	char blocked[512] = "", ignored[512] = "";
	struct sigaction act;
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		if (sigismember(&set, sig) == 1)
			strcat(strcat(blocked, " "), sigabbrev_np(sig));
		if (sigaction(sig, NULL, &act) == 0 && act.sa_handler == SIG_IGN)
			strcat(strcat(ignored, " "), sigabbrev_np(sig));
	}
	say("sigblk%s", blocked);
	say("sigign%s", ignored);
}

static void say_process(char **argv)
{
	struct rlimit limit;
	struct utsname uts;

	say("pid %d %d %d %d", getpid(), getppid(), getpgrp(), getsid(0));
	for (int i = 0; argv[i]; i++)
		say("arg %d %s", i, argv[i]);
	if (uname(&uts) == 0)
		say("hostname %s", uts.nodename);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		say("nofile %ju %ju", (uintmax_t)limit.rlim_cur, (uintmax_t)limit.rlim_max);
	if (getrlimit(RLIMIT_CORE, &limit) == 0)
		say("core %jd %jd", (intmax_t)limit.rlim_cur, (intmax_t)limit.rlim_max);
	say("nice %d", getpriority(PRIO_PROCESS, 0));
	say("dumpable %d", prctl(PR_GET_DUMPABLE));
}

int main(int argc, char *argv[])
{
	extern char **environ;

	if (argc > 1 && strncmp(argv[1], "--status=", 9) == 0)
		return atoi(argv[1] + 9);
	words = argv + 1;
	say_process(argv);
	if (is_wanted("fd"))
		say_descriptors();
	say_ids();
	say_capabilities();
	say_namespaces();
	say_directories();
	say_signals();
	for (char **e = environ; *e; e++)
		say("env %s", *e);
	return ferror(stdout) || fclose(stdout) != 0;
}
