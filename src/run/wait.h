/* SPDX-License-Identifier: MIT */
/* The parent's part: it passes signals on, stops and continues with the program, and ends as it did. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "run/watch.h"
#include "util/error.h"

/*
 * wait_prepare() - before the fork: hold back the signals that are passed on
 * @ret_mask: the mask we were started with, for the program
 * Return: 0 or -errno with @err filled.
 */
int wait_prepare(sigset_t *ret_mask, struct error *err);

/*
 * wait_program() - until the program has ended
 * @watch: whom, and how it is looked at while we are stopped with it
 *
 * If a signal killed it, this process dies of the same one.
 * Return: the exit status; 128 + N where the signal N does not kill us (as init of a pid
 * namespace); or -errno with @err filled.
 */
int wait_program(const struct watch *watch, struct error *err);
