/* SPDX-License-Identifier: MIT */
/* How many descriptors we may have: a listing holds on to all that it shows. */
#pragma once

/*
 * openfiles_raise() - let ourselves open as many files as the hard limit allows
 *
 * The usual soft limit, 1024, is there for programs that use select(2). For a process that starts no
 * program of the user's: he would get the limit as well. Where it cannot be raised it stays.
 */
void openfiles_raise(void);
