/* SPDX-License-Identifier: MIT */
/* The leader's program as bytes of ours: the build puts the file's name in. */
#include "run/seal.h"

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl leader_image\n"
	"leader_image:\n"
	".incbin \"" LEADER_FILE "\"\n"
	".globl leader_image_end\n"
	"leader_image_end:\n"
	".popsection\n");
