/* SPDX-License-Identifier: MIT */
/*
 * What a file needs to be started: nothing, a loader, a script interpreter, another processor. It
 * follows the rules of the kernel's binfmt_elf and binfmt_script; binfmt_misc may start more.
 */
#pragma once

#include <limits.h>
#include <stddef.h>

enum elf_kind {
	ELF_KIND_NONE,	  /* no format that the kernel knows: execve(2) gives ENOEXEC */
	ELF_KIND_STATIC,  /* needs nothing else */
	ELF_KIND_DYNAMIC, /* interp is the loader */
	ELF_KIND_SCRIPT,  /* interp is the program after "#!" */
	ELF_KIND_FOREIGN, /* ELF for another processor: arch */
};

/* BINPRM_BUF_SIZE: how much of a script's first line the kernel reads; 256 since Linux 5.1. */
enum {
	ELF_SCRIPT_MAX = 256
};

struct elf_needs {
	enum elf_kind kind;
	const char *arch;	  /* static text, "aarch64"; NULL for scripts and ELF_KIND_NONE */
	char interp[PATH_MAX];	  /* "" unless dynamic or script; untrusted, may be relative */
	char arg[ELF_SCRIPT_MAX]; /* the one argument of "#!interp arg", or "" */
};

/*
 * elf_inspect() - look at an open file
 * @fd: readable; its offset is neither used nor moved
 *
 * At most 4 KiB of the start, 64 KiB of program headers and PATH_MAX bytes of loader name are read,
 * whatever the headers say.
 * Return: 0 with *@ret_needs filled (ELF_KIND_NONE is an answer, not an error), or -errno where
 * reading failed.
 */
int elf_inspect(int fd, struct elf_needs *ret_needs);

/* elf_inspect_buffer() - the same with the whole file in memory. Pure. Return: 0. */
int elf_inspect_buffer(const void *buf, size_t size, struct elf_needs *ret_needs);
