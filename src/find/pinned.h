/* SPDX-License-Identifier: MIT */
/*
 * Namespaces that a runtime keeps by files, which are mounts: a pod's live as long as the pod, also
 * where no process is in them.
 */
#pragma once

#include "find/hostfs.h"
#include "find/runtime.h"
#include "sys/jsondoc.h"
#include "sys/nstype.h"

/*
 * pinned_fill() - what the configuration of a bundle names
 *
 * Files below /proc are left out: they belong to whoever has that number now.
 * Return: 0 or -ENOMEM.
 */
int pinned_fill(const struct jsondoc *config, struct known *known);

/*
 * pinned_open() - open the files
 * @wanted: of these types, all of them
 * @ret_fd: NS_COUNT descriptors, heap; those that are not wanted are -EBADF
 *
 * Return: 1, to be released by pinned_free(); 0 where one is missing, or is no such namespace any
 * more; or -ENOMEM.
 */
int pinned_open(const struct hostfs *host, const struct known *known, ns_set wanted, int **ret_fd);

/* pinned_free() - NULL is accepted */
void pinned_free(int *fd);
