/* SPDX-License-Identifier: MIT */
/* The loader's stand-in as bytes of ours: the build puts the file's name in. */
#include "run/view.h"

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl shim_image\n"
	"shim_image:\n"
	".incbin \"" SHIM_FILE "\"\n"
	".globl shim_image_end\n"
	"shim_image_end:\n"
	".popsection\n");
