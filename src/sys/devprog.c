/* SPDX-License-Identifier: MIT */
#include "sys/devprog.h"

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As many as the kernel lets attach to one cgroup (BPF_CGROUP_MAX_PROGS); with those above it is more. */
enum {
	PROGRAMS_MAX = 64
};

struct programs {
	uint32_t id[PROGRAMS_MAX], n;
};

static bool ask(int dir_fd, struct programs *ret)
{
	union bpf_attr attr = {
		.query = {
			.target_fd = (uint32_t)dir_fd,
			.attach_type = BPF_CGROUP_DEVICE,
			.query_flags = BPF_F_QUERY_EFFECTIVE,
			.prog_ids = (uintptr_t)ret->id,
			.prog_cnt = PROGRAMS_MAX,
		},
	};

	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return false;
	ret->n = attr.query.prog_cnt;
	return ret->n <= PROGRAMS_MAX;
}

static bool has(const struct programs *programs, uint32_t id)
{
	for (uint32_t i = 0; i < programs->n; i++)
		if (programs->id[i] == id)
			return true;
	return false;
}

bool devprog_more(int dir_fd, int other_fd)
{
	struct programs theirs, others;

	if (!ask(dir_fd, &theirs))
		return true;
	if (theirs.n == 0)
		return false;
	if (!ask(other_fd, &others))
		return true;
	for (uint32_t i = 0; i < theirs.n; i++)
		if (!has(&others, theirs.id[i]))
			return true;
	return false;
}
