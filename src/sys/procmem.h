/* SPDX-License-Identifier: MIT */
/* Files of /proc/PID that are read from the memory of the process, which can keep them from us. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* procmem_read() - fd_read_alloc(), which returns -ETIMEDOUT where that is so */
ssize_t procmem_read(int proc_fd, const char *name, size_t limit, char **ret_text);
