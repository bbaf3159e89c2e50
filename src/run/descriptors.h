/* SPDX-License-Identifier: MIT */
/* All open descriptors of this process, for kernels and questions that know no range of them. */
#pragma once

#include <stddef.h>

/*
 * descriptors_mark() - O_CLOEXEC for each from @first to @last
 * Return: 0 or -errno.
 */
int descriptors_mark(unsigned int first, unsigned int last);

/*
 * descriptors_let_go() - in a child: close what the caller has open above standard error
 * @keep, @n: but for these
 *
 * What hangs in a file of the target's, and cannot even be killed, is not to keep the caller's pipes
 * open. All that is ours has O_CLOEXEC and stays; nothing that came through an exec has it.
 * Return: 0 or -errno.
 */
int descriptors_let_go(const int *keep, size_t n);
