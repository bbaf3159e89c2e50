/* SPDX-License-Identifier: MIT */
/*
 * The environment that a container's runtime has written down for it: what is left to ask where the
 * first process has overwritten its own, or does not let us read it.
 */
#pragma once

#include "find/find.h"
#include "util/strv.h"

/*
 * confenv_read() - process.env of the config.json that the container was started with
 * @host_root: as in struct find_query
 * @ret_env:   released by strv_done()
 *
 * The monitor of the container, which is the parent of its first process, tells where the bundle is:
 * containerd's shims have it as their directory, conmon has it in its command line. Only a monitor
 * that runs in no container but ours, and a file of root's or our own, are believed.
 * Return: 0, -ENOENT where there is none, or another negative errno with @err filled where no JSON
 * can be read at all.
 */
int confenv_read(const struct found *found, const char *host_root, struct strv *ret_env,
		 struct error *err);

/* confenv_parse() - the same from text. Return: as above. */
int confenv_parse(const char *text, size_t n, struct strv *ret_env, struct error *err);
