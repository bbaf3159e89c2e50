/* SPDX-License-Identifier: MIT */
/*
 * Who has the right to look at the host's processes, but not where a security module has confined him:
 * an engine gives each container a label, and what has another one is not seen then.
 */
#pragma once

#include <stdbool.h>

#include "find/hostfs.h"
#include "sys/lsm.h"

/*
 * confined_by() - whether our own label keeps us from looking into the host's processes
 * @ret_own: that label; filled where it is so, to be released by lsm_label_done()
 */
bool confined_by(const struct hostfs *host, struct lsm_label *ret_own);
