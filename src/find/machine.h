/* SPDX-License-Identifier: MIT */
/*
 * Machines: what systemd-machined has registered, containers of systemd-nspawn without it, and
 * libvirt's LXC driver.
 */
#pragma once

#include "find/runtime.h"

extern const struct runtime runtime_machine;
extern const struct runtime runtime_libvirt_lxc;

/* One file of /run/systemd/machines. Strings are heap, or NULL. */
struct machine_file {
	char *name, *unit, *class, *leader, *leader_inode, *uid;
};

/*
 * machine_parse() - read the text of such a file
 *
 * Values have their escapes resolved. Keys that are not known are skipped.
 * Return: 0 or -ENOMEM.
 */
int machine_parse(const char *text, struct machine_file *ret_file);

void machine_file_done(struct machine_file *file);

/*
 * machine_nspawn_name() - the machine's name on a command line of systemd-nspawn
 * @cmdline, @n: as in /proc/PID/cmdline: words that end in NUL
 *
 * Return: heap, or NULL where there is none.
 */
char *machine_nspawn_name(const char *cmdline, size_t n);
