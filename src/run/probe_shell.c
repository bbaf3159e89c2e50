/* SPDX-License-Identifier: MIT */
#include "run/probe.h"

#include <errno.h>
#include <string.h>

int probe_shell(const char *target, const char *host_root, char **ret_path, struct error *err)
{
	_cleanup_target_ struct target t = TARGET_INIT;
	struct request req;
	int r;

	request_init(&req);
	req.target = target;
	req.host_root = host_root;
	req.privileged = true;
	req.dry_run = true;
	request_settle(&req);
	req.env = false; /* may be closed to us where the files are not */
	r = target_open(&req, &t, err);
	if (r >= 0)
		r = probe_maps(&req, &t, err);
	if (r >= 0)
		r = probe_files(&req, &t, err);
	if (r < 0)
		return r;
	if (!t.program)
		return error_set(err, ERROR_NO_SHELL, 0, "no shell was looked for");
	*ret_path = steal_pointer(&t.program);
	return 0;
}
