/* SPDX-License-Identifier: MIT */
/* Files of /proc/PID that are read from the memory of the process, which can keep them from us. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * procmem_read() - the beginning of such a file
 * @most:     so many bytes of it
 * @ret_text: heap, NUL terminated; NULL where @most is 0
 *
 * Return: how many were read, -ETIMEDOUT where the process keeps them from us (util/patient.h), or
 * another -errno; the result is written on success only.
 */
ssize_t procmem_read(int proc_fd, const char *name, size_t most, char **ret_text);
