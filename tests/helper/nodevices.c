/* SPDX-License-Identifier: MIT */
/* nodevices DIR - no process of the v2 cgroup DIR may open a device, as a runtime would say it */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int main(int argc, char *argv[])
{
	const struct bpf_insn denies[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uintptr_t)denies,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};
	int dir = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int program = bpf(BPF_PROG_LOAD, &load);
	union bpf_attr attach = {
		.target_fd = (uint32_t)dir,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	if (dir < 0 || program < 0 || bpf(BPF_PROG_ATTACH, &attach) < 0) {
		perror("nodevices");
		return 1;
	}
	return 0;
}
