/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/proc.h"
#include "sys/seccomp.h"
#include "util/fd.h"
#include "util/macro.h"

#define LOAD(field)    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

static void a_filter_allows_what_it_returns(void **state)
{
	const struct sock_filter allow[] = { RETURN(SECCOMP_RET_ALLOW) };
	const struct sock_filter log[] = { RETURN(SECCOMP_RET_LOG) };
	const struct sock_filter deny[] = { RETURN(SECCOMP_RET_ERRNO | EPERM) };
	const struct sock_filter trap[] = { RETURN(SECCOMP_RET_TRAP) };
	const struct sock_filter kill[] = { RETURN(SECCOMP_RET_KILL_THREAD) };
	const struct sock_filter notify[] = { RETURN(SECCOMP_RET_USER_NOTIF) };

	(void)state;
	assert_true(seccomp_allows(allow, 1, SYS_execve, 0));
	assert_true(seccomp_allows(log, 1, SYS_execve, 0));
	assert_false(seccomp_allows(deny, 1, SYS_execve, 0));
	assert_false(seccomp_allows(trap, 1, SYS_execve, 0));
	assert_false(seccomp_allows(kill, 1, SYS_execve, 0));
	assert_false(seccomp_allows(notify, 1, SYS_execve, 0));
}

static void a_filter_sees_the_number_of_the_call(void **state)
{
	const struct sock_filter filter[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_capset, 0, 1),
		RETURN(SECCOMP_RET_ERRNO | EPERM),
		RETURN(SECCOMP_RET_ALLOW),
	};

	(void)state;
	assert_false(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_capset, 0));
	assert_true(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_execve, 0));
}

static void a_filter_sees_the_first_argument(void **state)
{
	const struct sock_filter filter[] = {
		LOAD(args[0]),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
		BPF_STMT(BPF_ST, 3),
		BPF_STMT(BPF_LD | BPF_IMM, 0),
		BPF_STMT(BPF_LDX | BPF_MEM, 3),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x20, 0, 2),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_KILL_PROCESS),
	};

	(void)state;
	assert_true(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, 0x2f));
	assert_false(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, 0x1f));
}

/* As the kernel computes: A is the call's argument, X as given. */
static void a_filter_computes_with_32_bits(void **state)
{
	static const struct {
		uint16_t op;
		uint32_t a, x, result;
	} cases[] = {
		{ BPF_ADD, UINT32_MAX, 2, 1 },
		{ BPF_SUB, 1, 2, UINT32_MAX },
		{ BPF_MUL, 0x10001, 0x10000, 0x10000 },
		{ BPF_DIV, 7, 2, 3 },
		{ BPF_AND, 6, 3, 2 },
		{ BPF_OR, 6, 3, 7 },
		{ BPF_XOR, 6, 3, 5 },
		{ BPF_LSH, 3, 31, 0x80000000 },
		{ BPF_RSH, 0x80000000, 31, 1 },
		{ BPF_NEG, 1, 0, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sock_filter filter[] = {
			BPF_STMT(BPF_LDX | BPF_IMM, cases[i].x),
			LOAD(args[0]),
			BPF_STMT(BPF_ALU | BPF_X | cases[i].op, 0),
			BPF_STMT(BPF_MISC | BPF_TAX, 0),
			BPF_STMT(BPF_LD | BPF_IMM, cases[i].result),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
			RETURN(SECCOMP_RET_ALLOW),
			RETURN(SECCOMP_RET_KILL_PROCESS),
		};

		assert_true(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, cases[i].a));
	}
}

static void a_filter_may_return_what_it_has_computed(void **state)
{
	const struct sock_filter filter[] = {
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 8, 1, 0),
		BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	(void)state;
	assert_true(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, 8));
	assert_false(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, 10));
	assert_false(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_prctl, 7));
}

static void a_filter_that_comes_to_no_end_allows_nothing(void **state)
{
	const struct sock_filter filter[] = { LOAD(nr) };

	(void)state;
	assert_false(seccomp_allows(filter, ARRAY_SIZE(filter), SYS_execve, 0));
	assert_false(seccomp_allows(filter, 0, SYS_execve, 0));
}

/* What the kernel makes of it: who is killed tells nothing. */
static bool kernel_allows(const struct sock_filter *insns, size_t n)
{
	const struct sock_fprog program = { .len = (unsigned short)n,
					    .filter = (void *)(uintptr_t)insns };
	bool *answered = mmap(NULL, sizeof(*answered), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool allows;
	pid_t pid;

	assert_true(answered != MAP_FAILED);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
		    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
			*answered = syscall(SYS_getpid) > 0;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	allows = *answered;
	assert_int_equal(munmap(answered, sizeof(*answered)), 0);
	return allows;
}

static void a_filter_computes_as_the_kernel_does(void **state)
{
	static const struct {
		uint16_t op;
		uint32_t a, x, result;
		bool allows;
	} row[] = {
		{ BPF_ADD, 0xffffffff, 3, 2, true },  { BPF_SUB, 1, 2, 0xffffffff, true },
		{ BPF_MUL, 0x80000001, 2, 2, true },  { BPF_DIV, 7, 2, 3, true },
		{ BPF_DIV, 7, 0, 0, false }, /* it kills, whatever follows */
		{ BPF_LSH, 1, 31, 0x80000000, true }, { BPF_LSH, 1, 32, 1, true },
		{ BPF_LSH, 1, 32, 0, false },	      { BPF_RSH, 4, 34, 1, true },
		{ BPF_RSH, 4, 34, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct sock_filter filter[] = {
			BPF_STMT(BPF_LD | BPF_IMM, row[i].a),
			BPF_STMT(BPF_LDX | BPF_IMM, row[i].x),
			BPF_STMT(BPF_ALU | BPF_X | row[i].op, 0),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, row[i].result, 0, 1),
			RETURN(SECCOMP_RET_ALLOW),
			RETURN(SECCOMP_RET_KILL_PROCESS), /* it could not even end by itself */
		};
		bool allows = seccomp_allows(filter, ARRAY_SIZE(filter), SYS_getpid, 0);

		assert_int_equal(kernel_allows(filter, ARRAY_SIZE(filter)), row[i].allows);
		assert_int_equal(allows, row[i].allows || SECCOMP_OUR_ARCH == 0);
	}
}

static void calls_that_are_restarted_notice_nothing(void **state)
{
	char text[64];

	(void)state;
	assert_true(seccomp_restarts("running\n"));
	(void)snprintf(text, sizeof(text), "%d 0x0 0x1\n", SYS_wait4);
	assert_true(seccomp_restarts(text));
	(void)snprintf(text, sizeof(text), "%d 0x0 0x1\n", SYS_clock_nanosleep);
	assert_true(seccomp_restarts(text));
	(void)snprintf(text, sizeof(text), "%d 0x0 0x1\n", SYS_epoll_pwait);
	assert_false(seccomp_restarts(text));
	(void)snprintf(text, sizeof(text), "%d 0x0 0x1\n", SYS_rt_sigtimedwait);
	assert_false(seccomp_restarts(text));
	assert_false(seccomp_restarts("-1 0x7ffc 0x7f00\n"));
	assert_false(seccomp_restarts(""));
}

static void nobody_is_taken_who_has_other_filters(void **state)
{
	_cleanup_fd_ int self = proc_open(getpid());
	struct seccomp_thread thread = SECCOMP_THREAD_NONE;

	(void)state;
	/* We have none: the process itself is what remains, and it is said to notice. */
	assert_int_equal(seccomp_choose(self, getpid(), 7, &thread), 0);
	assert_int_equal(thread.tid, getpid());
	assert_false(thread.unnoticed);
	assert_true(thread.proc_fd >= 0);
	seccomp_thread_done(&thread);
	assert_int_equal(thread.proc_fd, -EBADF);
}

static int choose_from(pid_t pid)
{
	_cleanup_seccomp_thread_ struct seccomp_thread thread = SECCOMP_THREAD_NONE;
	_cleanup_fd_ int proc_fd = proc_open(pid);

	return seccomp_choose(proc_fd, pid, 0, &thread);
}

static pid_t tracer_of(pid_t pid)
{
	_cleanup_fd_ int proc_fd = proc_open(pid);

	return seccomp_tracer(proc_fd);
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static void who_is_traced_is_held_from_the_first_moment_on(void **state)
{
	pid_t pid = start_child();
	int status;

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(choose_from(pid), 0);
	assert_int_equal(tracer_of(pid), 0);
	assert_int_equal(ptrace(PTRACE_SEIZE, pid, NULL, NULL), 0);
	assert_int_equal(choose_from(pid), -EBUSY);
	assert_int_equal(tracer_of(pid), getpid());
	assert_int_equal(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, &status, __WALL), pid);
	assert_int_equal(choose_from(pid), -EBUSY);
	assert_int_equal(ptrace(PTRACE_DETACH, pid, NULL, NULL), 0);
	assert_int_equal(choose_from(pid), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void who_was_stopped_is_a_choice_and_who_has_ended_is_none(void **state)
{
	pid_t pid = start_child();
	siginfo_t info;
	int status;

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(choose_from(pid), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(choose_from(pid), -ESRCH);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_allows_what_it_returns),
		cmocka_unit_test(a_filter_sees_the_number_of_the_call),
		cmocka_unit_test(a_filter_sees_the_first_argument),
		cmocka_unit_test(a_filter_computes_with_32_bits),
		cmocka_unit_test(a_filter_may_return_what_it_has_computed),
		cmocka_unit_test(a_filter_that_comes_to_no_end_allows_nothing),
		cmocka_unit_test(a_filter_computes_as_the_kernel_does),
		cmocka_unit_test(calls_that_are_restarted_notice_nothing),
		cmocka_unit_test(nobody_is_taken_who_has_other_filters),
		cmocka_unit_test(who_is_traced_is_held_from_the_first_moment_on),
		cmocka_unit_test(who_was_stopped_is_a_choice_and_who_has_ended_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
