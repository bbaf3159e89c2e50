/* SPDX-License-Identifier: MIT */
/* The parts that target_open() is made of, each for one kind of thing that can be joined or taken. */
#pragma once

#include "core/target.h"

/*
 * Each returns 0, or a negative errno with @err filled, and leaves what it opened in @t.
 *
 * target_open_namespaces() - which namespaces are meant, which differ from ours, FILEs opened
 * target_open_links()      - one descriptor for each of the target's own, and who owns what
 * target_read_ids()        - the target's ids and groups and what is mapped in its user namespace
 * target_open_cgroups()    - the cgroups to be written to, refused where frozen
 * target_read_limits()     - what else the kernel holds against the target and against us
 * target_open_exe()        - -X: the program, which has to be static
 * target_open_view()       - -H: the way to the target's tree, and what the program is told
 * target_open_remount()    - -R: what is covered, and the root directory of the target's own files
 */
int target_open_namespaces(const struct request *req, struct target *t, struct error *err);
int target_open_links(const struct request *req, struct target *t, struct error *err);
int target_read_ids(const struct request *req, struct target *t, struct error *err);
int target_open_cgroups(const struct request *req, struct target *t, struct error *err);
int target_open_exe(const struct request *req, struct target *t, struct error *err);
int target_open_view(const struct request *req, struct target *t, struct error *err);
int target_open_remount(const struct request *req, struct target *t, struct error *err);
int target_read_limits(const struct request *req, struct target *t, struct error *err);

/*
 * target_open_devices() - what a cgroup of the program's own takes to hold it to the target's devices
 * @theirs, @ours: the cgroups of v2, as in struct cgroup_line
 *
 * In v2 there is one cgroup for all, and whoever joins the target's takes of its memory and its
 * processor time. What says which devices it may open can be attached to another, too.
 * Return: 0, also where nothing holds the target to any devices that we are not held to; or a negative
 * errno where it cannot be had.
 */
int target_open_devices(struct target *t, const char *theirs, const char *ours);

/*
 * target_open_tools() - --view=target: what our programs need there, and the environment
 * @theirs: the target's environment, of which little is taken
 */
int target_open_tools(const struct request *req, struct target *t, const struct strv *theirs,
		      struct error *err);

/*
 * target_status() - the text of the target's /proc/PID/status, as it was when first asked for
 * Return: 0, or a negative errno.
 */
int target_status(struct target *t, const char **ret_text);

/*
 * target_is_frozen_v1() - whether the freezer of v1 holds the target; false where that is not known
 *
 * Who is frozen by v2 stops for a tracer like others.
 */
bool target_is_frozen_v1(const struct target *t);

/*
 * target_process_is_frozen() - the same of any process, and by either version
 * @proc_fd: its /proc/PID
 */
bool target_process_is_frozen(int proc_fd);

/*
 * target_has_tracer() - whether a process that will see the program holds CAP_SYS_PTRACE
 *
 * Of those in the pid namespace that is joined and in our user namespace. Looks at all processes.
 */
bool target_has_tracer(const struct target *t);

/*
 * target_find_init() - the first process of the target's pid namespace, for kernels that do not tell
 *
 * Looks at all processes.
 * Return: its number here, or 0 where it is not seen.
 */
pid_t target_find_init(const struct target *t);

/*
 * target_explain_access() - say why something below /proc/PID could not be opened
 * @what:   "ns/net", "root"
 * @errnum: what the kernel said
 * Return: -@errnum.
 */
int target_explain_access(const struct target *t, const char *what, int errnum, struct error *err);
