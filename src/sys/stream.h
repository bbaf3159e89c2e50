/* SPDX-License-Identifier: MIT */
/* Looking at the caller's standard streams, without reading from one. */
#pragma once

#include "sys/streamtype.h"

/*
 * stream_look() - what 0, 1 and 2 are, and which are the same
 *
 * All three are open: fd_guard_stdio() has seen to it.
 * Return: 0 with @ret filled, or -errno.
 */
int stream_look(struct stream_fact ret[STREAMS]);
