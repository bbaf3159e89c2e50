/* SPDX-License-Identifier: MIT */
/* What a program of the target needs: ELF headers and the first line of scripts. */
#include "sys/elf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The whole structure is the function's to fill. */
	struct elf_needs needs;

	memset(&needs, 'x', sizeof(needs));
	MUST(elf_inspect_buffer(data, size, &needs) == 0);
	MUST(memchr(needs.interp, '\0', sizeof(needs.interp)));
	MUST(memchr(needs.arg, '\0', sizeof(needs.arg)));
	switch (needs.kind) {
	case ELF_KIND_NONE:
		MUST(!needs.arch && !needs.interp[0] && !needs.arg[0]);
		break;
	case ELF_KIND_STATIC:
	case ELF_KIND_FOREIGN:
		MUST(needs.arch && !needs.interp[0] && !needs.arg[0]);
		break;
	case ELF_KIND_DYNAMIC:
		MUST(needs.arch && !needs.arg[0]);
		break;
	case ELF_KIND_SCRIPT:
		MUST(!needs.arch && needs.interp[0]);
		MUST(!strpbrk(needs.interp, " \t\n") && !strchr(needs.arg, '\n'));
		break;
	default:
		MUST(false);
	}
	return 0;
}
