/* SPDX-License-Identifier: MIT */
/*
 * Filters of a target's, which it may have loaded itself: what they say to a call. The input is a
 * number, an argument, and instructions of four bytes each, of which a program is made that the kernel
 * takes; and the same bytes as they are.
 */
#include "sys/seccomp.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>

#include "fuzz.h"

enum {
	INSNS_MAX = 256,
};

/* All that the kernel takes (seccomp_check_filter()). */
static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_W | BPF_LEN,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JSET | BPF_X,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
};

/* Numbers that decide something; others are what they are. */
static const uint32_t values[] = {
	SECCOMP_RET_ALLOW,
	SECCOMP_RET_LOG,
	SECCOMP_RET_ERRNO | 1,
	SECCOMP_RET_KILL_THREAD,
	SECCOMP_RET_TRAP,
	SECCOMP_OUR_ARCH,
	SYS_seccomp,
	SYS_execve,
	SECCOMP_RET_TRACE,
	0x80000000,
	0xffffffff,
	31,
	SECCOMP_RET_ACTION,
	32,
	33,
	2,
};

/* As the kernel checks it: what an instruction can lead to is there. @after: how many follow */
static struct sock_filter make_insn(const uint8_t *data, size_t after)
{
	struct sock_filter f = { .code = codes[data[0] % ARRAY_SIZE(codes)] };

	f.k = data[1] < ARRAY_SIZE(values) ? values[data[1]] : data[1];
	if (f.code == (BPF_LD | BPF_W | BPF_ABS))
		f.k = f.k % (sizeof(struct seccomp_data) / 4) * 4;
	if (BPF_CLASS(f.code) == BPF_ST || BPF_CLASS(f.code) == BPF_STX ||
	    (BPF_CLASS(f.code) <= BPF_LDX && BPF_MODE(f.code) == BPF_MEM))
		f.k %= BPF_MEMWORDS;
	if (f.code == (BPF_ALU | BPF_DIV | BPF_K) && f.k == 0)
		f.k = 1;
	if (f.code == (BPF_ALU | BPF_LSH | BPF_K) || f.code == (BPF_ALU | BPF_RSH | BPF_K))
		f.k %= 32;
	if (BPF_CLASS(f.code) == BPF_JMP) {
		f.jt = (uint8_t)(data[2] % after);
		f.jf = (uint8_t)(data[3] % after);
	}
	if (f.code == (BPF_JMP | BPF_JA))
		f.k %= (uint32_t)after;
	return f;
}

/* Return: how many instructions there are; the last one returns. */
static size_t make_filter(const uint8_t *data, size_t size, struct sock_filter *insns)
{
	size_t n = MIN(size / 4, (size_t)INSNS_MAX - 1);

	for (size_t i = 0; i < n; i++)
		insns[i] = make_insn(data + i * 4, n - i);
	insns[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n + 1;
}

struct state {
	uint32_t a, x, mem[BPF_MEMWORDS];
};

/* What the kernel makes of an operand: it ends the filter where a division has none. */
static bool calculate(uint16_t op, struct state *s, uint32_t operand)
{
	switch (op) {
	case BPF_ADD:
		s->a += operand;
		return true;
	case BPF_SUB:
		s->a -= operand;
		return true;
	case BPF_MUL:
		s->a *= operand;
		return true;
	case BPF_DIV:
		s->a = operand ? s->a / operand : s->a;
		return operand != 0;
	case BPF_AND:
		s->a &= operand;
		return true;
	case BPF_OR:
		s->a |= operand;
		return true;
	case BPF_XOR:
		s->a ^= operand;
		return true;
	case BPF_LSH:
		s->a <<= operand & 31;
		return true;
	case BPF_RSH:
		s->a >>= operand & 31;
		return true;
	case BPF_NEG:
		s->a = 0 - s->a;
		return true;
	}
	MUST(false);
	return false;
}

static bool holds(uint16_t op, uint32_t a, uint32_t operand)
{
	switch (op) {
	case BPF_JEQ:
		return a == operand;
	case BPF_JGT:
		return a > operand;
	case BPF_JGE:
		return a >= operand;
	case BPF_JSET:
		return (a & operand) != 0;
	}
	MUST(false);
	return false;
}

static uint32_t fetch(const struct state *s, const struct sock_filter *f, const uint32_t *words)
{
	switch (BPF_MODE(f->code)) {
	case BPF_IMM:
		return f->k;
	case BPF_ABS:
		return words[f->k / 4];
	case BPF_MEM:
		return s->mem[f->k];
	}
	MUST(BPF_MODE(f->code) == BPF_LEN);
	return sizeof(struct seccomp_data);
}

/* What a filter returns, by the words of the manual: as plain as can be. */
static uint32_t expected(const struct sock_filter *f, const uint32_t *words)
{
	struct state s = { 0 };

	for (;; f++) {
		uint32_t operand = BPF_SRC(f->code) == BPF_X ? s.x : f->k;

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			s.a = fetch(&s, f, words);
			break;
		case BPF_LDX:
			s.x = fetch(&s, f, words);
			break;
		case BPF_ST:
			s.mem[f->k] = s.a;
			break;
		case BPF_STX:
			s.mem[f->k] = s.x;
			break;
		case BPF_ALU:
			if (!calculate(BPF_OP(f->code), &s, operand))
				return 0;
			break;
		case BPF_JMP:
			if (BPF_OP(f->code) == BPF_JA)
				f += f->k;
			else
				f += holds(BPF_OP(f->code), s.a, operand) ? f->jt : f->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(f->code) == BPF_A ? s.a : f->k;
		case BPF_MISC:
			*(BPF_MISCOP(f->code) == BPF_TAX ? &s.x : &s.a) =
				BPF_MISCOP(f->code) == BPF_TAX ? s.a : s.x;
			break;
		}
	}
}

static void check_filter(const uint8_t *data, size_t size, int nr, uint32_t arg)
{
	const struct seccomp_data call = { .nr = nr, .arch = SECCOMP_OUR_ARCH, .args = { arg } };
	uint32_t words[sizeof(call) / sizeof(uint32_t)], action;
	struct sock_filter insns[INSNS_MAX];
	size_t n = make_filter(data, size, insns);

	memcpy(words, &call, sizeof(call));
	action = expected(insns, words) & SECCOMP_RET_ACTION_FULL;
	MUST(seccomp_allows(insns, n, nr, arg) ==
	     (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG || !SECCOMP_OUR_ARCH));
}

/* What no kernel has let pass comes to an end as well, and reads nothing else. */
static void check_bytes(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = fuzz_text(data, size);

	(void)seccomp_allows((const struct sock_filter *)(void *)copy,
			     size / sizeof(struct sock_filter), SYS_execve, 0);
}

static void check_restarts(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	if (seccomp_restarts(text))
		MUST(strncmp(text, "running", 7) == 0 || strtol(text, NULL, 10) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	check_restarts(data, size);
	check_bytes(data, size);
	check_filter(data + 2, size - 2,
		     data[0] < ARRAY_SIZE(values) ? (int)values[data[0]] : data[0],
		     data[1] < ARRAY_SIZE(values) ? values[data[1]] : data[1]);
	return 0;
}
