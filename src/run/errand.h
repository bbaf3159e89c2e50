/* SPDX-License-Identifier: MIT */
/*
 * A process that shares our memory and descriptors, goes somewhere, opens something there, and ends:
 * what it has opened is ours, and nothing of ours has moved.
 */
#pragma once

/*
 * errand_run() - have @work done by such a process, and wait for its end
 * @ctx: in our memory; @work leaves there what came of it
 * Return: 0 or -errno where it could not be made.
 */
int errand_run(int (*work)(void *ctx), void *ctx);
