/* SPDX-License-Identifier: MIT */
/*
 * Makes a target: a process in namespaces of its own, made as the options say. Prints what a test
 * needs to know as NAME=VALUE lines ("target", the inode of each namespace, "ready" last) and keeps
 * the target until its standard input ends or has a line, so that nothing outlives the test.
 *
 * Three processes: the supervisor prints, writes id maps and waits; the maker makes the namespaces;
 * the target, which is the maker itself where no pid or time namespace is asked for, waits. Each
 * dies with the one before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/ioprio.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

struct box {
	const char *before, *between, *spaces; /* letters as nsjoin has them */
	const char *uid_map, *gid_map;
	int nest;      /* user namespaces around the target's, each with an identity map */
	long as;       /* the uid and gid that make everything; -1: ours */
	long uid, gid; /* the target's own, inside; -1: whatever the map gives */
	const char *groups, *boottime, *root, *hostname, *setup, *cwd, *comm;
	long filters;	  /* of seccomp, each of which lets acct(2) fail */
	const char *deny; /* or this call */
	const char *thread_deny;
	const char
		*on_signal; /* what SIGUSR1 makes a second thread do: "exit", "exec"; or "first" */
	bool pivot, mount_proc, deny_setgroups, clobber, undumpable;
	bool nnp, limits, few_caps, engine_caps, thread, noticing;
};

/* What the maker and the target tell the supervisor. */
struct message {
	char kind; /* 'm': write my maps, 'o': an identity map, 'p': the target's pid, 'r': ready */
	pid_t pid;
};

static void die(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	fputs("nsbox: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, ": %s\n", strerror(saved));
	va_end(ap);
	exit(1);
}

static int clone_flags(const char *letters)
{
	static const char known[] = "muinpUCT";
	static const int flag[] = { CLONE_NEWNS,  CLONE_NEWUTS,	 CLONE_NEWIPC,	  CLONE_NEWNET,
				    CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWCGROUP, CLONE_NEWTIME };
	int flags = 0;

	for (; letters && *letters; letters++) {
		const char *hit = strchr(known, *letters);

		if (!hit) {
			fprintf(stderr, "nsbox: no namespace has the letter %c\n", *letters);
			exit(2);
		}
		flags |= flag[hit - known];
	}
	return flags;
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("write %s", path);
	close(fd);
}

static void tell(int sock, char kind, pid_t pid)
{
	struct message msg = { .kind = kind, .pid = pid };

	if (send(sock, &msg, sizeof(msg), 0) != sizeof(msg))
		die("tell the supervisor");
}

/* The maker's side of an id map: ask for it and wait until it is there. */
static void make_userns(int sock, char kind)
{
	char done;

	if (unshare(CLONE_NEWUSER) < 0)
		die("unshare user");
	tell(sock, kind, getpid());
	if (recv(sock, &done, 1, 0) != 1)
		die("wait for the id map");
}

static void become(long id)
{
	if (id < 0)
		return;
	if (setgroups(0, NULL) < 0 || setresgid((gid_t)id, (gid_t)id, (gid_t)id) < 0 ||
	    setresuid((uid_t)id, (uid_t)id, (uid_t)id) < 0)
		die("become uid %ld", id);
	/* As after an exec: a change of ids takes the files of /proc/self away from us. */
	prctl(PR_SET_DUMPABLE, 1);
}

static void change_root(const struct box *box)
{
	if (!box->root)
		return;
	if (!box->pivot) {
		if (chroot(box->root) < 0 || chdir("/") < 0)
			die("chroot %s", box->root);
		return;
	}
	if (mount(box->root, box->root, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(box->root) < 0)
		die("bind %s", box->root);
	if (box->mount_proc && mount("proc", "proc", "proc", 0, NULL) < 0)
		die("mount proc in %s", box->root);
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		die("pivot_root %s", box->root);
}

static void set_ids(const struct box *box)
{
	gid_t list[32];
	size_t n = 0;
	char *end;

	for (const char *s = box->groups; s && *s && n < 32; s = *end ? end + 1 : end)
		list[n++] = (gid_t)strtoul(s, &end, 10);
	if (box->groups && setgroups(n, list) < 0)
		die("setgroups");
	if (box->gid >= 0 && setresgid((gid_t)box->gid, (gid_t)box->gid, (gid_t)box->gid) < 0)
		die("setgid");
	if (box->uid >= 0 && setresuid((uid_t)box->uid, (uid_t)box->uid, (uid_t)box->uid) < 0)
		die("setuid");
	prctl(PR_SET_DUMPABLE, !box->undumpable);
}

/* What programs do that write their title over their arguments: the environment is gone with it. */
static void clobber_environ(void)
{
	extern char **environ;
	char *first = environ[0], *last = first;

	for (char **e = environ; *e; e++)
		last = *e + strlen(*e);
	if (first)
		memset(first, 'x', (size_t)(last - first));
}

/* Limits that nobody has by chance. */
static void limit(void)
{
	const struct rlimit nofile = { 64, 128 }, core = { 0, 0 };

	if (setrlimit(RLIMIT_NOFILE, &nofile) < 0 || setrlimit(RLIMIT_CORE, &core) < 0 ||
	    setpriority(PRIO_PROCESS, 0, 5) < 0)
		die("set limits");
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)) <
		    0 ||
	    personality(ADDR_NO_RANDOMIZE) < 0)
		die("set priority and personality");
	write_text("/proc/self/oom_score_adj", "300");
	umask(027);
}

static unsigned int call_number(const char *name)
{
	static const struct {
		const char *name;
		unsigned int nr;
	} calls[] = { { "acct", SYS_acct },
		      { "capset", SYS_capset },
		      { "execve", SYS_execve },
		      { "seccomp", SYS_seccomp },
		      { "setsid", SYS_setsid } };

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(name, calls[i].name) == 0)
			return calls[i].nr;
	fprintf(stderr, "nsbox: no call that can be denied: %s\n", name);
	exit(2);
}

/* seccomp(2) itself does nothing then, and seems to succeed; there is another way to load them. */
static void add_filters(long n, const char *deny)
{
	const unsigned int nr = deny ? call_number(deny) : SYS_acct;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (nr == SYS_seccomp ? 0 : ENOTTY)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	for (; n > 0; n--)
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
			die("load a filter");
}

struct thread {
	const struct box *box;
	int ready[2]; /* a pipe: closed by exec only, as all threads share it */
};

static volatile sig_atomic_t told;

static void tell_thread(int sig)
{
	(void)sig;
	told = 1;
}

/* Becomes another program, by whichever thread. */
static void execute(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execlp("sleep", "sleep", "1000", NULL);
	die("execute sleep");
}

/* A second thread and what it or the first does on SIGUSR1. */
static bool does(const struct box *box, const char *what)
{
	return box->on_signal && strcmp(box->on_signal, what) == 0;
}

static int thread_main(void *arg)
{
	const struct thread *thread = arg; /* not there any more once we have told */
	const struct box *box = thread->box;
	sigset_t usr1;

	if (box->thread_deny) {
		if (box->nnp)
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		add_filters(box->filters, box->thread_deny);
	}
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	if (write(thread->ready[1], "", 1) != 1)
		die("tell of the thread");
	for (;;) {
		while (box->on_signal && !told)
			usleep(1000);
		if (does(box, "exec"))
			execute();
		if (does(box, "exit"))
			return 0;
		pause();
	}
}

/* A second thread, which has what we have now, and waits so that it notices nothing. */
static void start_thread(const struct box *box)
{
	static char stack[16384] __attribute__((aligned(16)));
	const int flags =
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	struct thread thread = { .box = box };
	char byte;

	if (pipe(thread.ready) < 0 ||
	    clone(thread_main, stack + sizeof(stack), flags, &thread) < 0 ||
	    read(thread.ready[0], &byte, 1) != 1)
		die("start a thread");
}

/* In a call that ends early when its thread is stopped, or in one that goes on. */
static void wait_forever(const struct box *box)
{
	struct epoll_event event;
	int epoll = box->noticing ? epoll_create1(EPOLL_CLOEXEC) : -1;

	for (;;) {
		if (epoll >= 0)
			(void)epoll_wait(epoll, &event, 1, -1);
		else
			pause();
		if (does(box, "first"))
			execute();
	}
}

#define FEW_CAPS    (1u << CAP_CHOWN | 1u << CAP_KILL | 1u << CAP_SYS_PTRACE)
#define ENGINE_CAPS 0xa80425fbu

static void drop_bounding(uint32_t keep)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if ((cap > 31 || !(keep >> cap & 1)) && prctl(PR_CAPBSET_DROP, cap) < 0)
			die("drop capability %d", cap);
}

static void drop_caps(uint32_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		die("capget");
	data[0].effective = data[0].permitted &= keep;
	data[1].effective = data[1].permitted = 0;
	data[0].inheritable = data[1].inheritable = 0;
	if (syscall(SYS_capset, &header, data) < 0)
		die("capset");
}

static void target_main(const struct box *box, int sock)
{
	const uint32_t keep = box->few_caps ? FEW_CAPS : box->engine_caps ? ENGINE_CAPS : 0;

	if (box->hostname && sethostname(box->hostname, strlen(box->hostname)) < 0)
		die("sethostname");
	if (clone_flags(box->spaces) & CLONE_NEWNS) {
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			die("make the mounts private");
		if (box->mount_proc && !box->root && mount("proc", "/proc", "proc", 0, NULL) < 0)
			die("mount /proc");
	}
	if (box->setup && system(box->setup) != 0) {
		errno = ECHILD;
		die("run \"%s\"", box->setup);
	}
	change_root(box);
	if (box->cwd && chdir(box->cwd) < 0)
		die("chdir %s", box->cwd);
	if (box->limits)
		limit();
	if (keep)
		drop_bounding(keep);
	if (box->thread_deny)
		start_thread(box);
	add_filters(box->filters, box->deny);
	set_ids(box);
	if (keep)
		drop_caps(keep);
	if (box->nnp)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (box->on_signal)
		(void)signal(SIGUSR1, tell_thread);
	if (box->thread || box->on_signal)
		start_thread(box);
	if (box->clobber)
		clobber_environ();
	if (box->comm)
		prctl(PR_SET_NAME, box->comm);
	/* Cleared by the change of ids, so it is set here. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tell(sock, 'r', 0);
	wait_forever(box);
}

static void maker_main(const struct box *box, int sock)
{
	int flags = clone_flags(box->spaces);
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(clone_flags(box->before)) < 0)
		die("unshare %s", box->before);
	become(box->as);
	for (int i = 0; i < box->nest; i++)
		make_userns(sock, 'o');
	if (unshare(clone_flags(box->between)) < 0)
		die("unshare %s", box->between);
	if (flags & CLONE_NEWUSER)
		make_userns(sock, 'm');
	if (unshare(flags & ~CLONE_NEWUSER) < 0)
		die("unshare %s", box->spaces);
	if (box->boottime) {
		char offset[64];

		snprintf(offset, sizeof(offset), "boottime %s 0", box->boottime);
		write_text("/proc/self/timens_offsets", offset);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A new pid or time namespace is for the children. */
	if (((flags | clone_flags(box->before)) & (CLONE_NEWPID | CLONE_NEWTIME)) == 0) {
		tell(sock, 'p', getpid());
		target_main(box, sock);
	}
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		target_main(box, sock);
	tell(sock, 'p', pid);
	close(sock);
	waitpid(pid, NULL, 0);
	exit(1);
}

/* The kernel takes an id map only from the user namespace itself or from its parent. */
static void enter_parent_userns(pid_t pid)
{
	char path[64];
	int fd, parent;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("open %s", path);
	parent = ioctl(fd, NS_GET_PARENT);
	/* EINVAL: it is ours already. */
	if (parent < 0 || (setns(parent, CLONE_NEWUSER) < 0 && errno != EINVAL))
		die("enter the parent of the user namespace of %d", pid);
}

static void write_maps(pid_t pid, const char *uid_map, const char *gid_map, bool deny)
{
	char path[64], own_uid[32], own_gid[32];

	snprintf(own_uid, sizeof(own_uid), "0 %u 1", geteuid());
	snprintf(own_gid, sizeof(own_gid), "0 %u 1", getegid());
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	write_text(path, uid_map ? uid_map : own_uid);
	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	/* Without CAP_SETGID the kernel takes a gid map only after this. */
	if (deny || geteuid() != 0)
		write_text(path, "deny");
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	write_text(path, gid_map ? gid_map : own_gid);
}

static void serve_maps(const struct box *box, const struct message *msg)
{
	static const char identity[] = "0 0 4294967295";
	pid_t writer = fork();
	int status;

	if (writer == 0) {
		enter_parent_userns(msg->pid);
		if (msg->kind == 'o')
			write_maps(msg->pid, identity, identity, false);
		else
			write_maps(msg->pid, box->uid_map, box->gid_map, box->deny_setgroups);
		_exit(0);
	}
	if (writer < 0 || waitpid(writer, &status, 0) != writer || status != 0)
		exit(1);
}

static void print_namespaces(pid_t pid)
{
	static const char *const name[] = { "user",   "mnt",  "pid",
					    "net",    "ipc",  "uts",
					    "cgroup", "time", "pid_for_children" };
	char path[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name[i]);
		if (stat(path, &st) == 0)
			printf("%s=%ju\n", name[i], (uintmax_t)st.st_ino);
	}
}

static int supervise(const struct box *box, pid_t maker, int sock)
{
	struct message msg;
	bool ready = false;
	pid_t pid = 0;
	char byte = 0;

	while (!ready || !pid) {
		if (recv(sock, &msg, sizeof(msg), 0) != sizeof(msg))
			return 1;
		if (msg.kind == 'm' || msg.kind == 'o') {
			serve_maps(box, &msg);
			send(sock, &byte, 1, 0);
		}
		if (msg.kind == 'p')
			pid = msg.pid;
		if (msg.kind == 'r')
			ready = true;
	}
	printf("target=%d\n", pid);
	print_namespaces(pid);
	puts("ready=1");
	fflush(stdout);
	fclose(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
	/* All of it is over when we are: the target falls to us when its maker has ended. */
	kill(maker, SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}

struct word_option {
	const char *name;
	size_t offset;
};

/* clang-format off */
static const struct word_option texts[] = {
	{ "before",   offsetof(struct box, before) },   /* made first, owned by our user namespace */
	{ "between",  offsetof(struct box, between) },  /* made in the user namespaces of --nest */
	{ "ns",       offsetof(struct box, spaces) },
	{ "uid-map",  offsetof(struct box, uid_map) },
	{ "gid-map",  offsetof(struct box, gid_map) },
	{ "groups",   offsetof(struct box, groups) },   /* N,N,... inside */
	{ "boottime", offsetof(struct box, boottime) }, /* seconds added, with --ns=T */
	{ "root",     offsetof(struct box, root) },     /* chroot; with --pivot: pivot_root */
	{ "hostname", offsetof(struct box, hostname) },
	{ "setup",    offsetof(struct box, setup) },    /* a shell command, run before the root changes */
	{ "cwd",      offsetof(struct box, cwd) },
	{ "comm",     offsetof(struct box, comm) },
	{ "deny",     offsetof(struct box, deny) },     /* capset, execve, seccomp, setsid: with --filters */
	{ "on-signal", offsetof(struct box, on_signal) },
	{ "thread-deny", offsetof(struct box, thread_deny) }, /* a second thread has filters of this instead */
};
static const struct word_option numbers[] = {
	{ "as",  offsetof(struct box, as) },
	{ "uid", offsetof(struct box, uid) },
	{ "gid", offsetof(struct box, gid) },
	{ "filters", offsetof(struct box, filters) },
};
static const struct word_option switches[] = {
	{ "pivot",          offsetof(struct box, pivot) },
	{ "mount-proc",     offsetof(struct box, mount_proc) },
	{ "deny-setgroups", offsetof(struct box, deny_setgroups) },
	{ "clobber",        offsetof(struct box, clobber) },      /* environ overwritten */
	{ "undumpable",     offsetof(struct box, undumpable) },
	{ "nnp",            offsetof(struct box, nnp) },          /* no_new_privs */
	{ "limits",         offsetof(struct box, limits) },       /* nofile, core, nice, io, oom, umask, personality */
	{ "engine-caps",    offsetof(struct box, engine_caps) },  /* as container engines leave them */
	{ "few-caps",       offsetof(struct box, few_caps) },     /* three, and no more to be had */
	{ "thread",         offsetof(struct box, thread) },       /* a second one, which has all the same */
	{ "noticing",       offsetof(struct box, noticing) },     /* the target waits in epoll_wait(2) */
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void *find_option(struct box *box, const struct word_option *list, size_t n,
			 const char *name, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i].name) == length && memcmp(list[i].name, name, length) == 0)
			return (char *)box + list[i].offset;
	return NULL;
}

static void take_option(struct box *box, const char *word)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : "";
	const char *value = strchr(name, '=');
	size_t length = value ? (size_t)(value - name) : strlen(name);
	const char **text = find_option(box, texts, COUNT(texts), name, length);
	long *number = find_option(box, numbers, COUNT(numbers), name, length);
	bool *on = find_option(box, switches, COUNT(switches), name, length);

	if (text && value)
		*text = value + 1;
	else if (number && value)
		*number = atol(value + 1);
	else if (on && !value)
		*on = true;
	else if (strncmp(name, "nest=", 5) == 0)
		box->nest = atoi(value + 1);
	else {
		fprintf(stderr, "nsbox: no such option: %s\n", word);
		exit(2);
	}
}

int main(int argc, char *argv[])
{
	struct box box = { .as = -1, .uid = -1, .gid = -1 };
	int pair[2];
	pid_t maker;

	for (int i = 1; i < argc; i++)
		take_option(&box, argv[i]);
	/* The pipes of other targets would keep those alive. */
	close_range(3, ~0U, 0);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	maker = fork();
	if (maker < 0)
		die("fork");
	if (maker == 0) {
		close(pair[0]);
		maker_main(&box, pair[1]);
	}
	close(pair[1]);
	return supervise(&box, maker, pair[0]);
}
