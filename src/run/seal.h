/* SPDX-License-Identifier: MIT */
/* A copy of the leader's program that nobody can change: see run/sealed.h. */
#pragma once

#include "util/error.h"

/* The program as it was built in; the two are the beginning and the end of one object. */
extern const char leader_image[], leader_image_end[];

/*
 * seal_leader() - make the copy
 * Return: an owned descriptor for execveat(2), or a negative errno with @err filled.
 */
int seal_leader(struct error *err);
