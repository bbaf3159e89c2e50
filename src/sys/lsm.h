/* SPDX-License-Identifier: MIT */
/* The security label of a process, and how the next program gets the same: AppArmor, SELinux. */
#pragma once

#include "util/macro.h"

struct lsm_label {
	char *label; /* "docker-default", "system_u:system_r:container_t:s0"; heap; NULL: unconfined
		      */
	char *exec_text;  /* what is written to the attr file to get it with the next exec; heap */
	const char *attr; /* below /proc/thread-self: "attr/exec", "attr/apparmor/exec"; static */
};

void lsm_label_done(struct lsm_label *label);

/*
 * lsm_label_read() - the label of a process
 * @proc_fd:   of proc_open()
 * @ret_label: released by lsm_label_done(); without a label, but with what asks for none, for a
 *             process that AppArmor leaves unconfined
 *
 * AppArmor is asked first (attr/apparmor since Linux 5.8, attr/current before), then SELinux.
 * Smack is not followed: it has no label for the next exec.
 * Return: 0, -EOPNOTSUPP where no module labels processes, -EBADMSG where the label holds control
 * characters, or another -errno.
 */
int lsm_label_read(int proc_fd, struct lsm_label *ret_label);

/*
 * lsm_parse_apparmor() - "docker-default (enforce)\n" to a label
 * lsm_parse_current() - the text of attr/current, which belongs to one of the two
 * @text: NUL terminated
 * Return: as lsm_label_read().
 */
int lsm_parse_apparmor(const char *text, struct lsm_label *ret_label);
int lsm_parse_current(const char *text, struct lsm_label *ret_label);

#define _cleanup_lsm_label_ _cleanup_(lsm_label_done)
