/* SPDX-License-Identifier: MIT */
/*
 * What must be known of the files that the program will see, before the plan is made. Our own are
 * looked at in place; a target's by a disposable process, which joins them, gives up all privileges
 * and has a deadline: whatever those files are, and however long they take to answer.
 */
#pragma once

#include "core/request.h"
#include "core/target.h"
#include "util/error.h"

/*
 * probe_files() - find users, shell and program, and put them into the target's facts
 *
 * Does nothing where the request does not need it.
 * Return: 0, or a negative errno with @err filled: no-shell, program-not-found, interp-missing,
 * or what stood in the way of looking.
 */
int probe_files(const struct request *req, struct target *target, struct error *err);

/*
 * probe_maps() - learn which ids exist in a user namespace that comes from a FILE
 *
 * A disposable process joins it and reads its own maps. Does nothing where they are known.
 * Return: 0, or a negative errno with @err filled.
 */
int probe_maps(const struct request *req, struct target *target, struct error *err);

/*
 * probe_etc() - -R: the texts of the target's own resolv.conf, hosts and hostname
 *
 * A disposable process reads them. Does nothing where they are not wanted.
 * Return: 0, or a negative errno with @err filled: also where one is no regular file, or too long.
 */
int probe_etc(struct target *target, struct error *err);

/*
 * probe_shell() - the shell that entering a target would start
 * @target:    TARGET, as typed
 * @host_root: where it is looked for, or NULL
 * @ret_path:  heap, owned by the caller
 *
 * Return: 0, or a negative errno with @err filled: no-shell, or what stood in the way of looking.
 */
int probe_shell(const char *target, const char *host_root, char **ret_path, struct error *err);
