/* SPDX-License-Identifier: MIT */
/*
 * System calls that an isolated program needs and others do not, by number: each function that is
 * imported from the C library costs every start some 450 instructions of the loader. As the library's
 * own they return -1 and set errno.
 */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * On 32 bits the plain numbers are of calls that cut ids to 16 bits, and that take structs which are not
 * the library's: there nothing of this would do what it says.
 */
_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8, "nsjoin is for 64-bit systems");

/* The kernel's own size of a set of signals. */
enum {
	CALL_SIGSET_SIZE = 8
};

static inline void *call_mmap(size_t size, int protection, int flags)
{
	return (void *)syscall(SYS_mmap, NULL, size, protection, flags, -1, 0L);
}

static inline int call_socketpair(int domain, int type, int protocol, int fd[2])
{
	return (int)syscall(SYS_socketpair, domain, type, protocol, fd);
}

static inline ssize_t call_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return syscall(SYS_sendmsg, fd, message, flags);
}

static inline ssize_t call_recvmsg(int fd, struct msghdr *message, int flags)
{
	return syscall(SYS_recvmsg, fd, message, flags);
}

static inline ssize_t call_send(int fd, const void *buf, size_t n, int flags)
{
	return syscall(SYS_sendto, fd, buf, n, flags, NULL, 0);
}

static inline ssize_t call_recv(int fd, void *buf, size_t n, int flags)
{
	return syscall(SYS_recvfrom, fd, buf, n, flags, NULL, NULL);
}

static inline int call_shutdown(int fd, int how)
{
	return (int)syscall(SYS_shutdown, fd, how);
}

static inline int call_signalfd(const sigset_t *set, int flags)
{
	return (int)syscall(SYS_signalfd4, -1, set, CALL_SIGSET_SIZE, flags);
}

/* Bit N - 1 for signal N. */
static inline int call_sigpending(uint64_t *set)
{
	return (int)syscall(SYS_rt_sigpending, set, CALL_SIGSET_SIZE);
}

static inline int call_memfd_create(const char *name, unsigned int flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

static inline int call_fchmod(int fd, mode_t mode)
{
	return (int)syscall(SYS_fchmod, fd, mode);
}

static inline int call_fchown(int fd, uid_t uid, gid_t gid)
{
	return (int)syscall(SYS_fchown, fd, uid, gid);
}

static inline ssize_t call_sendfile(int to, int from, off_t *offset, size_t n)
{
	return syscall(SYS_sendfile, to, from, offset, n);
}

static inline mode_t call_umask(mode_t mask)
{
	return (mode_t)syscall(SYS_umask, mask);
}

static inline int call_mkdirat(int dirfd, const char *path, mode_t mode)
{
	return (int)syscall(SYS_mkdirat, dirfd, path, mode);
}

static inline int call_mkdir(const char *path, mode_t mode)
{
	return call_mkdirat(AT_FDCWD, path, mode);
}

static inline int call_unlinkat(int dirfd, const char *path, int flags)
{
	return (int)syscall(SYS_unlinkat, dirfd, path, flags);
}

static inline int call_symlinkat(const char *text, int dirfd, const char *path)
{
	return (int)syscall(SYS_symlinkat, text, dirfd, path);
}

static inline int call_unshare(int flags)
{
	return (int)syscall(SYS_unshare, flags);
}

static inline int call_mount(const char *source, const char *target, const char *type,
			     unsigned long flags, const void *data)
{
	return (int)syscall(SYS_mount, source, target, type, flags, data);
}

static inline int call_umount(const char *target, int flags)
{
	return (int)syscall(SYS_umount2, target, flags);
}

/* Neither says whether it was done. */
static inline void call_setfsuid(uid_t uid)
{
	(void)syscall(SYS_setfsuid, uid);
}

static inline void call_setfsgid(gid_t gid)
{
	(void)syscall(SYS_setfsgid, gid);
}

static inline int call_setpriority(int which, id_t who, int nice)
{
	return (int)syscall(SYS_setpriority, which, who, nice);
}

/* Its own: 64 bits wide everywhere. */
static inline int call_setrlimit(int kind, const struct rlimit *limit)
{
	return (int)syscall(SYS_prlimit64, 0, kind, limit, NULL);
}

static inline int call_sched_setaffinity(pid_t pid, size_t size, const void *cpus)
{
	return (int)syscall(SYS_sched_setaffinity, pid, size, cpus);
}

static inline int call_sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	return (int)syscall(SYS_sched_setscheduler, pid, policy, param);
}

static inline int call_ioprio_set(int which, int who, int priority)
{
	return (int)syscall(SYS_ioprio_set, which, who, priority);
}

static inline long call_personality(unsigned long personality)
{
	return syscall(SYS_personality, personality);
}

static inline long call_ptrace(long request, pid_t pid, void *at, void *data)
{
	return syscall(SYS_ptrace, request, (long)pid, at, data);
}

static inline int call_nanosleep(const struct timespec *time)
{
	return (int)syscall(SYS_nanosleep, time, NULL);
}

/* @ret_info may be NULL; without @time it waits for ever. */
static inline int call_sigtimedwait(const sigset_t *set, siginfo_t *ret_info,
				    const struct timespec *time)
{
	return (int)syscall(SYS_rt_sigtimedwait, set, ret_info, time, CALL_SIGSET_SIZE);
}

static inline int call_waitid(idtype_t type, id_t id, siginfo_t *ret_info, int options)
{
	return (int)syscall(SYS_waitid, type, id, ret_info, options, NULL);
}

static inline pid_t call_getpgid(pid_t pid)
{
	return (pid_t)syscall(SYS_getpgid, pid);
}

static inline pid_t call_getsid(pid_t pid)
{
	return (pid_t)syscall(SYS_getsid, pid);
}

static inline pid_t call_setsid(void)
{
	return (pid_t)syscall(SYS_setsid);
}

/* Of this thread alone, which is the only one. */
static inline int call_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)syscall(SYS_setresuid, real, effective, saved);
}

static inline int call_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)syscall(SYS_setresgid, real, effective, saved);
}

static inline int call_fchdir(int fd)
{
	return (int)syscall(SYS_fchdir, fd);
}

static inline int call_chroot(const char *path)
{
	return (int)syscall(SYS_chroot, path);
}

static inline int call_pipe(int ret_end[2], int flags)
{
	return (int)syscall(SYS_pipe2, ret_end, flags);
}

static inline int call_signal_default(int sig)
{
	static const struct sigaction by_default = { .sa_handler = SIG_DFL };

	return sigaction(sig, &by_default, NULL);
}

static inline int call_dup_to(int from, int to)
{
	return (int)syscall(SYS_dup3, from, to, 0);
}
