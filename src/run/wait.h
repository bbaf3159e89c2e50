/* SPDX-License-Identifier: MIT */
/* The parent's part: it passes signals on, stops and continues with the program, and ends as it did. */
#pragma once

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/watch.h"
#include "sys/oomkills.h"
#include "util/error.h"

/*
 * wait_relayed() - the signals that the program gets when they are sent to nsjoin
 * @but: a bit each for those that it does not get, SIGHUP's is the lowest
 */
void wait_relayed(uint64_t but, sigset_t *ret_set);

/*
 * wait_prepare() - before the fork: see to it that the program's end is noticed
 * wait_hold()    - hold back the signals that are passed on
 * @ret_mask: the mask we were started with, for the program
 *
 * Held back before the fork as a rule. Not before a vfork that may take for ever, since a file of
 * the target's has to be read for it: until then a signal that kills is to kill nsjoin, and the
 * child with it.
 * Return: 0 or -errno with @err filled.
 */
int wait_prepare(sigset_t *ret_mask, struct error *err);
int wait_hold(struct error *err);

/*
 * wait_program() - until the program has ended
 * @watch: whom, and how it is looked at while we are stopped with it
 *
 * If a signal killed it, this process dies of the same one.
 * Return: the exit status; 128 + N where the signal N does not kill us (as init of a pid
 * namespace); or -errno with @err filled.
 */
int wait_program(const struct watch *watch, struct error *err);

/*
 * wait_signal() - send a signal to ourselves, or to our process group (@whom 0)
 * It comes before this returns, to this process once.
 */
void wait_signal(pid_t whom, int sig);

/*
 * wait_explain() - say what the program was killed by, where that can be known
 * @status: of waitpid(2)
 * @target: a pidfd of the target where the program was in its pid namespace, else negative
 * @name:   how the target is called
 */
void wait_explain(int status, const struct oom_kills *oom, int target, const char *name);

/*
 * wait_end() - end as the program has ended
 * @status: of waitpid(2)
 * Return: as wait_program().
 */
int wait_end(int status);
