/* SPDX-License-Identifier: MIT */
#include "sys/elf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/macro.h"

enum {
	HEAD_MAX = 4096,
	TABLE_MAX = 65536, /* the kernel refuses more program headers than fit there */
};

/* Where the bytes come from. */
struct source {
	ssize_t (*read_at)(const struct source *source, void *buf, size_t size, uint64_t offset);
	int fd;
	const unsigned char *buf;
	size_t size;
};

/* linux/elf-em.h of the oldest headers that we build with lacks it. */
#define MACHINE_LOONGARCH 258

/* Whose programs run here: those of 32 bits where the kernel was built to run them. */
#if defined(__x86_64__) || defined(__i386__)
#define NATIVE_64 EM_X86_64
#define NATIVE_32 EM_386
#elif defined(__aarch64__) || defined(__arm__)
#define NATIVE_64 EM_AARCH64
#define NATIVE_32 EM_ARM
#elif defined(__powerpc__)
#define NATIVE_64 EM_PPC64
#define NATIVE_32 EM_PPC
#elif defined(__s390__)
#define NATIVE_64 EM_S390
#define NATIVE_32 EM_S390
#elif defined(__mips__)
#define NATIVE_64 EM_MIPS
#define NATIVE_32 EM_MIPS
#elif defined(__riscv)
#define NATIVE_64 EM_RISCV
#define NATIVE_32 EM_RISCV
#elif defined(__loongarch__)
#define NATIVE_64 MACHINE_LOONGARCH
#define NATIVE_32 MACHINE_LOONGARCH
#else
#error "the e_machine of this processor is missing here"
#endif

struct machine {
	uint16_t machine; /* e_machine */
	unsigned char class;
	const char *name;
};

/* clang-format off */
static const struct machine machines[] = {
	{ EM_X86_64,         ELFCLASS64, "x86_64" },
	{ EM_X86_64,         ELFCLASS32, "x32" }, /* off in distributions' kernels: not native */
	{ EM_386,            ELFCLASS32, "i386" },
	{ EM_AARCH64,        ELFCLASS64, "aarch64" },
	{ EM_ARM,            ELFCLASS32, "arm" },
	{ EM_PPC64,          ELFCLASS64, "ppc64" },
	{ EM_PPC,            ELFCLASS32, "ppc" },
	{ EM_S390,           ELFCLASS64, "s390x" },
	{ EM_S390,           ELFCLASS32, "s390" },
	{ EM_MIPS,           ELFCLASS64, "mips64" },
	{ EM_MIPS,           ELFCLASS32, "mips" },
	{ EM_RISCV,          ELFCLASS64, "riscv64" },
	{ EM_RISCV,          ELFCLASS32, "riscv32" },
	{ MACHINE_LOONGARCH, ELFCLASS64, "loongarch64" },
	{ EM_SPARCV9,        ELFCLASS64, "sparc64" },
};
/* clang-format on */

enum {
	NATIVE_DATA = BYTE_ORDER == LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB
};

/* Where the program headers are: the same for both classes. */
struct table {
	uint64_t offset;
	size_t entry_size, n;
};

struct segment {
	uint32_t type;
	uint64_t offset, size;
};

static ssize_t read_fd(const struct source *source, void *buf, size_t size, uint64_t offset)
{
	size_t used = 0;

	while (used < size && offset + used <= (uint64_t)INT64_MAX - size) {
		ssize_t n =
			pread(source->fd, (char *)buf + used, size - used, (off_t)(offset + used));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

static ssize_t read_buffer(const struct source *source, void *buf, size_t size, uint64_t offset)
{
	size_t n;

	if (offset >= source->size)
		return 0;
	n = MIN(size, source->size - (size_t)offset);
	memcpy(buf, source->buf + offset, n);
	return (ssize_t)n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * "#!", blanks, path, blanks, the rest as one argument, as binfmt_script does it: a line that does
 * not end within the buffer is taken only if the path ends there.
 */
static void inspect_script(const char *head, size_t n, struct elf_needs *needs)
{
	char line[ELF_SCRIPT_MAX + 1] = { 0 }, *p = line + 2, *end;
	size_t name;

	memcpy(line, head, MIN(n, (size_t)ELF_SCRIPT_MAX));
	end = p + strcspn(p, "\n");
	p += strspn(p, " \t");
	if (end >= line + ELF_SCRIPT_MAX) {
		if (p + strcspn(p, " \t") >= end)
			return;
		end = line + ELF_SCRIPT_MAX - 1;
	}
	*end = '\0';
	while (end > p && is_blank(end[-1]))
		*--end = '\0';
	name = strcspn(p, " \t");
	if (name == 0)
		return;
	needs->kind = ELF_KIND_SCRIPT;
	memcpy(needs->interp, p, name);
	needs->interp[name] = '\0';
	p += name;
	p += strspn(p, " \t");
	memcpy(needs->arg, p, strlen(p) + 1); /* a part of @line, and as large */
}

static const char *machine_name(unsigned char class, uint16_t machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == machine && machines[i].class == class)
			return machines[i].name;
	return "an unknown processor";
}

static bool is_native(const unsigned char *ident, uint16_t machine)
{
	return ident[EI_DATA] == NATIVE_DATA &&
	       machine == (ident[EI_CLASS] == ELFCLASS64 ? NATIVE_64 : NATIVE_32);
}

static uint16_t get_u16(const unsigned char *p, unsigned char data)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return data == NATIVE_DATA ? v : __builtin_bswap16(v);
}

static bool get_table(const unsigned char *head, size_t n, struct table *ret_table)
{
	Elf64_Ehdr h64;
	Elf32_Ehdr h32;

	if (head[EI_CLASS] == ELFCLASS64 && n >= sizeof(h64)) {
		memcpy(&h64, head, sizeof(h64));
		*ret_table = (struct table){ h64.e_phoff, sizeof(Elf64_Phdr), h64.e_phnum };
		return h64.e_phentsize == sizeof(Elf64_Phdr);
	}
	if (head[EI_CLASS] == ELFCLASS32 && n >= sizeof(h32)) {
		memcpy(&h32, head, sizeof(h32));
		*ret_table = (struct table){ h32.e_phoff, sizeof(Elf32_Phdr), h32.e_phnum };
		return h32.e_phentsize == sizeof(Elf32_Phdr);
	}
	return false;
}

static struct segment get_segment(const unsigned char *entry, size_t entry_size)
{
	Elf64_Phdr p64;
	Elf32_Phdr p32;

	if (entry_size == sizeof(p64)) {
		memcpy(&p64, entry, sizeof(p64));
		return (struct segment){ p64.p_type, p64.p_offset, p64.p_filesz };
	}
	memcpy(&p32, entry, sizeof(p32));
	return (struct segment){ p32.p_type, p32.p_offset, p32.p_filesz };
}

static int read_interp(const struct source *source, const struct segment *segment,
		       struct elf_needs *needs)
{
	ssize_t n;

	/* The kernel refuses other sizes, and a name that does not end in NUL. */
	if (segment->size < 2 || segment->size > sizeof(needs->interp))
		return 0;
	n = source->read_at(source, needs->interp, (size_t)segment->size, segment->offset);
	if (n < 0)
		return (int)n;
	if ((uint64_t)n == segment->size && needs->interp[n - 1] == '\0')
		needs->kind = ELF_KIND_DYNAMIC;
	else
		needs->interp[0] = '\0';
	return 0;
}

static int inspect_table(const struct source *source, const struct table *table,
			 struct elf_needs *needs)
{
	size_t size = table->entry_size * table->n;
	_cleanup_free_ unsigned char *entries = NULL;
	ssize_t n;

	if (size == 0 || size > TABLE_MAX)
		return 0;
	entries = malloc(size);
	if (!entries)
		return -ENOMEM;
	n = source->read_at(source, entries, size, table->offset);
	if (n < 0)
		return (int)n;
	if ((size_t)n < size)
		return 0;
	for (size_t i = 0; i < table->n; i++) {
		struct segment segment =
			get_segment(entries + i * table->entry_size, table->entry_size);

		if (segment.type == PT_INTERP)
			return read_interp(source, &segment, needs);
	}
	needs->kind = ELF_KIND_STATIC;
	return 0;
}

static int inspect_elf(const struct source *source, const unsigned char *head, size_t n,
		       struct elf_needs *needs)
{
	struct table table;
	uint16_t type, machine;

	if (n < sizeof(Elf32_Ehdr))
		return 0;
	type = get_u16(head + offsetof(Elf32_Ehdr, e_type), head[EI_DATA]);
	machine = get_u16(head + offsetof(Elf32_Ehdr, e_machine), head[EI_DATA]);
	if (type != ET_EXEC && type != ET_DYN)
		return 0;
	needs->arch = machine_name(head[EI_CLASS], machine);
	if (!is_native(head, machine)) {
		needs->kind = ELF_KIND_FOREIGN;
		return 0;
	}
	return get_table(head, n, &table) ? inspect_table(source, &table, needs) : 0;
}

static int inspect(const struct source *source, struct elf_needs *ret_needs)
{
	struct elf_needs needs = { .kind = ELF_KIND_NONE };
	unsigned char head[HEAD_MAX];
	ssize_t n = source->read_at(source, head, sizeof(head), 0);
	int r = 0;

	if (n < 0)
		return (int)n;
	if (n >= 2 && memcmp(head, "#!", 2) == 0)
		inspect_script((const char *)head, (size_t)n, &needs);
	else if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		r = inspect_elf(source, head, (size_t)n, &needs);
	if (r < 0)
		return r;
	if (needs.kind == ELF_KIND_NONE)
		needs.arch = NULL;
	*ret_needs = needs;
	return 0;
}

int elf_inspect(int fd, struct elf_needs *ret_needs)
{
	const struct source source = { .read_at = read_fd, .fd = fd };

	return inspect(&source, ret_needs);
}

int elf_inspect_buffer(const void *buf, size_t size, struct elf_needs *ret_needs)
{
	const struct source source = {
		.read_at = read_buffer,
		.fd = -EBADF,
		.buf = buf,
		.size = size,
	};

	return inspect(&source, ret_needs);
}
