/* SPDX-License-Identifier: MIT */
/* From a process that watches over a container (conmon, lxc-start, systemd-nspawn) to what it runs. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "find/hostfs.h"

/*
 * children_payload() - the first process of the container that a monitor runs
 * @monitor:   its pid, below @host's /proc
 * @ret_start: its start time, which proves later that it still is the same one
 *
 * Process 1 of a pid namespace below the monitor's own, else the child that was started first.
 * Return: 0, or -ESRCH where there is no child or the kernel does not tell them.
 */
int children_payload(const struct hostfs *host, pid_t monitor, pid_t *ret_pid, uint64_t *ret_start);
