/* SPDX-License-Identifier: MIT */
/*
 * Why the kernel said no: found by looking, one true cause, in words. Called after a refusal only,
 * so that none of it costs anything when all goes well.
 */
#pragma once

#include "core/target.h"

/*
 * diagnose_join() - why namespaces could not be joined
 * @set:    the namespaces of the one call that failed
 * @errnum: what the kernel said
 * Return: -@errnum.
 */
int diagnose_join(const struct target *t, ns_set set, int errnum, struct error *err);
