/* SPDX-License-Identifier: MIT */
#include "sys/devprog.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/fd.h"

struct programs {
	uint32_t id[DEVPROG_MAX], n;
};

static int ask(int dir_fd, struct programs *ret)
{
	union bpf_attr attr = {
		.query = {
			.target_fd = (uint32_t)dir_fd,
			.attach_type = BPF_CGROUP_DEVICE,
			.query_flags = BPF_F_QUERY_EFFECTIVE,
			.prog_ids = (uintptr_t)ret->id,
			.prog_cnt = DEVPROG_MAX,
		},
	};

	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return -errno;
	ret->n = attr.query.prog_cnt;
	return 0;
}

static bool has(const struct programs *programs, uint32_t id)
{
	for (uint32_t i = 0; i < programs->n; i++)
		if (programs->id[i] == id)
			return true;
	return false;
}

static int open_program(uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd; /* the kernel makes it O_CLOEXEC */
}

int devprogs_open(int dir_fd, int other_fd, struct devprogs *ret_progs)
{
	struct devprogs progs = { .n = 0 };
	struct programs theirs, others;
	int r = ask(dir_fd, &theirs);

	if (r >= 0 && theirs.n > 0)
		r = ask(other_fd, &others);
	for (uint32_t i = 0; r >= 0 && i < theirs.n; i++) {
		if (has(&others, theirs.id[i]))
			continue;
		r = open_program(theirs.id[i]);
		if (r >= 0)
			progs.fd[progs.n++] = r;
	}
	if (r < 0) {
		devprogs_close(&progs);
		return r;
	}
	*ret_progs = progs;
	return 0;
}

void devprogs_close(struct devprogs *progs)
{
	while (progs->n > 0)
		(void)fd_close(progs->fd[--progs->n]); /* always -EBADF */
}
