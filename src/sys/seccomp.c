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

/* So many of a process are looked at. */
enum {
	THREADS_MAX = 64
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

/* Whether it would stop, and in time. Return: as seccomp_choose(). */
static int can_stop(const struct proc_modes *modes)
{
	if (modes->tracer != 0 || modes->state == 't') /* a tracer from outside has no number */
		return -EBUSY;
	if (modes->state == 'Z' || modes->state == 'X')
		return -ESRCH;
	/* One that SIGSTOP has stopped is only handed over, and back. */
	return modes->state && strchr("RST", modes->state) ? 0 : -EAGAIN;
}

/* Of two threads of a process with as many filters both have the same where one is like this. */
static bool could_add_none(const struct proc_modes *modes, const struct caps_sets *caps)
{
	return !modes->no_new_privs && !(caps->bounding >> CAP_SYS_ADMIN & 1);
}

static bool is_unnoticed(int proc_fd)
{
	char text[256]; /* nine numbers in hex */

	return fd_read_file(proc_fd, "syscall", text, sizeof(text)) > 0 && seccomp_restarts(text);
}

/*
 * Finds out about a thread from one text: where its state and its tracer are read one after the
 * other, whoever held it may have let go in between. Return: as seccomp_choose().
 */
static int look_at(struct seccomp_thread *thread, int n_filters, bool is_other)
{
	_cleanup_free_ char *text = NULL;
	struct proc_modes modes;
	struct caps_sets caps;
	int r = proc_status_text(thread->proc_fd, &text);

	if (r >= 0)
		r = modes_parse(text, &modes);
	if (r >= 0)
		r = caps_parse(text, &caps);
	if (r >= 0)
		r = can_stop(&modes);
	if (r < 0)
		return r;
	thread->unnoticed = modes.seccomp == SECCOMP_MODE_FILTER && modes.n_filters == n_filters &&
			    (!is_other || could_add_none(&modes, &caps)) &&
			    (modes.state == 'T' || is_unnoticed(thread->proc_fd));
	return 0;
}

static int open_below(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Takes it where it will not notice. Return: whether that is so. */
static bool consider(pid_t tid, int proc_fd_consume, int n_filters,
		     struct seccomp_thread *ret_thread)
{
	struct seccomp_thread one = { .tid = tid, .proc_fd = proc_fd_consume };

	if (one.proc_fd >= 0 && look_at(&one, n_filters, true) == 0 && one.unnoticed) {
		*ret_thread = one;
		return true;
	}
	seccomp_thread_done(&one);
	return false;
}

static bool find_other(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *ret_thread)
{
	int list = open_below(proc_fd, "task");
	DIR *dir = list < 0 ? NULL : fdopendir(list);
	const struct dirent *entry;
	bool found = false;
	pid_t tid;

	if (!dir) {
		(void)fd_close(list); /* always -EBADF */
		return false;
	}
	for (int n = 0; !found && n < THREADS_MAX && (entry = readdir(dir)); n++)
		if (parse_pid(entry->d_name, &tid) == 0 && tid != pid)
			found = consider(tid, open_below(dirfd(dir), entry->d_name), n_filters,
					 ret_thread);
	(void)closedir(dir); /* read-only */
	return found;
}

int seccomp_choose(int proc_fd, pid_t pid, int n_filters, struct seccomp_thread *ret_thread)
{
	const int own_fd = open_below(proc_fd, ".");
	_cleanup_seccomp_thread_ struct seccomp_thread first = { .tid = pid, .proc_fd = own_fd };
	int r;

	if (own_fd < 0)
		return own_fd;
	r = look_at(&first, n_filters, false);
	if (!first.unnoticed && n_filters >= 0 && find_other(proc_fd, pid, n_filters, ret_thread))
		return 0;
	if (r < 0)
		return r;
	*ret_thread = first;
	first = SECCOMP_THREAD_NONE;
	return 0;
}

pid_t seccomp_tracer(int proc_fd)
{
	_cleanup_free_ char *text = NULL;
	struct proc_modes modes;

	if (proc_status_text(proc_fd, &text) < 0 || modes_parse(text, &modes) < 0)
		return 0;
	return modes.tracer;
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
		return a / b;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b % 32);
	case BPF_RSH:
		return a >> (b % 32);
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

/* The kernel lets no filter divide by a number that is 0, and ends one that comes to it. */
static bool divides_by_zero(const struct machine *m, const struct sock_filter *f)
{
	return BPF_OP(f->code) == BPF_DIV && (BPF_SRC(f->code) == BPF_X ? m->x : f->k) == 0;
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
			if (divides_by_zero(m, f))
				return SECCOMP_RET_KILL_THREAD;
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
	const struct seccomp_data data = { .nr = nr, .arch = SECCOMP_OUR_ARCH, .args = { arg } };
	struct machine machine = { .data = &data };
	uint32_t action;

	if (SECCOMP_OUR_ARCH == 0)
		return true;
	action = run_filter(insns, n, &machine) & SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}
