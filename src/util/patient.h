/* SPDX-License-Identifier: MIT */
/*
 * Looking at what others can hold up. The memory of a process, which its command line and its
 * environment are read from, is locked while somebody waits in it for a file system that does not
 * answer, and so is the process itself while it executes a file from there: who looks waits as well,
 * for ever, and no signal handler of his is called.
 *
 * Declared here for all who look; it takes a process, and those are made in run/ (run/patience.c).
 */
#pragma once

#include <stddef.h>

/*
 * patient_do() - do @work, and give it up where it gets nowhere
 * @ctx:      in our memory; @work leaves there what came of it
 * @progress: what @work changes when it gets on, or NULL
 *
 * Given up is only who waits in the kernel: whatever @work was about then stays as it is.
 * Return: what @work returns, or -ETIMEDOUT where it was given up. Who was given up and does not even
 * end stays in the way of all others: each gets -ETIMEDOUT then, at once, and @work is not begun.
 */
int patient_do(int (*work)(void *ctx), void *ctx, const volatile size_t *progress);
