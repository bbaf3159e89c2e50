/* SPDX-License-Identifier: MIT */
/*
 * lockup memory|exec FILE [FILTER] - a process that keeps from others what they want to know of it
 *
 * FILE is on a file system that does not give its content (stallfs DIR read). "memory": a thread reads
 * it by way of /proc/self/mem, which holds the process's memory, and another one waits for it, to
 * change it; so does whoever comes after them. "exec": a thread executes it, and as long as that lasts
 * nobody can trace the process. FILTER, of any text, is a seccomp filter that forbids nothing.
 *
 * Says "locked" when that is so. Ended by SIGKILL when the file system has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *file;
static void *map;

static void *hold_memory(void *ctx)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char c;

	(void)usleep(100000);
	(void)!pread(fd, &c, 1, (off_t)(uintptr_t)map);
	return ctx;
}

static void *change_memory(void *ctx)
{
	(void)usleep(300000);
	(void)!mprotect(ctx, 1, PROT_READ);
	return ctx;
}

static void *execute(void *ctx)
{
	execl(file, file, (char *)NULL);
	perror(file);
	return ctx;
}

static void load_filter(void)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct sock_fprog program = { .len = 1, .filter = code };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		perror("lockup: seccomp");
}

static int start(void *(*work)(void *ctx), void *ctx)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, work, ctx);
}

/* Both threads get their stacks first: nobody gets memory afterwards. */
static int lock_memory(void)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	void *changed = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	map = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED || changed == MAP_FAILED || start(hold_memory, NULL) != 0)
		return -1;
	return start(change_memory, changed);
}

int main(int argc, char *argv[])
{
	static const char done[] = "locked\n";
	int r;

	if (argc < 3)
		return 2;
	file = argv[2];
	if (argc > 3)
		load_filter();
	r = strcmp(argv[1], "memory") == 0 ? lock_memory() : start(execute, NULL);
	if (r != 0) {
		perror("lockup");
		return 1;
	}
	(void)usleep(500000);
	(void)!write(STDOUT_FILENO, done, sizeof(done) - 1);
	for (;;)
		(void)pause();
}
