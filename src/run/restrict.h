/* SPDX-License-Identifier: MIT */
/* Making all mounts below a directory read-only, or harmless otherwise. */
#pragma once

#include <stdint.h>

/*
 * restrict_mounts() - set attributes of the mount at @path and of all below it
 * @set: ATTR_* of run/mountcall.h
 *
 * In a mount namespace of our own, before anything is mounted that must stay as it is. Where the
 * kernel cannot do all at once (before Linux 5.12) each is remounted: the list is /proc's.
 * Return: 0 or -errno; nothing was done, or some of it.
 */
int restrict_mounts(const char *path, uint64_t set);

/*
 * restrict_but_proc() - the same for all mounts, but /proc itself has what it had before
 *
 * A user namespace that inherits a read-only one can mount no other /proc.
 */
int restrict_but_proc(uint64_t set);
