/* SPDX-License-Identifier: MIT */
/*
 * padcalls NAME COUNT PROGRAM [ARGUMENT…] - makes COUNT system calls of that name, none of which
 * does anything, and executes PROGRAM.
 *
 * strace numbers the calls of each process from 1. A call by number that is meant for a child would
 * hit the loader of the first process as well; with this it hits one of these.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "capget", SYS_capget },
	{ "capset", SYS_capset },
	{ "chdir", SYS_chdir },
	{ "chroot", SYS_chroot },
	{ "close", SYS_close },
	{ "close_range", SYS_close_range },
	{ "dup3", SYS_dup3 },
	{ "execve", SYS_execve },
	{ "fchdir", SYS_fchdir },
	{ "fcntl", SYS_fcntl },
	{ "fstat", SYS_fstat },
	{ "fstatfs", SYS_fstatfs },
	{ "getdents64", SYS_getdents64 },
	{ "getpid", SYS_getpid },
	{ "getppid", SYS_getppid },
	{ "getrandom", SYS_getrandom },
	{ "gettid", SYS_gettid },
	{ "lseek", SYS_lseek },
	{ "madvise", SYS_madvise },
	{ "mmap", SYS_mmap },
	{ "mprotect", SYS_mprotect },
	{ "munmap", SYS_munmap },
	{ "newfstatat", SYS_newfstatat },
	{ "openat", SYS_openat },
	{ "openat2", SYS_openat2 },
	{ "prctl", SYS_prctl },
	{ "pread64", SYS_pread64 },
	{ "prlimit64", SYS_prlimit64 },
	{ "read", SYS_read },
	{ "readlinkat", SYS_readlinkat },
	{ "rt_sigaction", SYS_rt_sigaction },
	{ "rt_sigprocmask", SYS_rt_sigprocmask },
	{ "setgroups", SYS_setgroups },
	{ "setns", SYS_setns },
	{ "setresgid", SYS_setresgid },
	{ "setresuid", SYS_setresuid },
	{ "write", SYS_write },
	{ "brk", SYS_brk },
};

int main(int argc, char *argv[])
{
	size_t i = 0;

	if (argc < 4)
		return 2;
	while (i < sizeof(calls) / sizeof(calls[0]) && strcmp(calls[i].name, argv[1]) != 0)
		i++;
	if (i == sizeof(calls) / sizeof(calls[0])) {
		fprintf(stderr, "padcalls: no such call: %s\n", argv[1]);
		return 2;
	}
	for (int n = atoi(argv[2]); n > 0; n--)
		syscall(calls[i].number, -1L, -1L, -1L, -1L, -1L, -1L);
	execv(argv[3], argv + 3);
	perror("padcalls");
	return 2;
}
