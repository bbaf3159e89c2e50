/* SPDX-License-Identifier: MIT */
/* /proc/PID/status. */
#include "fuzz.h"
#include "sys/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct proc_status status;
	int r = proc_status_parse(text, &status);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	MUST(status.n_groups <= PROC_GROUPS_MAX && status.n_groups <= size);
	MUST(!status.groups == (status.n_groups == 0));
	MUST(status.nspid_depth > 0 || status.nspid_last == 0);
	MUST(strstr(text, "Uid:") && strstr(text, "Gid:") && strstr(text, "Groups:"));
	proc_status_done(&status);
	MUST(!status.groups && status.n_groups == 0);
	return 0;
}
