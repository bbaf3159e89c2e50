/* SPDX-License-Identifier: MIT */
/* A filter of our own in front of the target's, behind which those are loaded in half of the time. */
#include <assert.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include "run/filter.h"
#include "sys/seccomp.h"
#include "util/macro.h"

/*
 * Which calls a filter allows whatever their arguments are, the kernel finds out while it loads it:
 * those skip all filters from then on (seccomp_cache_prepare_bitmap(), Linux 5.11). For that it runs
 * the filter for each call that there is, twice as many where there are 32-bit programs as well, which
 * is three quarters of the time that an engine's usual one takes. What the filters before do not let
 * pass like this it leaves out. So ours allows everything, but looks at an argument first where the
 * call is none of these. Such a call goes through the filters each time, for a fraction of a
 * microsecond; programs do not make it all the time.
 */
/* clang-format off */
static const unsigned int frequent[] = {
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_openat,
	SYS_close, SYS_fcntl, SYS_ioctl, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_faccessat,
	SYS_readlinkat, SYS_getdents64, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise, SYS_brk,
	SYS_futex, SYS_ppoll, SYS_epoll_pwait, SYS_epoll_ctl, SYS_sendto, SYS_recvfrom, SYS_sendmsg,
	SYS_recvmsg, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_nanosleep,
	SYS_clock_nanosleep, SYS_clock_gettime, SYS_sched_yield, SYS_getpid, SYS_gettid,
	SYS_getrandom,
#ifdef SYS_open /* not where the kernel began without what the calls above replace */
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_poll, SYS_select, SYS_epoll_wait,
#endif
};
/* clang-format on */

enum {
	N_FREQUENT = ARRAY_SIZE(frequent),
	LENGTH = N_FREQUENT + 5,
	/* Of the target's, in instructions. With fewer it costs what it saves; more could come to what
	 * the kernel allows a thread (32,768) by ours alone. */
	WORTH_MIN = 400,
	WORTH_MAX = 16384,
};

static_assert(N_FREQUENT < UINT8_MAX, "a conditional jump is not longer");

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter jump_if(uint32_t value, size_t if_equal, size_t if_not)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (uint8_t)if_equal,
					    (uint8_t)if_not);
}

static void write_filter(struct sock_filter *to)
{
	*to++ = load(offsetof(struct seccomp_data, arch));
	*to++ = jump_if(SECCOMP_OUR_ARCH, 0, N_FREQUENT + 1);
	*to++ = load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < N_FREQUENT; i++)
		*to++ = jump_if(frequent[i], N_FREQUENT - i, 0);
	*to++ = load(offsetof(struct seccomp_data, args));
	*to = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

void filters_quicken(struct filters *filters)
{
	const size_t theirs = filters->words / FILTERS_INSN_WORDS;
	const size_t words = 1 + LENGTH * FILTERS_INSN_WORDS;
	uint32_t *first = filters->text + 1;

	if (SECCOMP_OUR_ARCH == 0 || theirs < WORTH_MIN || theirs > WORTH_MAX)
		return;
	memmove(first + words, first, (filters->words - 1) * sizeof(*first));
	*first = LENGTH;
	write_filter((struct sock_filter *)(first + 1));
	filters->text[0]++;
	filters->words += words;
}
