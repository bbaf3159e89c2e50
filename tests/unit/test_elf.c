/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/elf.h"
#include "util/fd.h"

static const char loader[] = "/lib64/ld-linux-x86-64.so.2";

/* A small program of 64 bits: header, two program headers, the loader's name. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	char interp[sizeof(loader)];
};

/* Our own header says what this machine is. */
static Elf64_Ehdr own_header(void)
{
	_cleanup_fd_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr header;

	assert_int_equal(read(fd, &header, sizeof(header)), sizeof(header));
	return header;
}

static struct image make_image(void)
{
	const Elf64_Ehdr own = own_header();
	struct image image = {
		.header = {
			.e_type = ET_DYN,
			.e_machine = own.e_machine,
			.e_phoff = offsetof(struct image, segment),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
		},
		.segment = {
			{ .p_type = PT_LOAD },
			{
				.p_type = PT_INTERP,
				.p_offset = offsetof(struct image, interp),
				.p_filesz = sizeof(loader),
			},
		},
	};

	memcpy(image.header.e_ident, own.e_ident, EI_NIDENT);
	memcpy(image.interp, loader, sizeof(loader));
	return image;
}

/* On a heap block of exactly this size, so that a sanitizer sees a byte more. */
static enum elf_kind look_at(const void *buf, size_t size, struct elf_needs *ret_needs)
{
	void *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, buf, size);
	memset(ret_needs, '#', sizeof(*ret_needs));
	assert_int_equal(elf_inspect_buffer(copy, size, ret_needs), 0);
	free(copy);
	return ret_needs->kind;
}

static void a_dynamic_program_needs_its_loader(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_DYNAMIC);
	assert_string_equal(needs.interp, loader);
	assert_string_equal(needs.arg, "");
	assert_non_null(needs.arch);
}

static void without_a_loader_a_program_is_static(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	image.segment[1].p_type = PT_NOTE;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_STATIC);
	assert_string_equal(needs.interp, "");
	image.header.e_type = ET_EXEC;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_STATIC);
}

static void another_processor_is_named(void **state)
{
	struct image image = make_image();
	uint16_t own = image.header.e_machine;
	struct elf_needs needs;

	(void)state;
	image.header.e_machine = own == EM_S390 ? EM_RISCV : EM_S390;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_FOREIGN);
	assert_string_equal(needs.arch, own == EM_S390 ? "riscv64" : "s390x");
	image.header.e_machine = 0x7777;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_FOREIGN);
	assert_string_equal(needs.arch, "an unknown processor");
}

static void another_byte_order_is_another_processor(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	image.header.e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
	image.header.e_type = __builtin_bswap16(ET_EXEC);
	image.header.e_machine = __builtin_bswap16(EM_PPC64);
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_FOREIGN);
	assert_string_equal(needs.arch, "ppc64");
	image.header.e_machine = __builtin_bswap16(own_header().e_machine);
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_FOREIGN);
}

static void what_cannot_be_executed_has_no_kind(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	assert_int_equal(look_at("", 0, &needs), ELF_KIND_NONE);
	assert_int_equal(look_at("#", 1, &needs), ELF_KIND_NONE);
	assert_int_equal(look_at("echo text\n", 10, &needs), ELF_KIND_NONE);
	assert_int_equal(look_at("\x7f"
				 "ELF",
				 4, &needs),
			 ELF_KIND_NONE);
	image.header.e_type = ET_CORE;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	assert_null(needs.arch);
	image.header.e_type = ET_REL;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
}

static void a_file_cut_anywhere_is_safe(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	for (size_t size = 0; size < offsetof(struct image, interp) + sizeof(loader); size++)
		assert_int_equal(look_at(&image, size, &needs), ELF_KIND_NONE);
}

static void hostile_header_tables_are_refused(void **state)
{
	static const uint64_t offsets[] = { UINT64_MAX, INT64_MAX, (uint64_t)1 << 63, 4096,
					    100000 };
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		image.header.e_phoff = offsets[i];
		assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	}
	image = make_image();
	image.header.e_phnum = 0;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	image.header.e_phnum = UINT16_MAX;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	image.header.e_phnum = 2;
	image.header.e_phentsize = sizeof(Elf64_Phdr) - 1;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	image.header.e_phentsize = 0;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
}

static void hostile_loader_names_are_refused(void **state)
{
	static const uint64_t sizes[] = { 0, 1, PATH_MAX + 1, UINT64_MAX };
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		image.segment[1].p_filesz = sizes[i];
		assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	}
	image = make_image();
	image.segment[1].p_offset = UINT64_MAX - 1;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	image = make_image();
	image.interp[sizeof(loader) - 1] = 'x';
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_NONE);
	assert_string_equal(needs.interp, "");
}

/* As a program with so many program headers, none of which names a loader. */
static enum elf_kind look_at_many(uint16_t n, struct elf_needs *ret_needs)
{
	static struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment[1200];
	} image;

	image.header = make_image().header;
	image.header.e_phoff = sizeof(image.header);
	image.header.e_phnum = n;
	return look_at(&image, sizeof(image), ret_needs);
}

static void as_many_headers_as_the_kernel_takes_are_read(void **state)
{
	struct elf_needs needs;

	(void)state;
	assert_int_equal(look_at_many(65536 / sizeof(Elf64_Phdr), &needs), ELF_KIND_STATIC);
	assert_int_equal(look_at_many(65536 / sizeof(Elf64_Phdr) + 1, &needs), ELF_KIND_NONE);
}

static void the_longest_loader_name_fits(void **state)
{
	struct {
		struct image image;
		char name[PATH_MAX + 64];
	} file = { .image = make_image() };
	struct elf_needs needs;

	(void)state;
	file.image.segment[1].p_offset = offsetof(__typeof__(file), name);
	file.image.segment[1].p_filesz = PATH_MAX;
	memset(file.name, 'x', PATH_MAX - 1);
	assert_int_equal(look_at(&file, sizeof(file), &needs), ELF_KIND_DYNAMIC);
	assert_int_equal(strlen(needs.interp), PATH_MAX - 1);
	file.image.segment[1].p_filesz = PATH_MAX + 1;
	file.name[PATH_MAX - 1] = 'x';
	assert_int_equal(look_at(&file, sizeof(file), &needs), ELF_KIND_NONE);
}

static void the_first_loader_counts(void **state)
{
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	image.segment[0] = image.segment[1];
	image.segment[1].p_offset += 4;
	image.segment[1].p_filesz -= 4;
	assert_int_equal(look_at(&image, sizeof(image), &needs), ELF_KIND_DYNAMIC);
	assert_string_equal(needs.interp, loader);
}

static void check_script(const char *text, const char *interp, const char *arg)
{
	struct elf_needs needs;

	assert_int_equal(look_at(text, strlen(text), &needs),
			 interp ? ELF_KIND_SCRIPT : ELF_KIND_NONE);
	assert_string_equal(needs.interp, interp ? interp : "");
	assert_string_equal(needs.arg, arg);
	assert_null(needs.arch);
}

static void scripts_name_interpreter_and_one_argument(void **state)
{
	(void)state;
	check_script("#!/bin/sh\necho\n", "/bin/sh", "");
	check_script("#!/bin/sh", "/bin/sh", "");
	check_script("#! \t/bin/sh -e\n", "/bin/sh", "-e");
	check_script("#!/usr/bin/env  python3 -u \t\nx", "/usr/bin/env", "python3 -u");
	check_script("#!sh\n", "sh", "");
	check_script("#!/bin/sh\r\n", "/bin/sh\r", "");
}

static void scripts_without_interpreter_have_no_kind(void **state)
{
	(void)state;
	check_script("#!", NULL, "");
	check_script("#!\n/bin/sh\n", NULL, "");
	check_script("#! \t \n", NULL, "");
}

/* "#!" and a path of so many bytes, then @rest. */
static enum elf_kind look_at_long(size_t path, const char *rest, struct elf_needs *ret_needs)
{
	char text[2 * ELF_SCRIPT_MAX] = "#!/";

	memset(text + 3, 'x', path - 1);
	(void)stpcpy(text + 2 + path, rest);
	return look_at(text, strlen(text), ret_needs);
}

static void a_path_cut_off_by_the_kernels_buffer_is_no_path(void **state)
{
	struct elf_needs needs;

	(void)state;
	assert_int_equal(look_at_long(ELF_SCRIPT_MAX - 3, "\n", &needs), ELF_KIND_SCRIPT);
	assert_int_equal(strlen(needs.interp), ELF_SCRIPT_MAX - 3);
	assert_int_equal(look_at_long(ELF_SCRIPT_MAX - 3, " argument", &needs), ELF_KIND_SCRIPT);
	assert_int_equal(look_at_long(ELF_SCRIPT_MAX - 2, "\n", &needs), ELF_KIND_NONE);
	assert_int_equal(look_at_long(ELF_SCRIPT_MAX - 2, "", &needs), ELF_KIND_NONE);
	assert_int_equal(look_at_long(ELF_SCRIPT_MAX, "", &needs), ELF_KIND_NONE);
	assert_string_equal(needs.interp, "");
}

static void a_long_argument_is_cut_as_the_kernel_does(void **state)
{
	char rest[2 * ELF_SCRIPT_MAX - 32] = " ";
	struct elf_needs needs;

	(void)state;
	memset(rest + 1, 'a', sizeof(rest) - 2);
	rest[sizeof(rest) - 1] = '\0';
	assert_int_equal(look_at_long(10, rest, &needs), ELF_KIND_SCRIPT);
	assert_int_equal(strlen(needs.interp), 10);
	assert_int_equal(strlen(needs.arg), ELF_SCRIPT_MAX - 1 - 2 - 10 - 1);
}

static void our_own_program_is_read_by_descriptor(void **state)
{
	_cleanup_fd_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct elf_needs needs;

	(void)state;
	assert_int_equal(lseek(fd, 10, SEEK_SET), 10);
	assert_int_equal(elf_inspect(fd, &needs), 0);
	assert_true(needs.kind == ELF_KIND_DYNAMIC || needs.kind == ELF_KIND_STATIC);
	if (needs.kind == ELF_KIND_DYNAMIC)
		assert_int_equal(access(needs.interp, X_OK), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 10);
}

static void a_huge_offset_in_a_file_is_refused(void **state)
{
	static const uint64_t offsets[] = { UINT64_MAX, INT64_MAX, (uint64_t)INT64_MAX - 100 };
	_cleanup_fd_ int fd = memfd_create("test", MFD_CLOEXEC);
	struct image image = make_image();
	struct elf_needs needs;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		image.header.e_phoff = offsets[i];
		assert_int_equal(pwrite(fd, &image, sizeof(image), 0), sizeof(image));
		assert_int_equal(elf_inspect(fd, &needs), 0);
		assert_int_equal(needs.kind, ELF_KIND_NONE);
	}
}

static void a_failed_read_is_reported(void **state)
{
	_cleanup_fd_ int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct elf_needs needs;

	(void)state;
	assert_int_equal(elf_inspect(dir, &needs), -EISDIR);
	assert_int_equal(elf_inspect(-EBADF, &needs), -EBADF);
}

/* Not a fuzzer, but every single byte is wrong in every way once. */
static void any_wrong_byte_is_safe(void **state)
{
	const struct image good = make_image();
	struct elf_needs needs;

	(void)state;
	for (size_t i = 0; i < sizeof(good.header) + sizeof(good.segment); i++) {
		for (int value = 0; value < 256; value++) {
			struct image image = good;

			((unsigned char *)&image)[i] = (unsigned char)value;
			(void)look_at(&image, sizeof(image), &needs); /* any answer will do */
			assert_true(needs.kind <= ELF_KIND_FOREIGN);
			assert_non_null(memchr(needs.interp, '\0', sizeof(needs.interp)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dynamic_program_needs_its_loader),
		cmocka_unit_test(without_a_loader_a_program_is_static),
		cmocka_unit_test(another_processor_is_named),
		cmocka_unit_test(another_byte_order_is_another_processor),
		cmocka_unit_test(what_cannot_be_executed_has_no_kind),
		cmocka_unit_test(a_file_cut_anywhere_is_safe),
		cmocka_unit_test(hostile_header_tables_are_refused),
		cmocka_unit_test(hostile_loader_names_are_refused),
		cmocka_unit_test(as_many_headers_as_the_kernel_takes_are_read),
		cmocka_unit_test(the_longest_loader_name_fits),
		cmocka_unit_test(the_first_loader_counts),
		cmocka_unit_test(scripts_name_interpreter_and_one_argument),
		cmocka_unit_test(scripts_without_interpreter_have_no_kind),
		cmocka_unit_test(a_path_cut_off_by_the_kernels_buffer_is_no_path),
		cmocka_unit_test(a_long_argument_is_cut_as_the_kernel_does),
		cmocka_unit_test(our_own_program_is_read_by_descriptor),
		cmocka_unit_test(a_huge_offset_in_a_file_is_refused),
		cmocka_unit_test(a_failed_read_is_reported),
		cmocka_unit_test(any_wrong_byte_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
