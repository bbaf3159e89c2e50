/* SPDX-License-Identifier: MIT */
#include "sys/seccomp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/caps.h"
#include "sys/confine.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"
#include "util/take.h"

enum {
	THREADS_MAX = 64, /* so many of a process are looked at */
	STATUS_TEXT_MAX = 1 << 20,
};

/*
 * What the kernel restarts after a stop without a signal handler, whatever it waits for. Not here:
 * epoll_wait, sigtimedwait, semop, io_getevents and all of sockets, which may have a timeout.
 */
/* clang-format off */
static const long restarted[] = {
	SYS_wait4, SYS_waitid, SYS_nanosleep, SYS_clock_nanosleep, SYS_futex, SYS_rt_sigsuspend,
	SYS_ppoll, SYS_pselect6, SYS_restart_syscall, SYS_flock,
#ifdef SYS_poll
	SYS_poll, SYS_select, SYS_pause,
#endif
};

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#else
#define OUR_ARCH 0
#endif
/* clang-format on */

void seccomp_thread_done(struct seccomp_thread *thread)
{
	thread->proc_fd = fd_close(thread->proc_fd);
}

bool seccomp_restarts(const char *text)
{
	int nr;

	if (strncmp(text, "running", strlen("running")) == 0)
		return true;
	if (!take_int(text, &nr) || nr < 0) /* "-1": waits outside of a call, for memory */
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(restarted); i++)
		if (nr == restarted[i])
			return true;
	return false;
}

/* Stopped, dead or not to be interrupted: would not stop in time, or at all. */
static bool can_stop(int proc_fd)
{
	struct proc_stat stat;

	return proc_stat_read(proc_fd, &stat) == 0 && (stat.state == 'R' || stat.state == 'S');
}

/* Stopped by somebody who traces it. */
static bool is_held(int proc_fd)
{
	struct proc_stat stat;

	return proc_stat_read(proc_fd, &stat) == 0 && stat.state == 't';
}

/* Of two threads of a process with as many filters both have the same where one is like this. */
static bool could_add_none(const struct proc_modes *modes, const struct caps_sets *caps)
{
	return !modes->no_new_privs && !(caps->bounding >> CAP_SYS_ADMIN & 1);
}

static bool has_filters(int proc_fd, int n_filters, bool is_other)
{
	_cleanup_free_ char *text = NULL;
	struct proc_modes modes;
	struct caps_sets caps;

	if (fd_read_alloc(proc_fd, "status", STATUS_TEXT_MAX, &text) < 0 ||
	    modes_parse(text, &modes) < 0 || caps_parse(text, &caps) < 0)
		return false;
	return modes.seccomp == SECCOMP_MODE_FILTER && modes.tracer == 0 &&
	       modes.n_filters == n_filters && (!is_other || could_add_none(&modes, &caps));
}

static bool is_unnoticed(int proc_fd)
{
	char text[256]; /* nine numbers in hex */

	return fd_read_file(proc_fd, "syscall", text, sizeof(text)) > 0 && seccomp_restarts(text);
}

/* Takes a thread that will notice nothing. Return: whether it is one. */
static bool consider(struct seccomp_thread *best, pid_t tid, int proc_fd_consume, int n_filters,
		     bool is_other)
{
	struct seccomp_thread one = { .tid = tid, .proc_fd = proc_fd_consume };

	one.unnoticed = one.proc_fd >= 0 && can_stop(one.proc_fd) &&
			has_filters(one.proc_fd, n_filters, is_other) && is_unnoticed(one.proc_fd);
	if (!one.unnoticed) {
		seccomp_thread_done(&one);
		return false;
	}
	seccomp_thread_done(best);
	*best = one;
	return true;
}

static int open_below(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool consider_threads(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *best)
{
	int list = open_below(proc_fd, "task");
	DIR *dir = list < 0 ? NULL : fdopendir(list);
	const struct dirent *entry;
	bool done = false;
	pid_t tid;

	if (!dir) {
		(void)fd_close(list); /* always -EBADF */
		return false;
	}
	for (int n = 0; !done && n < THREADS_MAX && (entry = readdir(dir)); n++)
		if (parse_pid(entry->d_name, &tid) == 0 && tid != pid)
			done = consider(best, tid, open_below(dirfd(dir), entry->d_name), n_filters,
					true);
	(void)closedir(dir); /* read-only */
	return done;
}

int seccomp_choose(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *ret_thread)
{
	_cleanup_seccomp_thread_ struct seccomp_thread best = SECCOMP_THREAD_NONE;

	if (consider(&best, pid, open_below(proc_fd, "."), n_filters, false) ||
	    (n_filters >= 0 && consider_threads(proc_fd, pid, n_filters, &best))) {
		*ret_thread = best;
		best = SECCOMP_THREAD_NONE;
		return 0;
	}
	if (!can_stop(proc_fd))
		return is_held(proc_fd) ? -EBUSY : -EAGAIN;
	best.proc_fd = open_below(proc_fd, ".");
	if (best.proc_fd < 0)
		return best.proc_fd;
	best.tid = pid;
	*ret_thread = best;
	best = SECCOMP_THREAD_NONE;
	return 0;
}

/* ---- what a filter says */

/* The registers and memory of a filter's machine, as linux/filter.h has it. */
struct machine {
	uint32_t a, x, mem[BPF_MEMWORDS];
	const struct seccomp_data *data;
};

static uint32_t load(const struct machine *m, uint32_t offset)
{
	uint32_t word = 0;

	if (offset <= sizeof(*m->data) - sizeof(word))
		memcpy(&word, (const char *)m->data + offset, sizeof(word));
	return word;
}

static uint32_t compute(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return b ? a / b : 0;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return b < 32 ? a << b : 0;
	case BPF_RSH:
		return b < 32 ? a >> b : 0;
	case BPF_NEG:
		return -a;
	}
	return a;
}

static bool compare(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JSET:
		return a & b;
	}
	return false;
}

static uint32_t jump(const struct machine *m, const struct sock_filter *f)
{
	if (BPF_OP(f->code) == BPF_JA)
		return f->k;
	return compare(f->code, m->a, BPF_SRC(f->code) == BPF_X ? m->x : f->k) ? f->jt : f->jf;
}

static void load_into(struct machine *m, const struct sock_filter *f, uint32_t *reg)
{
	switch (BPF_MODE(f->code)) {
	case BPF_IMM:
		*reg = f->k;
		break;
	case BPF_ABS:
		*reg = load(m, f->k);
		break;
	case BPF_MEM:
		*reg = m->mem[f->k % BPF_MEMWORDS];
		break;
	case BPF_LEN:
		*reg = sizeof(struct seccomp_data);
		break;
	}
}

static void misc(struct machine *m, uint16_t code)
{
	if (BPF_MISCOP(code) == BPF_TAX)
		m->x = m->a;
	else
		m->a = m->x;
}

/* Jumps go forward only, so that this ends. */
static uint32_t run_filter(const struct sock_filter *insns, size_t n, struct machine *m)
{
	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &insns[pc];

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			load_into(m, f, &m->a);
			break;
		case BPF_LDX:
			load_into(m, f, &m->x);
			break;
		case BPF_ST:
			m->mem[f->k % BPF_MEMWORDS] = m->a;
			break;
		case BPF_STX:
			m->mem[f->k % BPF_MEMWORDS] = m->x;
			break;
		case BPF_ALU:
			m->a = compute(f->code, m->a, BPF_SRC(f->code) == BPF_X ? m->x : f->k);
			break;
		case BPF_JMP:
			pc += jump(m, f);
			break;
		case BPF_RET:
			return BPF_RVAL(f->code) == BPF_A ? m->a : f->k;
		case BPF_MISC:
			misc(m, f->code);
			break;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}

bool seccomp_allows(const struct sock_filter *insns, size_t n, int nr, uint64_t arg)
{
	const struct seccomp_data data = { .nr = nr, .arch = OUR_ARCH, .args = { arg } };
	struct machine machine = { .data = &data };
	uint32_t action;

	if (OUR_ARCH == 0)
		return true;
	action = run_filter(insns, n, &machine) & SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}
