/* SPDX-License-Identifier: MIT */
/*
 * A file that can be executed and that nobody can change: whoever gets hold of it by /proc/PID/exe
 * has nothing but a copy that ends with the last process (CVE-2019-5736).
 */
#pragma once

#include "util/error.h"

/* Writes what is to be in the file, and sets its mode and owner. Return: 0 or -errno. */
typedef int sealed_fill(int fd, const void *ctx);

/*
 * sealed_make() - make one
 * @name: for who looks at the process
 *
 * A sealed memory file; where the system forbids to execute those (vm.memfd_noexec=2, since Linux
 * 6.3) a file without a name that is open for reading only.
 * Return: an owned descriptor for execveat(2), or -errno.
 */
int sealed_make(const char *name, sealed_fill *fill, const void *ctx);

/* sealed_hint() - what may help where sealed_make() has failed with @errnum */
void sealed_hint(int errnum, struct error *err);
